"""Offers in every stage of their life: approved by the checks, doubted, refused, to mend, to mark, asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.db.models import F

from accounts.actor import Actor
from catalog import services as catalog
from catalog.models import CatalogRequest, Good, GoodPriceStatistics, Listing, MarkedVerdict, RequestState
from catalog.pricing.ranges import ranges_of
from catalog.review_reasons import BY_CODE
from catalog.services.keep_verdicts import APPROVAL
from catalog.services.listing_values import ListingValues
from catalog.services.snapshot import snapshot, values_from
from zcy import clock
from zcy.errors import DomainError
from zcy.money import CENT

SEED: Final = "demonstration"
# Remarks of new offers: one waits without a doubt, one is doubted, three are refused by the checks.
REMARKS: Final = (
    "现货，含税含运费",
    "全网最低",
    "详情请联系 13800138000",
    "国家级品质",
    "下单请加 QQ 12345678",
)
# Offers that are made dearer than their range: the first waits for a person, the others were sent back by one.
DEARER: Final = 4


def make_listings(people: Mapping[str, Actor]) -> None:
    """Offers of the supplier in every stage, the marking work of the catalog staff, and two requests; once."""
    seller, staff = people["supplier"], people["catalog"]
    if Listing.objects.filter(supplier_id=seller.organisation_id, note=REMARKS[1]).exists():
        return
    made = [*_new_offers(seller), *_dearer_offers(seller, staff)]
    _marking(list(Listing.objects.filter(pk__in=made).order_by("pk")), staff)
    _requests(seller, staff)


def _new_offers(seller: Actor) -> list[int]:
    own = Listing.objects.filter(supplier_id=seller.organisation_id).values("good_id")
    goods = Good.objects.searchable().exclude(pk__in=own).order_by("-offers", "pk")[: len(REMARKS)]
    made: list[int] = []
    for good, note in zip(goods, REMARKS, strict=False):
        price = ((good.lowest_price or Decimal(100)) * Decimal("1.02")).quantize(CENT)
        values = ListingValues(price=price, stock=Decimal(60), delivery_days=3, note=note)
        made.append(catalog.create_listing(actor=seller, good=good, values=values).pk)
    catalog.submit_many(actor=seller, listing_ids=made)
    return made


def _dearer_offers(seller: Actor, staff: Actor) -> list[int]:
    """Own offers above their good's lowest price (those near it are ordered) with a range, raised above it."""
    known = GoodPriceStatistics.objects.filter(tier=0, quantity_band=0, n__gte=8).values("good_id")
    offers = Listing.objects.filter(
        supplier_id=seller.organisation_id,
        sale="on_sale",
        review="approved",
        own_public_price=None,
        stock__gte=1,
        good_id__in=known,
        price__gt=F("good__lowest_price") * Decimal("1.08"),
    ).order_by("pk")
    ranges = ranges_of(list(offers.values_list("good_id", flat=True)))
    made: list[int] = []
    for offer in [offer for offer in offers if offer.good_id in ranges][:DEARER]:
        price = max(ranges[offer.good_id].high * Decimal("1.2"), offer.price * Decimal("1.05")).quantize(CENT)
        values = replace(values_from(snapshot(offer), stock=offer.stock), price=price)
        edited = catalog.edit_listing(actor=seller, listing_id=offer.pk, version=offer.version, values=values)
        if made and edited.review == "pending":
            catalog.decide_review(actor=staff, listing_id=offer.pk, approve=False, reasons=["price_too_high"])
        made.append(offer.pk)
    return made


def _marking(made: Sequence[Listing], staff: Actor) -> None:
    """What chance would seldom draw from a few offers is drawn whole, so that there is something to mark."""
    for listing in made:
        rows = list(listing.verdicts.filter(finding__in=["doubt", "block"]).order_by("-listing_version")[:3])
        if not rows and listing.review == "approved":
            _draw(listing, listing.version, APPROVAL, "clear", "", "")
        for row in rows:
            if row.reason in BY_CODE:
                _draw(listing, row.listing_version, row.check_code, row.finding, row.reason, row.saw)
    for position, verdict in enumerate(
        MarkedVerdict.objects.filter(seed=SEED, right=None).order_by("pk")[:3]
    ):
        catalog.mark_verdict(actor=staff, verdict_id=verdict.pk, right=position != 1)


def _draw(listing: Listing, version: int, check: str, finding: str, reason: str, saw: str) -> None:
    MarkedVerdict.objects.get_or_create(
        listing=listing,
        listing_version=version,
        check_code=check,
        defaults={
            "finding": finding,
            "reason": reason,
            "saw": saw,
            "values": snapshot(listing),
            "seed": SEED,
            "share": Decimal(1),
            "drawn_at": clock.now(),
        },
    )


def _requests(seller: Actor, staff: Actor) -> None:
    for kind, name, why in (
        ("brand", "斑马技术", "条码打印机 ZD888、ZT230，厂家授权书可附。"),
        ("category", "电子价签", "为学校食堂和仓库供应 2.13 寸电子价签。"),
    ):
        if CatalogRequest.objects.filter(supplier_id=seller.organisation_id, name=name).exists():
            continue
        try:
            catalog.ask_for(actor=seller, kind=kind, name=name, why=why)
        except DomainError:
            continue  # the market has it already
    waiting = CatalogRequest.objects.filter(supplier_id=seller.organisation_id, state=RequestState.WAITING)
    if not CatalogRequest.objects.exclude(state=RequestState.WAITING).exists() and waiting.count() > 1:
        first = waiting.filter(kind="category").first()
        if first is not None:
            catalog.answer_request(
                actor=staff, request_id=first.pk, grant=False, answer="请归入“其他办公设备”，暂不单设品目。"
            )
