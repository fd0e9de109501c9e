"""The price panel: which deals are compared, and that its numbers are those of the deals."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.models import Organisation
from catalog import services
from catalog.models import Good
from catalog.pricing.formulas import Confidence, quantile_r7
from catalog.pricing.panel import Panel, price_band, price_panel
from catalog.queries import good_page
from tests.catalog.factories import (
    a_buyer_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_region,
    an_organisation,
    deals,
)
from zcy.drawing import WIDTH, describe, draw
from zcy.money import yuan

pytestmark = pytest.mark.django_db


def panel(good: Good, *, tier: int = 0, band: int = 0) -> Panel:
    return price_panel(
        good_id=good.pk,
        category_id=good.category_id,
        spec_hash=good.spec_hash,
        pack_size=good.pack_size,
        tier=tier,
        band=band,
    )


def figures(prices: list[str]) -> tuple[int, Decimal, Decimal, Decimal]:
    """n and the quantiles as the formula has them."""
    numbers = [float(price) for price in prices]
    low, middle, high = (yuan(str(quantile_r7(numbers, share))) for share in (0.1, 0.5, 0.9))
    return len(prices), low, middle, high


def eight_suppliers() -> list[Organisation]:
    return [an_organisation() for _number in range(8)]


PRICES = {
    "one": ["88.00"],
    "two": ["88.00", "92.00"],
    "seven": ["90", "91", "92", "93", "94", "95", "99"],
    "eight": ["90", "91", "92", "93", "94", "95", "99", "120"],
    "all equal": ["65.50"] * 40,
    "a thousand": [f"{random.Random(7).lognormvariate(4, 0.3) + number / 100:.2f}" for number in range(1000)],
    "an outlier": ["100", "101", "99", "100", "102"] * 10 + ["1000000"],
    "one far below": ["100", "101", "99", "100", "102"] * 10 + ["0.01"],
    "equal but one": ["100"] * 50 + ["250"],
    "cents": ["0.01"] * 20 + ["0.02"] * 20 + ["5"],
}


@pytest.mark.parametrize("kind", PRICES)
def test_the_numbers_are_those_of_the_deals(kind: str) -> None:
    good, prices = a_good(), PRICES[kind]
    deals(good, prices, suppliers=eight_suppliers())
    found = panel(good)
    assert (found.n, found.low, found.median, found.high) == figures(prices)
    assert found.suppliers == min(8, len(prices))
    # Every deal stands in one class, and each class holds just what it says.
    assert sum(entry.count for entry in found.bins) == len(prices)
    for entry in found.bins:
        last = entry is [one for one in found.bins if not one.outlying][-1] or entry.outlying
        held = [p for p in map(Decimal, prices) if entry.low <= p < entry.high or (last and p == entry.high)]
        if entry.outlying and entry is found.bins[-1]:
            held = [price for price in held if price > entry.low]
        assert len(held) == entry.count, (entry, held)


def test_nothing_was_bought_yet() -> None:
    found = panel(a_good())
    assert (found.n, found.bins, found.has_range) == (0, (), False)


def test_an_outlier_is_counted_and_does_not_flatten_the_picture() -> None:
    good = a_good()
    deals(good, PRICES["an outlier"], suppliers=eight_suppliers())
    found = panel(good)
    assert found.bins[-1].outlying
    assert (found.bins[-1].high, found.bins[-1].count) == (Decimal(1_000_000), 1)
    band = price_band(found, unit="台", evidence=True)
    picture = draw(band)
    assert picture
    assert len(picture.bars) >= 3
    assert all(0 <= bar.x <= WIDTH and bar.x + bar.width <= WIDTH for bar in picture.bars)
    assert picture.band_width > 20
    assert "51" in describe(band)


@pytest.mark.parametrize(
    ("prices", "word"),
    [(2, Confidence.NONE), (3, Confidence.LOW), (8, Confidence.MEDIUM), (30, Confidence.HIGH)],
)
def test_few_deals_give_little_confidence(prices: int, word: Confidence) -> None:
    good = a_good()
    deals(good, ["10"] * prices, suppliers=eight_suppliers())
    assert panel(good).confidence is word


def test_related_suppliers_are_one() -> None:
    good, suppliers = a_good(), eight_suppliers()
    deals(good, ["10"] * 8, suppliers=suppliers)
    Organisation.objects.filter(pk__in=[one.pk for one in suppliers[:5]]).update(
        related_group=suppliers[0].pk
    )
    assert panel(good).suppliers == 4


@pytest.fixture
def market() -> tuple[Good, Good]:
    """A good that was bought by counties in ones, by a city in hundreds, and a twin of the same specification."""
    good = a_good(spec={"size": "A4"})
    twin = a_good("得力 同配置", brand="得力", model="T1", spec={"size": "A4"}, category=good.category)
    city = a_region("330100", "杭州市", "city")
    deals(good, ["100"] * 9)
    deals(good, ["80"] * 8, quantity="200", region=city)
    deals(good, ["90"] * 3, region=city)
    deals(twin, ["95"] * 6, region=city)
    return good, twin


COUNTY, CITY, PROVINCE = 3, 2, 1


@pytest.mark.parametrize(
    ("tier", "band", "n", "median", "fallback", "widened"),
    [
        (0, 0, 20, 90, False, False),  # everything that is known of the good
        (COUNTY, 1, 9, 100, False, False),  # enough of just this kind
        (CITY, 0, 11, 80, False, False),
        (CITY, 3, 8, 80, False, False),
        (CITY, 1, 9, 95, True, False),  # 3 are too few, with the twin's 6 there are enough
        (PROVINCE, 0, 20, 90, False, True),  # none at all: every tier and band of the good
        (COUNTY, 4, 20, 90, False, True),
    ],
)
def test_the_nearest_deals_that_are_enough_are_compared(
    market: tuple[Good, Good], tier: int, band: int, n: int, median: int, fallback: bool, widened: bool
) -> None:
    found = panel(market[0], tier=tier, band=band)
    assert (found.n, found.median, found.fallback, found.widened) == (n, Decimal(median), fallback, widened)


def test_the_choices_say_how_many_deals_each_has(market: tuple[Good, Good]) -> None:
    found = panel(market[0], tier=CITY)
    assert found.by_tier == {COUNTY: 9, CITY: 11}
    assert found.by_band == {1: 3, 3: 8}
    assert panel(market[0], band=3).by_tier == {CITY: 8}


def test_a_seldom_good_leans_on_its_twins_and_never_on_those_without_a_specification() -> None:
    bare, other = a_good(), a_good("别的", model="Z")
    Good.objects.update(spec_hash="")
    bare.refresh_from_db()
    deals(other, ["10"] * 9)
    assert panel(bare).n == 0


def test_a_deal_comes_and_goes_in_every_panel_at_once(
    market: tuple[Good, Good], client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    good, twin = market
    a_listing_on_sale(good)
    url = f"/goods/{good.pk}/?tier={CITY}&band=1"
    assert "¥95" in client.get(url).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        orders = deals(twin, ["400"] * 20, region=a_region("330100"))
    assert "¥400" in client.get(url).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw_deals(order_ids=orders)
    html = client.get(url).content.decode()
    assert "¥400" not in html
    assert "¥95" in html


def test_a_panel_is_computed_once_until_its_deals_change(
    market: tuple[Good, Good], django_capture_on_commit_callbacks: Any, django_assert_num_queries: Any
) -> None:
    good, twin = market
    other = a_good("别的", model="Z", spec={"size": "A3"})
    first = panel(good)
    with django_assert_num_queries(0):
        assert panel(good) == first
    with django_capture_on_commit_callbacks(execute=True):
        deals(other, ["7"] * 3)
    with django_assert_num_queries(0):
        panel(good)
    with django_capture_on_commit_callbacks(execute=True):
        deals(twin, ["95"])
    with django_assert_num_queries(1):
        panel(good)


def test_a_panel_that_was_computed_while_a_deal_was_under_way_is_not_kept_beyond_it(
    django_capture_on_commit_callbacks: Any,
) -> None:
    from catalog.pricing import kept

    good = a_good()
    peers = (good.pk, good.category_id, good.spec_hash)
    kept.kept(peers, "x", lambda: "old")

    def while_a_deal_is_confirmed() -> str:
        with django_capture_on_commit_callbacks(execute=True):
            kept.forget([peers])
        return "read before the commit"

    with django_capture_on_commit_callbacks(execute=True):
        kept.forget([peers])
    assert kept.kept(peers, "x", while_a_deal_is_confirmed) == "read before the commit"
    assert kept.kept(peers, "x", lambda: "new") == "new"


def test_the_page_names_what_was_compared(market: tuple[Good, Good]) -> None:
    def ground(tier: int, band: int) -> str:
        with override("en"):
            found = good_page(good_id=market[0].pk, region=None, publish_first=False, tier=tier, band=band)
        assert found
        return found.ground

    assert ground(0, 0) == ground(COUNTY, 1) == ""
    assert "same category and specification" in ground(CITY, 1)
    assert "all regions and quantities" in ground(PROVINCE, 0)


def test_the_page_offers_each_kind_of_deals_with_its_number(
    market: tuple[Good, Good], client: Client
) -> None:
    html = client.get(f"/goods/{market[0].pk}/?band=3").content.decode()
    for query in (
        "?tier=2&amp;band=3#evidence",
        "?tier=0&amp;band=0#evidence",
        "?tier=0&amp;band=1#evidence",
    ):
        assert f'href="{query}"' in html
    assert html.count('aria-current="true"') >= 3  # the order, the tier and the band


@pytest.mark.parametrize(
    "query", ["tier=9", "band=x", "sort=best", "tier=%00", "band=-1", "tier=99999999999999999999"]
)
def test_what_cannot_be_compared_is_said(market: tuple[Good, Good], client: Client, query: str) -> None:
    response = client.get(f"/goods/{market[0].pk}/?{query}")
    assert response.status_code == 400
    html = response.content.decode()
    assert 'role="alert"' in html
    assert "¥90" in html


def test_a_buyer_sees_first_what_its_own_tier_paid(market: tuple[Good, Good], client: Client) -> None:
    buyer = a_client_of(a_buyer_actor())
    assert "¥100–100" in buyer.get(f"/goods/{market[0].pk}/").content.decode()
    assert "¥100–100" not in client.get(f"/goods/{market[0].pk}/").content.decode()


def test_what_is_retired_is_no_longer_offered(client: Client) -> None:
    listing = a_listing_on_sale(supplier=an_organisation(name="最后一家"))
    assert "最后一家" in client.get(f"/goods/{listing.good_id}/").content.decode()
    Good.objects.update(state="retired")
    assert "最后一家" not in client.get(f"/goods/{listing.good_id}/").content.decode()


def test_more_offers_than_are_shown_are_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.queries.good.MOST_OFFERS", 3)
    good = a_good()
    for price in ("10", "11", "12", "13"):
        a_listing_on_sale(good, price=price, index=False)
    html = client.get(f"/goods/{good.pk}/").content.decode()
    assert "¥12.00" in html
    assert "¥13.00" not in html
    assert '<span class="hint">' in html and " 4" in html.split('id="offers"')[1][:120]


def test_the_panel_follows_the_orders_that_were_really_made() -> None:
    """From submission to the page: confirmed orders are in it, cancelled ones are not."""
    from orders import services as orders
    from orders.models import OrderLine
    from tests.factories import a_confirmed_order, a_trade, an_approved_order

    trade = a_trade()
    listing = trade.listing
    placed: list[Any] = []
    for price in (
        "105.00",
        "98.50",
        "101.00",
        "97.20",
        "110.00",
        "99.99",
        "102.00",
        "100.10",
        "96.00",
        "99.00",
    ):
        type(listing).objects.filter(pk=listing.pk).update(price=Decimal(price))
        listing.refresh_from_db()
        placed.append(a_confirmed_order(trade, quantity=1))
    an_approved_order(trade, quantity=1)
    orders.cancel_order(actor=trade.people.purchaser, number=placed[0].number, reason="不再需要")
    paid = OrderLine.objects.filter(order__confirmed_at__isnull=False, order__cancelled_at__isnull=True)
    prices = [str(price) for price in paid.values_list("unit_price", flat=True)]
    assert len(prices) == 9
    found = panel(listing.good)
    assert (found.n, found.low, found.median, found.high) == figures(prices)
    html = Client().get(f"/goods/{listing.good_id}/").content.decode()
    assert f"{found.low}" in html and f"{found.high}" in html
