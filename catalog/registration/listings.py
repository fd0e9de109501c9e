"""What the catalog adds to the frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _

from accounts.roles import SUPPLIER_ROLES, Role
from zcy import registries
from zcy.registries import (
    HeaderCount,
    MenuItem,
    NavigationLink,
    NavigationProvider,
    NightlyPart,
    TodoItem,
    TodoProvider,
)

IN_REVIEW_URL: Final = "/admin/catalog/listing/?review__exact=pending"
MOST_LINKS: Final = 8


def register() -> None:
    """Called once, when the app is ready."""
    from catalog import checks, notices, region_settings  # noqa: F401 - settings declare themselves
    from catalog.models import Brand, Category, CategoryAttribute, Synonym
    from catalog.pricing.statistics import SHARDS, run_night

    notices.register()
    for sender in (Brand, Category, CategoryAttribute, Synonym):
        for signal in (post_save, post_delete):
            signal.connect(
                _forget, sender=sender, dispatch_uid=f"catalog.forget.{sender.__name__}.{id(signal)}"
            )

    registries.menu.register(
        MenuItem(
            name="supplier_listings",
            label=_("Listings"),
            url_name="catalog:supplier_listings",
            roles=SUPPLIER_ROLES,
            section=_("Goods"),
            order=20,
            icon="tags",
        )
    )
    registries.menu.register(
        MenuItem(
            name="listings_in_review",
            label=_("Listings"),
            url_name="admin:catalog_listing_changelist",
            roles=frozenset([Role.CATALOG]),
            section=_("Catalog"),
            order=20,
            icon="tags",
            count="listings_in_review",
        )
    )
    registries.header_counts.register(
        HeaderCount("rejected_listings", SUPPLIER_ROLES, lambda actor: (_REJECTED, [actor.organisation_id]))
    )
    registries.header_counts.register(
        HeaderCount("listings_in_review", frozenset([Role.CATALOG]), lambda actor: (_IN_REVIEW, []))
    )
    registries.todo.register(
        TodoProvider("listings_in_review", frozenset([Role.CATALOG]), _in_review, order=20)
    )
    registries.todo.register(TodoProvider("rejected_listings", SUPPLIER_ROLES, _rejected, order=40))
    registries.todo.register(TodoProvider("first_listing", SUPPLIER_ROLES, _first, order=50))
    registries.navigation.register(NavigationProvider("categories", _category_links, order=50))
    registries.figure_words.update({"groups": _("groups of deals"), "full": _("all computed anew")})
    registries.nightly_parts.register(
        NightlyPart("price_statistics", _("Price statistics"), stage=1, run=run_night, shards=SHARDS)
    )


def _forget(**kwargs: Any) -> None:
    """A change shows at once in this process, in others within half a minute (words: within five)."""
    from catalog.attributes import forget_attributes
    from catalog.search.lexicon import forget_lexicon
    from catalog.tree import forget_tree

    forget_tree()
    forget_attributes()
    forget_lexicon()


# As the queue counts: what is frozen is not mended by its supplier.
_REJECTED: Final = (
    "SELECT count(*) FROM catalog_listing WHERE supplier_id = %s AND review = 'rejected' AND sale <> 'frozen'"
)
_IN_REVIEW: Final = "SELECT count(*) FROM catalog_listing WHERE review = 'pending'"


def _in_review(actor: Any) -> Iterable[TodoItem]:
    from django.db.models import Count, Min

    from catalog.models import Listing, Review

    waiting = Listing.objects.filter(review=Review.PENDING).aggregate(
        n=Count("id"), since=Min("submitted_at")
    )
    if waiting["n"]:
        yield TodoItem(
            label=_("Listings in review"),
            count=waiting["n"],
            url=IN_REVIEW_URL,
            action=_("Review"),
            since=waiting["since"],
        )


def _rejected(actor: Any) -> Iterable[TodoItem]:
    from catalog.queries.repair import to_repair

    count = to_repair(actor.organisation_id or 0).count()
    if count:
        yield TodoItem(
            label=_("Rejected listings to mend"),
            count=count,
            url="/supplier/listings/repair/",
            action=_("Mend"),
        )


def _first(actor: Any) -> Iterable[TodoItem]:
    """A supplier that has just come in is led to its first offer."""
    from catalog.models import Listing

    if not Listing.objects.filter(supplier_id=actor.organisation_id).exists():
        yield TodoItem(
            label=_("You offer no good yet: put the first one on sale"),
            count=1,
            url="/supplier/listings/new/",
            action=_("New listing"),
        )


def _category_links(region_id: int | None) -> Iterable[NavigationLink]:
    from catalog.tree import category_tree

    tops = [root for root in category_tree().roots if root.goods]
    # The official roots (货物, 工程, 服务) say little: show what is below them.
    if len(tops) <= 3:
        tops = [child for root in tops for child in root.offered or [root]]
    for node in tops[:MOST_LINKS]:
        yield NavigationLink(node.name, node.url)
    if tops:
        yield NavigationLink(str(_("All categories")), "/categories/")
