"""Work of the catalog in the background."""

from __future__ import annotations

from celery import shared_task

from catalog import services
from catalog.models import Category, Good, Listing
from catalog.search import recording


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


@shared_task(name="catalog.tasks.index_some")
def index_some(category: int | None = None, brand: int | None = None) -> None:
    """Make the goods of a category (with those below it) or of a brand findable after it was renamed."""
    goods = Good.objects.all()
    if category is not None:
        goods = goods.filter(category__in=Category.objects.below(Category.objects.get(pk=category)))
    if brand is not None:
        goods = goods.filter(brand_id=brand)
    services.index_goods(list(goods.values_list("pk", flat=True)))
    services.rebuild_vocabulary()


@shared_task(name="catalog.tasks.end_listings")
def end_listings() -> None:
    """Take off sale what has ended, in portions."""
    while services.end_listings():
        pass


@shared_task(name="catalog.tasks.refresh_suppliers")
def refresh_suppliers(suppliers: list[int]) -> None:
    """Recompute the cards of what these suppliers offer, after they stopped or resumed."""
    goods = Listing.objects.filter(supplier_id__in=suppliers).values_list("good_id", flat=True)
    services.refresh_goods(sorted(set(goods)))


@shared_task(name="catalog.tasks.follow_schema_change")
def follow_schema_change(change_id: int) -> None:
    """Let the goods of a category follow a change of its attributes."""
    services.follow_schema_change(change_id)


@shared_task(name="catalog.tasks.follow_schemas")
def follow_schemas() -> None:
    """After schemas were loaded from files: hash key attributes anew, and flag what no longer fits."""
    services.refresh_key_hashes()
    flagged = Good.objects.active().exclude(spec={}).order_by("pk").values_list("pk", flat=True)
    ids = list(flagged)
    for start in range(0, len(ids), 1000):
        services.check_goods(ids[start : start + 1000])


@shared_task(name="catalog.tasks.work_on_import")
def work_on_import(import_id: int) -> None:
    """Read a file of listings, or write what was confirmed of it."""
    from catalog.services import bulk

    bulk.work(import_id)


@shared_task(name="catalog.tasks.watch_imports")
def watch_imports() -> None:
    """Go on with imports whose worker has died."""
    from catalog.services import bulk

    bulk.watch()


@shared_task(name="catalog.tasks.clear_imports")
def clear_imports() -> None:
    """Remove files and rows of old imports."""
    from catalog.services import bulk

    bulk.clear_old()


@shared_task(name="catalog.tasks.keep_searches")
def keep_searches() -> None:
    """Write down what was searched for since the last time."""
    recording.keep_searches()


@shared_task(name="catalog.tasks.tell_of_favourites")
def tell_of_favourites() -> None:
    """Tell of favourites that fell in price or ended."""
    services.tell_of_favourites()


@shared_task(name="catalog.tasks.tell_of_new_goods")
def tell_of_new_goods() -> None:
    """Tell of new goods of saved searches; forget old counts of searches without hits."""
    services.tell_of_new_goods()
    recording.forget_old_counts()


@shared_task(name="catalog.tasks.rebuild_vocabulary")
def rebuild_vocabulary() -> None:
    """Bring the vocabulary up to the index, for example after a synonym was changed."""
    services.rebuild_vocabulary()


@shared_task(name="catalog.tasks.refresh_alerts")
def refresh_alerts() -> None:
    """Find the listings that need their suppliers, and tell those who have not been told today."""
    services.refresh_alerts()
    services.tell_suppliers()


@shared_task(name="catalog.tasks.fetch_references")
def fetch_references() -> None:
    """Import what the configured source of reference prices has; nothing where none is configured."""
    from catalog.pricing import connectors

    connectors.fetch_references()
