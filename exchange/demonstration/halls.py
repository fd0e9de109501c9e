"""The halls of the demonstration with goods in them, a storefront, and listings that need their supplier."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from accounts.actor import Actor
from accounts.models import Organisation, Region
from accounts.models.organisations import OrganisationSize
from catalog import services
from catalog.models import (
    Category,
    Good,
    GoodOrigin,
    Hall,
    HallRegion,
    Listing,
    ListingAlert,
    OriginCounty,
    Review,
    Sale,
    Storefront,
)
from catalog.services import Mend
from catalog.services.listing_values import ListingValues
from catalog.storefront import Announcement, Content, Group
from zcy import clock
from zcy.errors import DomainError

TEA: Final = "A07060303"
# Goods of rural revitalisation: name, county of the list of 832, producer, share made there, price.
RURAL: Final = (
    ("六安瓜片 一级 250g", "341524", "金寨大别山茶叶专业合作社", "1.000", "168.00"),
    ("舒城小兰花 一级 250g", "341523", "舒城县茶农联合社", "1.000", "186.00"),
    ("岳西翠兰 特级 200g", "340828", "岳西高山茶场", "0.900", "152.00"),
    ("修水宁红工夫茶 250g", "360424", "修水宁红茶业合作社", "0.850", "98.00"),
    ("遂川狗牯脑茶 200g", "360827", "遂川茶业专业合作社", "1.000", "135.00"),
)
# Services with what one unit is: (category, name, unit, price of the first and of the second supplier).
SERVICES: Final = (
    ("C23120301", "公务车辆常规保养（含工时，不含配件）", "工时", ("120.00", "128.00")),
    ("C23120301", "公务车辆机电维修工时", "工时", ("158.00", "150.00")),
    ("C21040000", "办公楼综合物业管理", "平方米", ("4.80", "5.20")),
    ("C23090199", "A4 文件双面黑白印刷装订", "份", ("3.50", "3.20")),
)
LABELS: Final = ("energy_saving", "environmental", "green")
COUNTY_NAME: Final = "绿色采购馆"
LOW: Final = 4


def make_halls(people: Mapping[str, Actor]) -> list[str]:
    """Make what is not there yet; one sentence for each thing that could not be made."""
    troubles: list[str] = []
    makers: tuple[Callable[[], None], ...] = (
        lambda: _services(people),
        lambda: _halls(people),
        lambda: _regions(people["supervisor"]),
        lambda: _storefront(people["supplier"]),
        lambda: _low_stock(people["supplier"]),
    )
    for make in makers:
        try:
            with transaction.atomic():
                make()
        except DomainError as trouble:
            troubles.append(f"{trouble.__class__.__name__}: {trouble}")
    return troubles


def _halls(people: Mapping[str, Actor]) -> None:
    """The five halls; labels, origins and sizes where the imported market names none."""
    services.load_origin_counties()
    services.load_halls()
    _sizes()
    if not Good.objects.filter(labels__overlap=list(LABELS)).exists():
        for number, good in enumerate(Good.objects.searchable().order_by("-offers", "pk")[:24]):
            good.labels = sorted({*good.labels, LABELS[number % len(LABELS)]})
            good.save(update_fields=["labels", "changed_at"])
    _origins(people)
    services.refresh_halls()
    services.refresh_shares(clock.today() - timedelta(days=1))


def _services(people: Mapping[str, Actor]) -> None:
    """Services by the item, the hour and the area, each offered by two suppliers."""
    for code, name, unit, prices in SERVICES:
        _offered(people, code, name, unit, prices)


def _offered(
    people: Mapping[str, Actor], code: str, name: str, unit: str, prices: Sequence[str]
) -> Good | None:
    """A good that is not there yet, offered by the first supplier and, with a second price, by the second."""
    category = Category.objects.filter(code=code).first()
    if category is None or Good.objects.filter(name=name).exists():
        return None
    good = Good.objects.create(category=category, name=name, unit=unit)
    services.index_goods([good.pk])
    for seller, price in zip(("supplier", "supplier2"), prices, strict=False):
        actor = people[seller]
        values = ListingValues(price=Decimal(price), stock=Decimal(5_000), delivery_days=2)
        listing = services.create_listing(actor=actor, good=good, values=values)
        services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
        listing.refresh_from_db()
        if listing.review == Review.PENDING:
            services.decide_review(actor=people["catalog"], listing_id=listing.pk, approve=True)
        listing.refresh_from_db()
        if listing.sale != Sale.ON_SALE:
            services.put_on_sale(actor=actor, listing_id=listing.pk)
    return good


def _sizes() -> None:
    """A market that names no sizes: most suppliers are small."""
    suppliers = Organisation.objects.suppliers()
    if suppliers.filter(size__in=OrganisationSize.values).exists():
        return
    sizes = list(OrganisationSize.values)
    for number, supplier in enumerate(suppliers.order_by("pk")):
        supplier.size = sizes[number % len(sizes)]
        supplier.save(update_fields=["size"])


def _origins(people: Mapping[str, Actor]) -> None:
    """Tea from counties of the list, with producer and share."""
    for name, code, producer, share, price in RURAL:
        county = OriginCounty.objects.filter(code=code).first()
        good = _offered(people, TEA, name, "盒", [price]) if county else None
        if good is not None and county is not None:
            Good.objects.filter(pk=good.pk).update(labels=["rural"])
            GoodOrigin.objects.create(good=good, county=county, producer=producer, share=Decimal(share))


def _regions(supervisor: Actor) -> None:
    """The county calls the green hall by a name of its own."""
    region: Region | None = supervisor.region
    hall = Hall.objects.filter(slug="green").first()
    if region is not None and hall is not None:
        HallRegion.objects.get_or_create(hall=hall, region=region, defaults={"name": COUNTY_NAME})


def _own(seller: Actor) -> Sequence[Listing]:
    return list(
        Listing.objects.filter(supplier_id=seller.organisation_id, sale=Sale.ON_SALE, review=Review.APPROVED)
        .select_related("good__category")
        .order_by("pk")
    )


def _storefront(seller: Actor) -> None:
    """A storefront with everything on it, and a draft that goes on."""
    if Storefront.objects.filter(supplier_id=seller.organisation_id).exists():
        return
    listings = _own(seller)
    by_category: dict[str, list[int]] = {}
    for listing in listings:
        by_category.setdefault(listing.good.category.name, []).append(listing.pk)
    fullest = sorted(by_category.items(), key=lambda item: -len(item[1]))[:4]
    today = clock.today()
    content = Content(
        headline="办公采购一站配齐，次日送达全县",
        terms="质保期内免费维修，接到通知 24 小时内响应。\n收货 7 日内可无理由退货，退货运费由我方承担。\n"
        "大件商品送货上门并安装调试。",
        featured=tuple(listing.pk for listing in listings[:6]),
        announcements=(
            Announcement("年末集中配送安排", "12 月 20 日前下单，年内送达。", today - timedelta(days=2)),
            Announcement(
                "新增复印纸整箱供应",
                "整箱购买按箱计价，当日出库。",
                today - timedelta(days=20),
                today + timedelta(days=40),
            ),
        ),
        groups=tuple(Group(name[:20], tuple(ids[:100])) for name, ids in fullest),
    )
    store = services.edit_storefront(actor=seller, revision=0, change=lambda _present: content)
    services.publish_storefront(actor=seller, revision=store.revision)


def _low_stock(seller: Actor) -> None:
    """A few listings with a line of their own, above what is left: they are low in stock."""
    services.refresh_sales(clock.today() - timedelta(days=1))
    mine = ListingAlert.objects.filter(supplier_id=seller.organisation_id, kind="low_stock")
    services.refresh_alerts()
    if not mine.exists():
        listings = [listing for listing in _own(seller) if listing.stock is not None][-LOW:]
        services.mend_listings(
            actor=seller,
            mends=[
                Mend(listing.pk, listing.version, low_stock=(listing.stock or Decimal(0)) + 5)
                for listing in listings
            ],
        )
    services.tell_suppliers()
