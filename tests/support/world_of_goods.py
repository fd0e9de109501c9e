"""What surrounds the goods of the small world: halls, references, an index, a storefront, proposals, offers to mend."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.actor import Actor
from catalog import services
from catalog.models import Listing, PriceIndex, ReferencePrice, Storefront
from catalog.services.load_halls import load_halls
from catalog.storefront import Content
from tests.catalog.good_factories import proposed
from tests.factories import a_good, a_listing_on_sale, somebody_of_the_operator
from zcy import clock


def what_surrounds(listing: Listing, seller: Actor) -> None:
    """Rows behind every page about the goods of a supplier."""
    load_halls()
    services.refresh_halls()
    ReferencePrice.objects.create(
        good=listing.good,
        seen_at="官网",
        kind="maker",
        price=Decimal(100),
        observed_at=timezone.now() - timedelta(days=1),
    )
    PriceIndex.objects.bulk_create(
        PriceIndex(category=listing.good.category, month=month, link=0.01, goods=9, deals=30)
        for month in (
            (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1),
            clock.today().replace(day=1),
        )
    )
    for headline in ("专营办公用品", "专营办公用品二十年"):
        _published(seller, headline)
    for hand_in in (True, False):
        proposed(seller, hand_in=hand_in, model=f"P{hand_in}", name=f"惠普 P{hand_in} 打印机")
    rejected = a_listing_on_sale(
        supplier=seller.organisation, good=a_good(category=listing.good.category), review="pending"
    )
    services.decide_review(
        actor=somebody_of_the_operator(),
        listing_id=rejected.pk,
        approve=False,
        reasons=["price_too_high"],
        text="改",
    )


def _published(seller: Actor, headline: str) -> None:
    known = Storefront.objects.filter(supplier_id=seller.organisation_id).first()
    store = services.edit_storefront(
        actor=seller,
        revision=known.revision if known else 0,
        change=lambda _present: Content(headline=headline),
    )
    services.publish_storefront(actor=seller, revision=store.revision)
