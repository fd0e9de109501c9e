"""The generated market: deterministic, valid, believable in shape, and honest about what it planted."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import pytest
from stdnum.cn import uscc

from bench.market import demo
from bench.market.build import build
from bench.market.days import Calendar
from bench.market.publish import ROOT, brands, schemas
from bench.market.ranges import leaves
from bench.market.sizes import SIZES, Settings, Size
from tests.market.oracle.load import Market, day_of, load, table
from tests.market.schema import SCHEMA, key_of

TINY = Size("S", goods=200, listings=900, suppliers=60, buyers=40, lines=1500)


@pytest.fixture(scope="module")
def market(market_folder: Path) -> Market:
    return load(market_folder)


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        build(Settings(TINY, seed=7), tmp_path / name, compress=name == "packed")
    for path in sorted((tmp_path / "one").rglob("*.csv")):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), (
            path.name
        )


def test_packed_files_are_the_same_bytes_too(tmp_path: Path) -> None:
    for name in ("one", "two"):
        build(Settings(TINY, seed=7), tmp_path / name, compress=True)
    packed = sorted((tmp_path / "one").glob("*.csv.gz"))
    assert packed
    for path in packed:
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_another_seed_gives_another_market(tmp_path: Path) -> None:
    build(Settings(TINY, seed=7), tmp_path / "one")
    build(Settings(TINY, seed=8), tmp_path / "two")
    assert (tmp_path / "one" / "orders.csv").read_bytes() != (tmp_path / "two" / "orders.csv").read_bytes()


@pytest.mark.parametrize("seed", range(6))
def test_every_seed_end_and_spread_makes_a_market(tmp_path: Path, seed: int) -> None:
    end = (date(2026, 10, 31), date(2025, 2, 28), date(2027, 6, 15))[seed % 3]
    counts = build(Settings(TINY, seed=seed, end=end, sigma=0.15 if seed % 2 else 0.06), tmp_path)
    assert counts["order_lines"] == pytest.approx(TINY.lines, rel=0.08)
    orders = table(tmp_path, "orders")
    assert max(row["placed_at"] for row in orders)[:10] <= end.isoformat()


@pytest.mark.parametrize("file", sorted(SCHEMA))
def test_file_keeps_to_the_format(market_folder: Path, file: str) -> None:
    rows = table(market_folder, file)
    assert rows, f"{file} is empty"
    assert list(rows[0]) == list(SCHEMA[file])
    known = {
        other: {row[key_of(other)] for row in table(market_folder, other)}
        for _, _, other in SCHEMA[file].values()
        if other
    }
    for number, row in enumerate(rows, start=2):
        for column, (required, check, refers) in SCHEMA[file].items():
            value = row[column]
            if not value:
                assert not required, f"{file}:{number} {column} is missing"
                continue
            assert check(value), f"{file}:{number} {column} = {value!r}"
            assert not refers or value in known[refers], f"{file}:{number} {column} = {value!r} is unknown"
    if "id" in rows[0]:
        assert len({row["id"] for row in rows}) == len(rows)


def test_size_is_that_of_the_table(market_folder: Path) -> None:
    size = SIZES["S"]
    kinds = Counter(row["kind"] for row in table(market_folder, "organisations"))
    assert kinds["supplier"] == size.suppliers
    assert kinds["buyer"] == size.buyers
    assert len(table(market_folder, "goods")) == size.goods
    assert len(table(market_folder, "listings")) == size.listings
    assert len(table(market_folder, "order_lines")) == pytest.approx(size.lines, rel=0.05)


def test_no_name_of_a_good_occurs_twice(market_folder: Path) -> None:
    names = [row["name"] for row in table(market_folder, "goods")]
    assert len(set(names)) == len(names)


def test_there_are_sixty_leaves_and_a_hundred_and_twenty_brands(market_folder: Path) -> None:
    goods = table(market_folder, "goods")
    assert len({row["category"] for row in goods}) >= 60
    assert len({row["brand"] for row in goods if row["brand"]}) >= 120


def test_each_brand_is_only_where_it_sells(market_folder: Path) -> None:
    sold = {(leaf.code, brand.name) for leaf in leaves() for brand in leaf.brands}
    assert all((row["category"], row["brand"]) in sold for row in table(market_folder, "goods"))


def test_specs_are_filled_as_the_schema_says(market_folder: Path) -> None:
    schema = json.loads((ROOT / "catalog" / "data" / "attribute_schemas.json").read_text(encoding="utf-8"))
    for row in table(market_folder, "goods"):
        spec = json.loads(row["spec"])
        attributes = {attribute["key"]: attribute for attribute in schema[row["category"]]}
        assert set(spec) == set(attributes), row["name"]
        for key, value in spec.items():
            assert value in attributes[key]["values"], (row["name"], key, value)


def test_shared_data_files_agree_with_the_ranges() -> None:
    data = ROOT / "catalog" / "data"
    shipped = json.loads((data / "attribute_schemas.json").read_text(encoding="utf-8"))
    assert {code: shipped[code] for code in schemas()} == schemas()
    assert [(row["name"], row["latin"]) for row in table(data, "brands")] == brands()
    categories = {row["code"]: row for row in table(data, "categories")}
    for leaf in leaves():
        assert categories[leaf.code]["unit"] == leaf.unit
        code = leaf.code
        while categories[code]["parent"]:
            code = categories[code]["parent"]
        assert code in {"A", "C"}


def test_zhejiang_has_eleven_cities_and_ninety_counties(market: Market) -> None:
    tiers = Counter(market.tier(code) for code in market.regions)
    assert tiers == {"province": 1, "city": 11, "county": 90}


def test_every_credit_code_is_valid_and_used_once(market_folder: Path) -> None:
    codes = [row["uscc"] for row in table(market_folder, "organisations")]
    assert all(uscc.is_valid(code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_hottest_tenth_of_goods_has_many_sellers_and_most_of_demand(market_folder: Path) -> None:
    lines = Counter(row["good"] for row in table(market_folder, "order_lines"))
    sellers = Counter(row["good"] for row in table(market_folder, "listings"))
    ranked = sorted(sellers, key=lambda good: -sellers[good])[:60]
    assert all(12 <= sellers[good] <= 30 for good in ranked)
    assert sum(lines[good] for good in ranked) > 0.5 * sum(lines.values())
    assert lines.most_common(1)[0][1] > 20 * median(lines.values())


def test_totals_add_up_and_payments_do_not_exceed_them(market: Market) -> None:
    for order in market.orders.values():
        assert order.lines, order.id
        assert sum(amount for _, amount, _, _ in order.payments) <= order.total


def test_last_price_of_a_listing_is_that_of_its_last_change(market_folder: Path) -> None:
    changes = defaultdict(list)
    for row in table(market_folder, "price_changes"):
        changes[row["listing"]].append((row["at"], row["old_price"], row["new_price"]))
    for row in table(market_folder, "listings"):
        history = sorted(changes.get(row["id"], []))
        for before, after in itertools.pairwise(history):
            assert before[2] == after[1]
        assert not history or history[-1][2] == row["price"]


def test_steps_follow_each_other_where_nothing_was_planted(market_folder: Path, market: Market) -> None:
    planted = {row["subject_ids"] for row in table(market_folder / "labels", "labels")}
    for order in market.orders.values():
        if order.id in planted:
            continue
        shipped = [s or d or g for s, d, g in order.deliveries]
        steps = [
            order.placed,
            order.confirmed,
            min((s for s in shipped if s), default=None),
            order.first_passed(),
        ]
        known = [step for step in steps if step is not None]
        assert known == sorted(known), order.id
        for one, two, three in order.deliveries:
            times = [time for time in (one, two, three) if time]
            assert times == sorted(times), order.id


def test_nothing_happens_after_the_end(market: Market, settings: Settings) -> None:
    for order in market.orders.values():
        times = [
            order.placed,
            order.confirmed,
            order.cancelled,
            *(t for row in order.deliveries for t in row),
        ]
        times += [at for at, _ in order.acceptances] + [row[0] for row in order.payments]
        assert all(time is None or settings.start <= day_of(time) <= settings.end for time in times)


def test_optional_cells_are_missing_here_and_there(market_folder: Path) -> None:
    rows = table(market_folder, "orders")
    missing = sum(not row["promised_on"] for row in rows) / len(rows)
    assert 0.05 < missing < 0.2


def test_people_of_the_demonstration_are_there(market_folder: Path) -> None:
    organisations = {row["id"]: row for row in table(market_folder, "organisations")}
    assert organisations[demo.SCHOOL]["region"] == demo.SCHOOL_REGION
    assert organisations[demo.SCHOOL]["kind"] == "buyer"
    assert organisations[demo.HOSPITAL]["region"][:4] == "3302"
    assert organisations[demo.COUNTY_BUREAU]["region"] == demo.SCHOOL_REGION
    users = {row["id"]: row for row in table(market_folder, "users")}
    for id_ in (
        demo.SCHOOL_PURCHASER, demo.SCHOOL_APPROVER, demo.SCHOOL_ACCEPTOR, demo.SCHOOL_FINANCE, demo.HOSPITAL_PURCHASER,
        demo.SUPPLIER_SELLER, demo.SUPPLIER2_SELLER, demo.COUNTY_SUPERVISOR, demo.PROVINCE_LEAD,
    ):  # fmt: skip
        assert id_ in users
    sold = Counter(row["supplier"] for row in table(market_folder, "listings"))
    assert min(sold[demo.SUPPLIER], sold[demo.SUPPLIER2]) > 2 * median(sold.values())


def test_calendar_knows_make_up_days() -> None:
    calendar = Calendar(date(2025, 9, 1), date(2026, 10, 31))
    sunday, holiday = calendar.number(date(2025, 9, 28)), calendar.number(date(2025, 10, 8))
    assert calendar.working[sunday]
    assert not calendar.working[holiday]
    assert calendar.wd(calendar.number(date(2025, 9, 30)), holiday) == 0
    assert calendar.add_wd(calendar.number(date(2025, 9, 30)), 1) == calendar.number(
        date(2025, 9, 30) + timedelta(days=9)
    )
