"""The reasonable range: from own deals, from goods like it, honest about what it was reached from."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import services
from catalog.models import Good, PriceLevel, PriceModel
from catalog.pricing.formulas import Confidence, Place
from catalog.pricing.learn import refresh_levels
from catalog.pricing.ranges import Ground, PriceRange, ranges_of, reasonable_range, rounded
from tests.catalog.factories import a_category, a_good, a_listing_on_sale, a_region, an_organisation, deals
from zcy import clock

pytestmark = pytest.mark.django_db


def a_traded_good(number: int, base: float, deals_each: int = 12, **values: object) -> Good:
    """Bought by six suppliers over 80 days at prices that scatter by 4% around its base."""
    chance = Random(number)
    good = a_good(f"商品{number}", model=f"T{number}", **values)  # type: ignore[arg-type]
    suppliers = [an_organisation() for _ in range(6)]
    for _ in range(deals_each):
        price = base * math.exp(chance.gauss(0, 0.04))
        deals(good, [f"{price:.2f}"], days_ago=chance.randrange(0, 80), suppliers=[chance.choice(suppliers)])
    return good


def test_a_good_that_is_bought_often_has_a_range_of_its_own_deals() -> None:
    good = a_traded_good(1, 1000, deals_each=60)
    refresh_levels(clock.today())
    found = reasonable_range(good=good)
    assert found.ground is Ground.OWN
    assert (found.n, found.window_days, found.confidence) == (60, 90, Confidence.HIGH)
    assert 970 < found.central < 1030
    # 80% of a normal with a spread of 4% lie within 5.1% on each side.
    assert 920 < found.low < 980
    assert 1020 < found.high < 1080


def test_without_any_learning_there_is_no_range() -> None:
    good = a_traded_good(1, 1000)
    assert reasonable_range(good=good) == PriceRange()
    assert not reasonable_range(good=good).known


def test_a_market_without_deals_is_learned_without_complaint() -> None:
    good = a_good()
    assert refresh_levels(clock.today())["full"]
    assert not reasonable_range(good=good).known


def test_one_deal_in_the_whole_market_gives_a_range_of_low_confidence() -> None:
    good = a_good()
    deals(good, ["100"])
    refresh_levels(clock.today())
    found = reasonable_range(good=good)
    assert found.confidence is Confidence.LOW
    assert found.low < Decimal(100) < found.high


def test_a_good_never_bought_leans_on_its_attributes() -> None:
    category = a_category()
    for number in range(40):
        memory = (8, 16, 32)[number % 3]
        a_traded_good(number, 2000 * memory / 8, 4, category=category, spec={"memory": memory, "n": number})
    new = a_good("新品", model="N1", category=category, spec={"memory": 32, "n": 99}, brand="新牌")
    refresh_levels(clock.today())
    found = reasonable_range(good=new)
    assert found.ground is Ground.ATTRIBUTES
    assert found.n == 0
    assert found.confidence is Confidence.LOW
    assert 7000 < found.central < 9000
    assert found.low < found.central < found.high


def test_a_good_never_bought_leans_on_its_equivalents_before_its_attributes() -> None:
    category = a_category()
    for number in range(30):
        # The key that pairs share is worth something that no attribute tells.
        level = 1000 * math.exp(Random(number // 2 + 500).gauss(0, 0.5))
        good = a_traded_good(number, level, 6, category=category, spec={"n": number})
        Good.objects.filter(pk=good.pk).update(key_hash=f"key{number // 2}")
        if number == 29:
            last = level
    new = a_good("新品", model="N1", category=category, spec={"n": 99})
    Good.objects.filter(pk=new.pk).update(key_hash="key14")
    refresh_levels(clock.today())
    found = reasonable_range(good=new)
    assert (found.ground, found.equivalents) == (Ground.EQUIVALENTS, 2)
    assert abs(math.log(float(found.central) / last)) < 0.15


def test_a_good_made_after_the_night_has_a_range_from_what_was_learned() -> None:
    category = a_category()
    for number in range(12):
        a_traded_good(number, 100, 4, category=category)
    refresh_levels(clock.today())
    found = reasonable_range(good=a_good("明天", model="X", category=category, spec={"n": 1}))
    assert found.ground is Ground.CATEGORY
    assert 80 < found.central < 120


def test_two_deals_are_drawn_towards_goods_like_it() -> None:
    category = a_category()
    for number in range(30):
        a_traded_good(number, 1000, 6, category=category)
    few = a_good("少", model="F", category=category)
    deals(few, ["1500", "1500"])
    refresh_levels(clock.today())
    found = reasonable_range(good=few)
    assert 1000 < found.central < 1500
    assert 0 < found.own_weight < 1


def test_larger_quantities_and_dearer_regions_move_the_range() -> None:
    category = a_category()
    near, far = a_region(), a_region("330900", "舟山市", "city")
    chance = Random(3)
    for number in range(12):
        good = a_good(f"纸{number}", model=f"Q{number}", category=category)
        for _ in range(20):
            quantity = chance.choice((1, 10, 100))
            region = chance.choice((near, far))
            price = 100 * quantity**-0.03 * (1.05 if region == far else 1.0) * math.exp(chance.gauss(0, 0.01))
            deals(
                good, [f"{price:.2f}"], quantity=str(quantity), region=region, days_ago=chance.randrange(80)
            )
    refresh_levels(clock.today())
    one = reasonable_range(good=good, quantity=Decimal(1), region=near).central
    hundred = reasonable_range(good=good, quantity=Decimal(100), region=near).central
    away = reasonable_range(good=good, quantity=Decimal(1), region=far).central
    assert float(hundred / one) == pytest.approx(100**-0.03, abs=0.01)
    assert float(away / one) == pytest.approx(1.05, abs=0.01)


def test_prices_that_fall_are_carried_on() -> None:
    category = a_category()
    for number in range(12):
        good = a_good(f"屏{number}", model=f"D{number}", category=category)
        for age in range(0, 180, 6):
            deals(good, [f"{1000 * math.exp(0.002 * age):.2f}"], days_ago=age)
    refresh_levels(clock.today())
    model = PriceModel.objects.get(category=category)
    assert model.drift == pytest.approx(-0.002, abs=0.0002)
    found = reasonable_range(good=good)
    # Without drift the mean of half a year would lie near 1,100.
    assert 980 < found.central < 1020


def test_a_range_is_for_the_pack_of_the_good() -> None:
    category = a_category()
    for number in range(12):
        good = a_good(f"箱{number}", model=f"B{number}", category=category, pack_size=Decimal(5))
        deals(good, ["150", "151", "149"])
    refresh_levels(clock.today())
    assert 148 < reasonable_range(good=good).central < 152


def test_withdrawn_deals_leave_the_level_on_the_next_night() -> None:
    good = a_traded_good(1, 1000, 20)
    wrong = deals(good, ["9000"] * 6)
    refresh_levels(clock.today(), full=True)
    before = PriceLevel.objects.get(good=good)
    services.withdraw_deals(order_ids=wrong, at=clock.now() + timedelta(days=1))
    refresh_levels(clock.today() + timedelta(days=1), full=False)
    after = PriceLevel.objects.get(good=good)
    assert (before.n, after.n) == (26, 20)
    assert after.own is not None and before.own is not None and after.own < before.own


def test_a_second_night_of_the_same_day_changes_nothing() -> None:
    a_traded_good(1, 1000)
    refresh_levels(clock.today(), full=True)
    levels, models = list(PriceLevel.objects.values()), list(PriceModel.objects.values())
    assert refresh_levels(clock.today(), full=True)["rows"] == 0
    assert list(PriceLevel.objects.values()) == levels
    assert [{**m, "id": 0} for m in PriceModel.objects.values()] == [{**m, "id": 0} for m in models]


def test_many_ranges_cost_as_many_statements_as_few() -> None:
    goods = [a_good(f"商品{n}", model=f"M{n}") for n in range(40)]
    deals(goods[0], ["100"] * 5)
    refresh_levels(clock.today())
    counts = []
    for size in (10, 40):
        with CaptureQueriesContext(connection) as captured:
            assert len(ranges_of([good.pk for good in goods[:size]])) == size
        counts.append(len(captured))
    assert counts == [2, 2]


def test_the_ends_belong_to_the_range_and_no_range_says_nothing() -> None:
    found = PriceRange(Decimal(90), Decimal(100), Decimal(110), 8, confidence=Confidence.LOW)
    assert found.place(Decimal(90)) is found.place(Decimal(110)) is Place.INSIDE
    assert found.place(Decimal("89.99")) is Place.BELOW
    assert found.place(Decimal("110.01")) is Place.ABOVE
    assert PriceRange().place(Decimal(100)) is Place.UNKNOWN


@pytest.mark.parametrize(
    ("price", "told"), [(2153.27, "2153.00"), (215312.0, "215300.00"), (21.534, "21.53"), (0.014, "0.01")]
)
def test_a_range_is_told_with_four_digits(price: float, told: str) -> None:
    assert rounded(price) == Decimal(told)


def test_the_page_tells_range_ground_and_confidence(client: Client) -> None:
    good = a_traded_good(1, 1000, deals_each=40)
    a_listing_on_sale(good, price="2000")
    refresh_levels(clock.today())
    client.cookies["django_language"] = "en"
    html = client.get(f"/goods/{good.pk}/").content.decode()
    assert "from 40 deals in 90 days, confidence high" in html
    assert 'data-place="above"' in html
    assert "/help/prices/" in html


def test_the_page_tells_a_range_for_a_quantity_and_refuses_nonsense(client: Client) -> None:
    good = a_traded_good(1, 1000)
    refresh_levels(clock.today())
    assert client.get(f"/goods/{good.pk}/?quantity=50").status_code == 200
    assert client.get(f"/goods/{good.pk}/?quantity=0").status_code == 400
    assert client.get(f"/goods/{good.pk}/?quantity=abc").status_code == 400


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "同等品"), ("en", "Equivalent goods")])
def test_how_it_was_reached_is_told_in_both_languages(client: Client, language: str, word: str) -> None:
    client.cookies["django_language"] = language
    html = client.get("/help/prices/").content.decode()
    assert word in html
    assert "<h2>" in html
