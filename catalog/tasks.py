"""Work of the catalog in the background."""

from __future__ import annotations

from celery import shared_task

from catalog import services


@shared_task(name="catalog.tasks.refresh_counts")
def refresh_counts() -> None:
    """Recount the goods of categories and brands."""
    services.refresh_counts()


@shared_task(name="catalog.tasks.refresh_goods")
def refresh_goods(good_ids: list[int] | None = None) -> None:
    """Recompute what cards show, for example after a supplier's standing has changed."""
    services.refresh_goods(good_ids)


@shared_task(name="catalog.tasks.index_goods")
def index_goods(good_ids: list[int] | None = None) -> None:
    """Make goods findable under their words."""
    services.index_goods(good_ids)
    services.rebuild_vocabulary()
