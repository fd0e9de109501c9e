"""The public portal: no sign-in, everything downloadable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import Announcement, Region, SupplierStanding
from exchange.market.importing import import_market
from tests.exchange.small_market import write_market
from tests.factories import a_confirmed_order, a_supplier, a_trade
from zcy import clock

pytestmark = pytest.mark.django_db

PAGES = ["/open/", "/open/deals/", "/open/credit/", "/open/rules/", "/open/announcements/"]


@pytest.mark.parametrize("address", PAGES)
def test_anyone_may_read(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES[1:])
def test_everything_can_be_downloaded(client: Client, address: str) -> None:
    answer = client.get(address, {"format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    assert len(list(answer.streaming_content)) >= 1  # type: ignore[attr-defined]


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


def test_the_list_of_deals_needs_the_same_statements_however_long(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    trade = a_trade()
    a_confirmed_order(trade)
    client.get("/open/deals/")
    with django_assert_max_num_queries(8) as few:
        client.get("/open/deals/")
    for _number in range(4):
        a_confirmed_order(trade)
    with django_assert_max_num_queries(8) as many:
        client.get("/open/deals/")
    assert len(few) == len(many)


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
