"""The prices that each offer of a good has had: what is offered, and what was; in three statements, however many.

Public is what the good's page shows: offers that are on sale there, and those that were on sale and are not any more.
What waits for its review, was refused or never left its draft is nobody's business, nor are prices from before an
offer first stood on sale. An imported offer is shown with all that its market knows of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, Count, F, IntegerField, Q, Value, When, Window
from django.db.models.functions import Now, RowNumber
from django.http import QueryDict
from django.utils.translation import ngettext

from catalog.models import Listing, PriceChange, Review, Sale
from catalog.pricing.step_chart import StepChart, step_chart
from zcy import clock
from zcy.formats import percent
from zcy.paging import KeysetPage

MOST_CHANGES: Final = 10
MOST_DRAWN: Final = 200
MOST_DOWNLOADED: Final = 5000
SIZES: Final = (10, 20, 50)


@dataclass(frozen=True)
class Change:
    """One change of an offer's price, in yuan per unit of the good."""

    at: datetime
    old: Decimal
    new: Decimal

    @property
    def share(self) -> str:
        """Such as +12.5%; empty where the old price was zero."""
        if not self.old:
            return ""
        share = (self.new - self.old) / self.old
        return ("+" if share > 0 else "") + percent(share)


@dataclass
class OfferPrices:
    """An offer with the latest changes of its price, newest first."""

    id: int
    good_id: int
    supplier_id: int
    supplier: str
    price: Decimal
    # Since when it has stood on sale, and until when it did; None: not known, still.
    since: datetime | None
    until: datetime | None
    offered: bool
    changes: list[Change] = field(default_factory=list)
    all_changes: int = 0

    @property
    def chart(self) -> StepChart | None:
        """The changes that are shown, from the oldest to today or to the offer's end."""
        steps = [(change.at, change.new) for change in reversed(self.changes)]
        if self.changes:
            first = self.changes[-1]
            # Further back than that nothing is shown, or nothing is known.
            known = self.since if len(self.changes) == self.all_changes else None
            steps.insert(0, (min(known or first.at, first.at), first.old))
        elif self.since is not None:
            steps = [(self.since, self.price)]
        return step_chart(steps, self.until or clock.now())

    @property
    def summary(self) -> str:
        return ngettext("%(n)d change of price", "%(n)d changes of price", self.all_changes) % {
            "n": self.all_changes
        }


def shown_listings(*, publish_first: bool) -> Any:
    """The offers whose prices are public, each with `gone`: 0 while it is offered, 1 afterwards.

    Args:
        publish_first: offers in review are offered where the reader is.
    """
    reviews = [Review.APPROVED, Review.PENDING] if publish_first else [Review.APPROVED]
    offered = (
        Q(sale=Sale.ON_SALE, review__in=reviews, supplier__active=True, good__state="active")
        & (Q(delisted_at__isnull=True) | Q(delisted_at__gt=Now()))
        & ~Q(supplier__standing__suspended=True)
    )
    return (
        Listing.objects.filter(
            Q(sale=Sale.ON_SALE, review__in=reviews)
            | Q(sale__in=[Sale.OFF_SALE, Sale.FROZEN], review=Review.APPROVED),
            Q(listed_at__isnull=False) | Q(origin="imported"),
        )
        .annotate(gone=Case(When(offered, then=Value(0)), default=Value(1), output_field=IntegerField()))
        .select_related("supplier")
        .only(
            "good_id", "supplier__name", "price", "listed_at", "delisted_at", "sale", "changed_at", "origin"
        )
    )


def offers_with_prices(
    good_id: int, params: QueryDict, *, publish_first: bool
) -> tuple[KeysetPage[Listing], list[OfferPrices]]:
    """A page of a good's offers, what is offered first, the cheapest first, each with its latest 10 changes.

    Args:
        good_id: the good.
        params: the query string: `after` or `before` a position, `size`.
        publish_first: offers in review are offered where the reader is.
    """
    page: KeysetPage[Listing] = KeysetPage.of(
        shown_listings(publish_first=publish_first).filter(good_id=good_id),
        params,
        order=("gone", "price", "id"),
        size=SIZES[0],
        sizes=SIZES,
    )
    return page, with_changes(page.rows, most=MOST_CHANGES)


def with_changes(listings: Sequence[Listing], *, most: int) -> list[OfferPrices]:
    """The offers with the latest changes of each, in one statement."""
    found = {listing.pk: _offer(listing) for listing in listings}
    for row in (
        public_changes(list(found))
        .annotate(
            number=Window(
                RowNumber(), partition_by=F("listing_id"), order_by=[F("at").desc(), F("id").desc()]
            ),
            total=Window(Count("id"), partition_by=F("listing_id")),
        )
        .filter(number__lte=most)
        .order_by("listing_id", "number")
    ):
        offer = found[row.listing_id]
        offer.changes.append(Change(row.at, row.old_price, row.new_price))
        offer.all_changes = row.total
    return list(found.values())


def public_changes(listing_ids: Any) -> Any:
    """The changes of these offers (ids, or a subquery) since they first stood on sale; all of imported ones."""
    return PriceChange.objects.filter(
        Q(listing__origin="imported") | Q(at__gte=F("listing__listed_at")), listing_id__in=listing_ids
    )


def _offer(listing: Any) -> OfferPrices:
    ended = listing.delisted_at if listing.delisted_at and listing.delisted_at <= clock.now() else None
    return OfferPrices(
        id=listing.pk,
        good_id=listing.good_id,
        supplier_id=listing.supplier_id,
        supplier=listing.supplier.name,
        price=listing.price,
        since=listing.listed_at,
        until=ended if listing.gone else None,
        offered=not listing.gone,
    )


def price_changes(good_id: int, *, publish_first: bool) -> list[tuple[datetime, str, Decimal, Decimal]]:
    """(time, supplier, old price, new price) of a good's offers, the newest 5,000 first; one statement."""
    shown = shown_listings(publish_first=publish_first).filter(good_id=good_id)
    rows = public_changes(shown.order_by().values("pk")).order_by("-at", "-id")[:MOST_DOWNLOADED]
    return list(rows.values_list("at", "listing__supplier__name", "old_price", "new_price"))
