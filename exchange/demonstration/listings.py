"""Offers in every stage of their life: approved by the checks, doubted, refused, to mend, to mark, asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from accounts.actor import Actor
from catalog import services as catalog
from catalog.models import CatalogRequest, Good, GoodPriceStatistics, Listing, MarkedVerdict, RequestState
from catalog.pricing.ranges import ranges_of
from catalog.review_reasons import BY_CODE
from catalog.services.keep_verdicts import APPROVAL
from catalog.services.listing_values import ListingValues
from catalog.services.snapshot import snapshot
from zcy import clock
from zcy.errors import DomainError

SEED: Final = "demonstration"
# Price as a multiple of the range's upper end, and the remark: one row for each thing that can be seen.
OFFERS: Final = (
    ("0.98", "现货，含税含运费"),
    ("0.97", ""),
    ("1.15", "进口耗材涨价，可附说明"),
    ("1.25", "全网最低"),
    ("4.00", ""),
    ("3.50", ""),
    ("0.95", "详情请联系 13800138000"),
    ("0.96", "国家级品质，加微信优惠"),
)


def make_listings(people: Mapping[str, Actor]) -> None:
    """Eight offers of the supplier, the marking work of the catalog staff, and two requests; once."""
    seller, staff = people["supplier"], people["catalog"]
    if Listing.objects.filter(supplier_id=seller.organisation_id, origin="live", note=OFFERS[3][1]).exists():
        return
    made = _offers(seller)
    _marking(made, staff)
    _requests(seller, staff)


def _offers(seller: Actor) -> list[Listing]:
    goods = _goods_with_a_range(seller, len(OFFERS))
    ranges = ranges_of([good.pk for good in goods])
    drafts = []
    for good, (factor, note) in zip(goods, OFFERS, strict=False):
        price = (ranges[good.pk].high * Decimal(factor)).quantize(Decimal("0.01"))
        values = ListingValues(price=price, stock=Decimal(60), delivery_days=3, note=note)
        drafts.append(catalog.create_listing(actor=seller, good=good, values=values))
    catalog.submit_many(actor=seller, listing_ids=[draft.pk for draft in drafts])
    return list(Listing.objects.filter(pk__in=[draft.pk for draft in drafts]).order_by("pk"))


def _goods_with_a_range(seller: Actor, count: int) -> Sequence[Good]:
    own = Listing.objects.filter(supplier_id=seller.organisation_id).values("good_id")
    known = GoodPriceStatistics.objects.filter(tier=0, quantity_band=0, n__gte=8).values("good_id")
    candidates = Good.objects.searchable().filter(pk__in=known).exclude(pk__in=own)
    goods = list(candidates.order_by("-offers", "pk")[: count * 4])
    ranges = ranges_of([good.pk for good in goods])
    return [good for good in goods if good.pk in ranges][:count]


def _marking(made: Sequence[Listing], staff: Actor) -> None:
    """What chance would seldom draw from eight offers is drawn whole, so that there is something to mark."""
    for listing in made:
        rows = list(listing.verdicts.filter(finding__in=["doubt", "block"]))
        if not rows and listing.review == "approved":
            _draw(listing, APPROVAL, "clear", "", "")
        for row in rows:
            if row.reason in BY_CODE:
                _draw(listing, row.check_code, row.finding, row.reason, row.saw)
    for position, verdict in enumerate(
        MarkedVerdict.objects.filter(seed=SEED, right=None).order_by("pk")[:3]
    ):
        catalog.mark_verdict(actor=staff, verdict_id=verdict.pk, right=position != 1)


def _draw(listing: Listing, check: str, finding: str, reason: str, saw: str) -> None:
    MarkedVerdict.objects.get_or_create(
        listing=listing,
        listing_version=listing.version,
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
