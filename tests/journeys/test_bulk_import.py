"""A supplier imports five thousand rows with 37 errors, mends those in the file it gets back, and imports again."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from catalog.models import Brand, Good, Listing, ListingImport
from catalog.services import index_goods
from tests.factories import a_seller, a_supplier
from tests.journeys.conftest import Arrives
from tests.journeys.goods import the_category
from tests.journeys.person import Person
from zcy.outbox import work_off

ROWS, WRONG = 5_000, 37
HEADER = ("标准商品编号", "单价", "库存", "配送天数", "备注")


def goods_to_offer() -> list[int]:
    """As many goods as rows, which nobody offers yet."""
    category = the_category()
    brand = Brand.objects.create(name="得力")
    goods = Good.objects.bulk_create(
        Good(category=category, brand=brand, name=f"得力 复印纸 {number}", model=f"DL-{number}", unit="包")
        for number in range(ROWS)
    )
    index_goods([good.pk for good in goods[:1]])
    return [good.pk for good in goods]


def rows_with_errors(goods: list[int]) -> list[list[Any]]:
    """Every 135th row has a price that cannot be meant: text, zero, too many places, far too much."""
    bad = ["面议", "0", "1.999", "1000000000000"]
    rows: list[list[Any]] = [
        [pk, f"{20 + number % 50}.50", 100, 3, "现货"] for number, pk in enumerate(goods)
    ]
    for turn in range(WRONG):
        rows[turn * 135][1] = bad[turn % len(bad)]
    return rows


def the_file(folder: Path, name: str, rows: list[list[Any]], header: tuple[str, ...] = HEADER) -> Path:
    path = folder / name
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def uploads(supplier: Person, path: Path, picture: str = "") -> ListingImport:
    """Choose the file, send it, and wait beside the progress until it was read."""
    supplier.opens("/supplier/imports/", picture)
    supplier.page.set_input_files("input[type=file]", str(path))
    supplier.follows("form[data-upload] button[type=submit]")
    work_off()
    supplier.page.wait_for_selector(".tiles")
    supplier.looks()
    return ListingImport.objects.latest("pk")


def test_five_thousand_rows_with_37_errors_are_mended_and_imported_again(
    arrives: Arrives, tmp_path: Path
) -> None:
    goods = goods_to_offer()
    supplier = arrives(a_seller(a_supplier(name="杭州文汇办公用品有限公司")))
    rows = rows_with_errors(goods)
    made = uploads(supplier, the_file(tmp_path, "报价.csv", rows), "supplier-imports")
    assert (made.total, made.new, made.errors) == (ROWS, ROWS - WRONG, WRONG)
    assert not Listing.objects.exists()
    supplier.looks("supplier-import-preview")
    supplier.page.check("input[name=mode][value=good]")
    supplier.follows("form:has(input[name=key]) button[type=submit]")
    work_off()
    supplier.page.wait_for_selector(".tiles")
    assert Listing.objects.count() == ROWS - WRONG

    supplier.follows("a[href='?verdict=error']", "supplier-import-errors")
    with supplier.page.expect_download() as started:
        supplier.page.click("a[href$='errors/?format=xlsx']")
    back = tmp_path / "back.xlsx"
    started.value.save_as(back)
    header, *wrong = CalamineWorkbook.from_path(str(back)).get_sheet_by_index(0).to_python()
    titles = tuple(map(str, header))
    assert len(wrong) == WRONG
    assert all(row[-1] for row in wrong), "each row says why"
    mended = [[row[0], "23.90", *row[2:]] for row in wrong]
    made = uploads(supplier, the_file(tmp_path, "改正.csv", mended, titles))
    assert (made.total, made.new, made.errors) == (WRONG, WRONG, 0)
    supplier.page.check("input[name=mode][value=all]")
    supplier.follows("form:has(input[name=key]) button[type=submit]")
    work_off()
    supplier.page.wait_for_selector(".tiles")
    assert Listing.objects.count() == ROWS

    before = list(Listing.objects.order_by("pk").values_list("pk", "version", "price"))
    again = uploads(supplier, the_file(tmp_path, "改正 2.csv", [*mended, []], titles))
    assert (again.state, again.same, again.errors) == ("done", WRONG, 0)
    assert list(Listing.objects.order_by("pk").values_list("pk", "version", "price")) == before
    supplier.opens("/supplier/imports/")
    supplier.sees("改正.csv", "报价.csv")


def test_the_pages_work_without_javascript_and_on_a_phone(arrives: Arrives, tmp_path: Path) -> None:
    goods = goods_to_offer()[:30]
    actor = a_seller(a_supplier())
    plain = arrives(actor, java_script_enabled=False)
    plain.goes("/supplier/imports/")
    path = the_file(tmp_path, "a.csv", [[pk, 20, 1, 1, ""] for pk in goods])
    plain.page.set_input_files("input[type=file]", str(path))
    plain.page.click("form[data-upload] button[type=submit]")
    work_off()
    plain.page.reload()
    plain.page.check("input[name=mode][value=good]")
    plain.page.click("form:has(input[name=key]) button[type=submit]")
    work_off()
    assert Listing.objects.count() == len(goods)
    phone = arrives(actor, viewport={"width": 390, "height": 844})
    made = ListingImport.objects.get()
    for page in ("/supplier/imports/", "/supplier/imports/prices/", f"/supplier/imports/{made.pk}/"):
        phone.opens(page)


def test_a_price_rule_goes_down_and_back(arrives: Arrives) -> None:
    from tests.journeys.goods import paper_on_sale

    listing = paper_on_sale()
    supplier = arrives(a_seller(listing.supplier))
    supplier.opens("/supplier/imports/prices/", "supplier-price-rule")
    supplier.page.check("input[name=direction][value=down]")
    supplier.page.fill("input[name=value]", "5")
    supplier.page.select_option("select[name=rounding]", "ninety")
    supplier.follows("main form button[type=submit]")
    work_off()
    supplier.page.wait_for_selector(".tiles")
    supplier.looks("supplier-price-preview")
    supplier.sees("22.80", "21.90")
    supplier.follows("form:has(input[name=key]) button[type=submit]")
    work_off()
    supplier.page.wait_for_selector("details.confirm")
    listing.refresh_from_db()
    assert str(listing.price) == "21.90"
    supplier.page.click("details.confirm summary")
    supplier.follows("dialog.confirm-dialog .btn-primary")
    work_off()
    listing.refresh_from_db()
    assert str(listing.price) == "22.80"
