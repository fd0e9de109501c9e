"""The public portal: no sign-in, everything downloadable."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Announcement, Region, SupplierStanding
from exchange.market.importing import import_market
from tests.exchange.small_market import write_market
from tests.factories import a_confirmed_order, a_trade
from tests.factories.organisations import a_region, a_supplier
from zcy import clock

pytestmark = pytest.mark.django_db

PAGES = ["/open/", "/open/deals/", "/open/credit/", "/open/rules/", "/open/announcements/"]


@pytest.mark.parametrize("address", PAGES)
def test_anyone_may_read(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


def download(client: Client, address: str) -> list[list[str]]:
    """The rows of a CSV file as a spreadsheet reads them."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    assert ".csv" in answer["Content-Disposition"]
    data: bytes = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert data.startswith(b"\xef\xbb\xbf")  # or a spreadsheet on a Chinese desktop takes it for GBK
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize("address", PAGES[1:])
def test_everything_can_be_downloaded_even_when_there_is_nothing(client: Client, address: str) -> None:
    rows = download(client, f"{address}?format=csv")
    assert len(rows[0]) >= 3


def test_no_cell_is_a_formula_to_a_spreadsheet(client: Client) -> None:
    region = a_region("330106")
    names = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\n@x", "正常公司"]
    for name in names:
        SupplierStanding.objects.create(supplier=a_supplier(name=name, region=region), grade="A")
    rows = download(client, "/open/credit/?format=csv")[1:]
    shown = {row[0] for row in rows}
    assert "正常公司" in shown
    assert all(not name.strip().startswith(("=", "+", "-", "@", "＝")) for name in shown)
    assert "'=HYPERLINK(1)" in shown


def test_a_download_holds_just_what_the_filters_show_of_all_pages(client: Client) -> None:
    trade = a_trade()
    for _number in range(23):
        a_confirmed_order(trade, quantity=1)
    county, elsewhere = trade.buyer.region.code, "330200"
    assert len(download(client, "/open/deals/?format=csv")) == 1 + 23
    assert len(download(client, f"/open/deals/?format=csv&region={county}&size=20")) == 1 + 23
    assert len(download(client, f"/open/deals/?format=csv&region={elsewhere}")) == 1
    row = dict(zip(*download(client, "/open/deals/?format=csv")[:2], strict=True))
    assert trade.listing.good.name in row.values()
    assert trade.listing.good.category.code in row.values()
    assert client.get("/open/deals/?format=csv&region=nowhere").status_code == 400


def test_deals_are_walked_page_by_page_without_loss(client: Client) -> None:
    trade = a_trade()
    orders = [a_confirmed_order(trade, quantity=1) for _number in range(45)]
    for sort in ("", "&sort=price", "&sort=-amount", "&sort=date"):
        seen: list[int] = []
        address = f"?{sort}"
        while address:
            page = client.get(f"/open/deals/{address}").context["page"]
            seen += [line.pk for line in page]
            address = page.next_url
        assert len(seen) == len(set(seen)) == len(orders)


def test_announcements_of_a_region_are_its_own_and_those_above_and_below_it(client: Client) -> None:
    city, county, sibling = a_region("330100"), a_region("330106"), a_region("330200")
    province = Region.objects.get(code="330000")
    for region in (province, city, county, sibling):
        Announcement.objects.create(
            region=region, title=f"公告{region.code}", body="正文", published_at=clock.now()
        )
    html = client.get("/open/announcements/?region=330100").content.decode()
    assert all(f"公告{code}" in html for code in ("330000", "330100", "330106"))
    assert "公告330200" not in html


def test_a_deal_is_public_once_it_is_confirmed(client: Client) -> None:
    trade = a_trade()
    order = a_confirmed_order(trade)
    name = order.lines.get().good.name
    assert name in client.get("/open/deals/").content.decode()
    text = b"".join(client.get("/open/deals/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert name in text and order.buyer.name in text


def test_old_deals_are_not_shown(client: Client, tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    assert "得力" not in client.get("/open/deals/").content.decode()


@pytest.mark.parametrize("query", ["?region=x", "?grade=Z", "?after=%00", "?sort=nothing", "?q=" + "x" * 200])
def test_bad_filters_are_answered_in_words(client: Client, query: str) -> None:
    for address in ("/open/deals/", "/open/credit/", "/open/announcements/"):
        assert client.get(address + query).status_code in {200, 400}


def test_announcements_are_read_from_publication_to_withdrawal(client: Client) -> None:
    region = Region.objects.get_or_create(
        code="330000", defaults={"name": "浙江省", "level": "province", "path": "330000/"}
    )[0]
    shown = Announcement.objects.create(region=region, title="公告甲", body="正文", published_at=clock.now())
    hidden = Announcement.objects.create(region=region, title="公告乙", body="正文")
    text = client.get("/open/announcements/").content.decode()
    assert "公告甲" in text and "公告乙" not in text
    assert client.get(f"/announcements/{shown.pk}/").status_code == 200
    assert client.get(f"/announcements/{hidden.pk}/").status_code == 404


@pytest.mark.parametrize("address", PAGES)
def test_pages_need_the_same_statements_for_nothing_for_10_and_for_40_rows(
    client: Client, address: str
) -> None:
    trade = a_trade()

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{address}?size=50").status_code == 200
        return len(captured)

    statements()
    counted = [statements()]
    for more in (10, 30):
        for number in range(more):
            a_confirmed_order(trade, quantity=1)
            SupplierStanding.objects.create(supplier=a_supplier(name=f"供应商{more}-{number}"), grade="A")
            Announcement.objects.create(
                region=trade.buyer.region, title=f"公告{number}", body="正文", published_at=clock.now()
            )
        counted.append(statements())
    assert len(set(counted)) == 1, counted
    assert counted[0] <= 8


def test_words_are_found_in_any_order(client: Client) -> None:
    trade = a_trade()
    trade.listing.good.name = "得力 A4 复印纸"
    trade.listing.good.save()
    a_confirmed_order(trade)
    assert len(download(client, "/open/deals/?format=csv&q=复印纸 得力")) == 2
    assert len(download(client, "/open/deals/?format=csv&q=复印纸 晨光")) == 1


def test_suppliers_are_sorted_by_grade_not_by_score_alone(client: Client) -> None:
    names = {}
    for grade, factor in (("A", "1.040"), ("AAA", "1.000"), ("BBB", "1.050"), ("D", "0.900")):
        supplier = a_supplier(name=f"{grade} 公司")
        SupplierStanding.objects.update_or_create(
            supplier=supplier, defaults={"grade": grade, "ranking_factor": factor}
        )
        names[grade] = supplier.name
    text = client.get("/open/credit/").content.decode()
    assert sorted(names, key=lambda grade: text.index(names[grade])) == ["AAA", "A", "BBB", "D"]
    text = client.get("/open/credit/?sort=grade").content.decode()
    assert sorted(names, key=lambda grade: text.index(names[grade])) == ["D", "BBB", "A", "AAA"]
