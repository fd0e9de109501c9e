"""Every price that an offer has had: who sells, when it changed, drawn as steps; and only what the public may see."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Listing, PriceChange
from catalog.pricing.step_chart import step_chart
from catalog.queries.offer_prices import MOST_CHANGES, offers_with_prices
from tests.catalog.factories import a_good, a_listing_on_sale, an_organisation
from zcy import clock

pytestmark = pytest.mark.django_db


def changed(listing: Listing, *prices: str, first_days_ago: int = 20) -> None:
    """The listing's price was changed on days that follow each other; it ends at its own price."""
    steps = [Decimal(price) for price in prices]
    PriceChange.objects.bulk_create(
        PriceChange(
            listing=listing,
            at=clock.now() - timedelta(days=first_days_ago - day),
            old_price=old,
            new_price=new,
        )
        for day, (old, new) in enumerate(pairwise(steps))
    )


def histories(good: Any, **asked: str) -> list[Any]:
    params = QueryDict(mutable=True)
    params.update(asked)
    return offers_with_prices(good.pk, params, publish_first=False)[1]


def test_each_offer_has_its_changes_newest_first_and_the_cheapest_offer_stands_first() -> None:
    good = a_good()
    dear = a_listing_on_sale(good, price="130")
    cheap = a_listing_on_sale(good, price="90")
    changed(dear, "100", "110", "130")
    first, second = histories(good)
    assert (first.id, second.id) == (cheap.pk, dear.pk)
    assert first.changes == []
    assert [(change.old, change.new, change.share) for change in second.changes] == [
        (Decimal("110.00"), Decimal("130.00"), "+18.2%"),
        (Decimal("100.00"), Decimal("110.00"), "+10.0%"),
    ]
    assert second.all_changes == 2


def test_an_offer_that_has_ended_is_told_after_those_that_can_be_ordered() -> None:
    good = a_good()
    gone = a_listing_on_sale(good, price="1", sale="off_sale")
    suspended = a_listing_on_sale(good, price="2", supplier=an_organisation(active=False))
    here = a_listing_on_sale(good, price="99")
    found = histories(good)
    assert [(offer.id, offer.offered) for offer in found] == [
        (here.pk, True),
        (gone.pk, False),
        (suspended.pk, False),
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"sale": "draft", "review": "none"},
        {"review": "pending"},
        {"sale": "off_sale", "review": "rejected"},
        {"sale": "off_sale", "review": "pending"},
        {"sale": "frozen", "review": "pending"},
    ],
)
def test_what_the_public_never_saw_has_no_history(client: Client, values: dict[str, Any]) -> None:
    listing = a_listing_on_sale(**values)
    changed(listing, "100", "110")
    assert histories(listing.good) == []
    assert client.get(f"/offers/{listing.pk}/prices/").status_code == 404
    assert client.get(f"/offers/{listing.pk}/prices/?format=csv").status_code == 404


def test_prices_of_a_draft_are_nobodys_business_and_an_imported_market_is_shown_whole() -> None:
    listing = a_listing_on_sale(price="120")
    changed(listing, "55", "120", first_days_ago=40)  # it first stood on sale 30 days ago
    (offer,) = histories(listing.good)
    assert offer.changes == []
    with pgtrigger.ignore("catalog.Listing:moves_by_the_table"):
        Listing.objects.filter(pk=listing.pk).update(origin="imported")
    (offer,) = histories(listing.good)
    assert [change.old for change in offer.changes] == [Decimal("55.00")]


def test_more_changes_than_fit_lead_to_all_of_them(client: Client) -> None:
    listing = a_listing_on_sale(price="112")
    changed(listing, *(str(100 + number) for number in range(13)))
    (offer,) = histories(listing.good)
    assert (len(offer.changes), offer.all_changes) == (MOST_CHANGES, 12)
    page = client.get(f"/goods/{listing.good_id}/prices/").content.decode()
    assert f"/offers/{listing.pk}/prices/" in page
    whole = client.get(f"/offers/{listing.pk}/prices/").content.decode()
    assert whole.count("<tr><td>") == 12
    assert "<polyline" in whole
    text = b"".join(client.get(f"/offers/{listing.pk}/prices/?format=csv")).decode()
    assert len(text.strip().splitlines()) == 13


def test_changes_and_offers_are_read_in_pages(client: Client) -> None:
    good = a_good()
    listing = a_listing_on_sale(good, price="161")
    changed(listing, *(str(100 + number) for number in range(62)))
    first = client.get(f"/offers/{listing.pk}/prices/")
    assert len(first.context["rows"]) == 50
    second = client.get(f"/offers/{listing.pk}/prices/{first.context['page'].next_url}")
    assert [row.old for row in second.context["rows"]][-1] == Decimal("100.00")
    for number in range(11):
        a_listing_on_sale(good, price=str(200 + number), index=False)
    page = client.get(f"/goods/{good.pk}/prices/")
    assert page.context["offers"][0].price == Decimal("161.00")
    assert len(page.context["offers"]) == 10
    rest = client.get(f"/goods/{good.pk}/prices/{page.context['page'].next_url}")
    assert [offer.price for offer in rest.context["offers"]] == [Decimal("209.00"), Decimal("210.00")]
    assert client.get(f"/goods/{good.pk}/prices/?after=rubbish").status_code == 200
    assert client.get("/offers/99999999999999999999/prices/").status_code == 404


def test_a_supplier_s_name_and_a_note_are_text_and_nothing_else(client: Client) -> None:
    listing = a_listing_on_sale(supplier=an_organisation(name="<script>alert(1)</script>"))
    for address in (f"/goods/{listing.good_id}/prices/", f"/offers/{listing.pk}/prices/"):
        html = client.get(address).content.decode()
        assert "<script>alert(1)" not in html
        assert "&lt;script&gt;alert(1)" in html


def test_the_page_of_the_good_leads_from_each_offer_to_its_history(client: Client) -> None:
    listing = a_listing_on_sale()
    html = client.get(f"/goods/{listing.good_id}/").content.decode()
    assert f'href="/offers/{listing.pk}/prices/"' in html
    assert f"/goods/{listing.good_id}/prices/#offer-prices" in html


def test_the_pages_cost_the_same_for_ten_and_for_forty(client: Client) -> None:
    counts = []
    for number in (10, 40):
        good = a_good(f"商品{number}", model=f"H{number}")
        for offers in range(number):
            listing = a_listing_on_sale(good, price=str(100 + offers), index=False)
            changed(listing, *(str(100 + step) for step in range(number)))
        for address in (f"/goods/{good.pk}/prices/", f"/offers/{listing.pk}/prices/"):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            counts.append(len(captured))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12


def at(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=clock.SHANGHAI)


def test_a_price_holds_until_the_next_one() -> None:
    chart = step_chart([(at(1), Decimal(100)), (at(11), Decimal(200))], at(21))
    assert chart is not None
    xs = [float(point.split(",")[0]) for point in chart.points.split()]
    ys = [float(point.split(",")[1]) for point in chart.points.split()]
    assert xs == [72, 230, 230, 388], "half of the time at each price"
    assert ys[0] == ys[1] > ys[2] == ys[3], "dearer is higher"
    assert [level.text for level in chart.levels] == ["¥100", "¥200"]
    assert (chart.begins, chart.ends) == ("2026-11-01", "2026-11-21")


def test_a_price_that_never_changed_is_a_line_and_nothing_is_no_picture() -> None:
    chart = step_chart([(at(1), Decimal(100))], at(21))
    assert chart is not None
    assert len({point.split(",")[1] for point in chart.points.split()}) == 1
    assert chart.dots == []
    assert step_chart([], at(1)) is None
    assert step_chart([(at(5), Decimal(100))], at(1)) is not None, (
        "an end before the last change is that change"
    )
