"""Goods as they stand in the catalogue: with a name, offers, deals, and found by the search."""

from __future__ import annotations

from decimal import Decimal

from catalog import services
from catalog.models import Brand, Category, Good, Listing
from catalog.tree import forget_tree
from tests.catalog.factories import deals
from tests.factories import a_category, a_good, a_listing_on_sale, a_supplier

PAPER = "得力 佳铂 A4 复印纸 70g 500张"
DEALS = [str(Decimal("21.50") + Decimal("0.25") * n) for n in range(14)]


def the_category() -> Category:
    """Paper below its hall."""
    hall = a_category("A05000000", name="家具和用具", unit="")
    paper = a_category("A05040101", parent=hall, name="复印纸", unit="包")
    forget_tree()
    return paper


def paper_in_the_catalogue() -> Good:
    """The good, with what was paid for it; nobody offers it yet."""
    good = a_good(
        category=the_category(),
        brand=Brand.objects.get_or_create(name="得力")[0],
        name=PAPER,
        model="DL-7402",
        unit="包",
        spec={"规格": "A4", "克重": "70g"},
    )
    deals(good, DEALS)
    found(good)
    return good


def paper_on_sale(price: str = "22.80") -> Listing:
    """The good with two offers; the first one is the cheaper."""
    good = paper_in_the_catalogue()
    cheaper = a_listing_on_sale(
        good=good, price=price, stock=200, supplier=a_supplier(name="杭州文汇办公用品有限公司")
    )
    a_listing_on_sale(good=good, price="24.60", stock=80, supplier=a_supplier(name="宁波海曙纸业商行"))
    found(good)
    return cheaper


def found(good: Good) -> None:
    """Bring the good into the search."""
    services.refresh_goods([good.pk])
    services.index_goods([good.pk])
