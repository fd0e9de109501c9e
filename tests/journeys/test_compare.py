"""A purchaser finds two goods, compares them, reads their ranges and prints the record."""

from __future__ import annotations

from catalog.models import Brand
from catalog.pricing.learn import refresh_levels
from tests.catalog.factories import deals
from tests.factories import a_buyer, a_good, a_listing_on_sale, a_supplier, people
from tests.journeys.conftest import Arrives
from tests.journeys.goods import DEALS, PAPER, found, paper_on_sale
from zcy import clock

OTHER = "晨光 舒写 A4 复印纸 80g 500张"


def test_two_goods_are_compared_by_range_and_offer_and_the_record_is_printed(arrives: Arrives) -> None:
    paper = paper_on_sale().good
    other = a_good(
        category=paper.category,
        brand=Brand.objects.get_or_create(name="晨光")[0],
        name=OTHER,
        model="CG-80",
        unit="包",
        spec={"规格": "A4", "克重": "80g"},
    )
    deals(other, DEALS)
    a_listing_on_sale(
        good=other, price="30.00", stock=10, supplier=a_supplier(name="杭州文汇办公用品有限公司")
    )
    found(other)
    refresh_levels(clock.today(), full=True)
    purchaser = arrives(people(a_buyer()).purchaser)

    purchaser.opens("/search/?q=DL-7402")
    purchaser.follows(f"a[href='/goods/{paper.pk}/']")
    purchaser.sees("合理价")
    purchaser.follows(f"a[href='/compare/?add_good={paper.pk}']")
    purchaser.opens(f"/goods/{other.pk}/")
    purchaser.follows(f"a[href='/compare/?add_good={other.pk}']", "compare")
    purchaser.sees(PAPER, OTHER, "70g", "80g", "¥22.80", "¥30.00", "合理价")
    purchaser.follows("a[href$='only=differences']")
    purchaser.sees("70g", "80g")
    rows = purchaser.page.locator("table.compare tbody th[scope=row]").count()
    assert rows == purchaser.page.locator("tr[data-differs]").count() > 0
    # What is printed leaves out what only a screen can use.
    purchaser.page.emulate_media(media="print")
    assert not purchaser.page.locator(".no-print").first.is_visible()
    assert purchaser.page.locator("table.compare").is_visible()
