"""What imports and price rules add to the frame."""

from __future__ import annotations

from typing import Final

from zcy import registries
from zcy.registries import PeriodicTask

_TO_CONFIRM: Final = "SELECT count(*) FROM catalog_listingimport WHERE supplier_id = %s AND state = 'preview'"


def register() -> None:
    """Called once, when the app is ready."""
    from catalog.notices import bulk

    bulk.register()
    registries.periodic_tasks.register(
        PeriodicTask("listing imports", "catalog.tasks.watch_imports", seconds=30)
    )
    registries.periodic_tasks.register(
        PeriodicTask("old listing imports", "catalog.tasks.clear_imports", hour=4, minute=20)
    )
