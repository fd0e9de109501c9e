"""The generated market has the shape of a real one, and its goods could stand in a real shop."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from statistics import mean, median

import pytest

from bench.market.goods import Good, make_goods
from bench.market.ranges import leaves
from bench.market.sizes import SIZES, Settings
from tests.market.oracle.load import Market, day_of, load, table


@pytest.fixture(scope="module")
def market(market_folder: Path) -> Market:
    return load(market_folder)


@pytest.fixture(scope="module")
def many_goods() -> list[Good]:
    """The goods of a larger market, in which every model occurs."""
    return make_goods(Settings(SIZES["M"], seed=20))


@pytest.fixture(scope="module")
def direct(market_folder: Path) -> list[dict[str, str]]:
    """Lines of direct orders, with buyer, supplier and time beside them."""
    orders = {row["id"]: row for row in table(market_folder, "orders")}
    return [
        line | {key: orders[line["order"]][key] for key in ("buyer", "supplier", "placed_at")}
        for line in table(market_folder, "order_lines")
        if orders[line["order"]]["method"] == "direct"
    ]


def test_the_end_of_the_year_is_busy_and_the_spring_festival_quiet(market: Market) -> None:
    months = Counter(day_of(order.placed).replace(day=1) for order in market.orders.values())
    assert len(months) >= 24
    for year in {month.year for month in months}:
        busy, quiet = months.get(date(year, 12, 1)), months.get(date(year, 2, 1))
        assert busy is None or quiet is None or busy > 1.7 * quiet
    weekdays = Counter(day_of(order.placed).weekday() for order in market.orders.values())
    assert weekdays[6] < 0.15 * weekdays[1]


def test_buyers_come_back_to_their_suppliers(market: Market) -> None:
    pairs = Counter((order.buyer, order.supplier) for order in market.orders.values())
    assert sum(number for number in pairs.values() if number > 1) > 0.5 * pairs.total()


def test_few_buyers_make_much_of_the_demand(market: Market) -> None:
    orders = Counter(order.buyer for order in market.orders.values())
    largest = [number for _, number in orders.most_common(len(orders) // 5)]
    assert sum(largest) > 0.3 * orders.total()


def test_prices_change_now_and_then_and_are_down_as_well_as_up(market_folder: Path) -> None:
    changes = table(market_folder, "price_changes")
    listings = len(table(market_folder, "listings"))
    assert listings < len(changes) < 4 * listings
    up = sum(float(row["new_price"]) > float(row["old_price"]) for row in changes)
    assert 0.2 < up / len(changes) < 0.8


def test_goods_from_far_away_cost_their_freight(market_folder: Path, direct: list[dict[str, str]]) -> None:
    city = {row["id"]: row["region"][:4] for row in table(market_folder, "organisations")}
    prices: defaultdict[tuple[str, str], dict[bool, list[float]]] = defaultdict(lambda: {True: [], False: []})
    for line in direct:
        if int(float(line["quantity"])) < 10:
            near = city[line["buyer"]] == city[line["supplier"]]
            prices[(line["listing"], line["placed_at"][:4])][near].append(float(line["unit_price"]))
    ratios = [median(found[False]) / median(found[True]) for found in prices.values() if all(found.values())]
    assert len(ratios) > 50
    assert 1.0 < mean(ratios) < 1.1


def test_more_is_cheaper(direct: list[dict[str, str]]) -> None:
    prices: defaultdict[str, dict[bool, list[float]]] = defaultdict(lambda: {True: [], False: []})
    for line in direct:
        prices[line["listing"]][float(line["quantity"]) >= 10].append(float(line["unit_price"]))
    ratios = [median(found[True]) / median(found[False]) for found in prices.values() if all(found.values())]
    assert len(ratios) > 50
    assert 0.9 < median(ratios) < 1.0


def test_names_do_not_speak_of_what_a_good_does_not_have(market_folder: Path) -> None:
    for row in table(market_folder, "goods"):
        inside = re.findall(r"（(.*)）", row["name"])
        assert inside, row["name"]
        assert not {"无", "普通", ""} & set(inside[0].split("/")), row["name"]


@pytest.mark.parametrize(
    ("category", "model", "key", "values"),
    [
        ("A02370100", "MF", "kind", {"干粉"}),
        ("A02370100", "MT", "kind", {"二氧化碳"}),
        ("A02061504", "C10K", "capacity", {10}),
        ("A02061504", "MT1000", "kind", {"在线互动式"}),
        ("A02061804", "KFR-35", "power", {"大1.5匹"}),
        ("A02061819", "JSQ", "kind", {"燃气"}),
        ("A02010508", "DTX", "capacity", {"128GB", "256GB"}),
        ("A02010507", "DS2", "bays", {2}),
        ("A02021003", "LaserJet Pro M303dw", "duplex", {"双面"}),
        ("A02021004", "OfficeJet", "tech", {"喷墨"}),
        ("A02100601", "FA2104", "precision", {"0.1mg"}),
        ("A02100601", "FA2104", "range", {220}),
        ("A02080701", "SIP", "kind", {"IP 话机"}),
        ("A02460300", "FB", "kind", {"篮球 7号"}),
    ],
)
def test_a_model_is_what_its_number_says(
    many_goods: list[Good], category: str, model: str, key: str, values: set[object]
) -> None:
    found = [
        json.loads(good.spec)[key]
        for good in many_goods
        if good.leaf.code == category and good.model.startswith(model)
    ]
    assert found
    assert set(found) <= values


def test_every_hint_about_models_speaks_of_an_attribute_a_value_and_a_model() -> None:
    for leaf in leaves():
        values = {attribute.key: attribute.values for attribute in leaf.attributes}
        models = [model for brand in leaf.brands for model in brand.models]
        for key, text, meant in leaf.hints:
            assert set(meant) <= set(values[key]), (leaf.word, key, text)
            assert any(text.removesuffix("$") in model for model in models), (leaf.word, text)


def test_there_are_enough_different_goods_for_the_largest_size() -> None:
    assert sum(leaf.configurations() for leaf in leaves()) * 0.6 > SIZES["L"].goods
