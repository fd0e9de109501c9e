"""What imports and price rules add to the frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.roles import SUPPLIER_ROLES
from zcy import registries
from zcy.registries import HeaderCount, MenuItem, PeriodicTask, TodoItem, TodoProvider

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
    registries.menu.register(
        MenuItem(
            name="supplier_imports",
            label=_("Import and export"),
            url_name="catalog:supplier_imports",
            roles=SUPPLIER_ROLES,
            section=_("Goods"),
            order=23,
            icon="file-earmark-spreadsheet",
            count="imports_to_confirm",
        )
    )
    registries.menu.register(
        MenuItem(
            name="supplier_price_rule",
            label=_("Change prices by rule"),
            url_name="catalog:supplier_price_rule",
            roles=SUPPLIER_ROLES,
            section=_("Goods"),
            order=24,
            icon="percent",
        )
    )
    registries.header_counts.register(
        HeaderCount(
            "imports_to_confirm", SUPPLIER_ROLES, lambda actor: (_TO_CONFIRM, [actor.organisation_id])
        )
    )
    registries.todo.register(TodoProvider("imports_to_confirm", SUPPLIER_ROLES, _to_confirm, order=45))


def _to_confirm(actor: Any) -> Iterable[TodoItem]:
    from django.db.models import Count, Min

    from catalog.models import ImportState, ListingImport

    waiting = ListingImport.objects.filter(
        supplier_id=actor.organisation_id, state=ImportState.PREVIEW
    ).aggregate(n=Count("id"), since=Min("created_at"))
    if waiting["n"]:
        yield TodoItem(
            label=_("Imports to confirm"),
            count=waiting["n"],
            url="/supplier/imports/",
            action=_("Look"),
            since=waiting["since"],
        )
