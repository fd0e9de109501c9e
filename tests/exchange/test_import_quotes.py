"""Quotes that did not win are kept as observations of their own, and nowhere among the deals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.models import Good, PriceObservation, QuoteObservation
from catalog.services import merge_goods, undo_merge
from exchange.market.importing import ImportRefused, import_market
from tests.catalog.factories import a_catalog_actor
from tests.exchange.small_market import MARKET, Table, with_value, write_market
from tests.exchange.test_import_again import every_table

pytestmark = pytest.mark.django_db
HEAD = ["id", "inquiry", "supplier", "total", "submitted_at", "disqualified_reason"]
QUOTES: Table = [
    HEAD,
    ["q1", "i1", "s1", "1440.00", "2026-03-01T10:00:00+08:00", ""],
    ["q2", "i1", "s2", "1500.00", "2026-03-01T11:00:00+08:00", ""],
    ["q3", "i1", "s3", "1600.05", "2026-03-01T23:30:00Z", ""],
    ["q4", "i1", "s4", "900.00", "2026-03-01T12:00:00+08:00", "no licence"],
    # Of an inquiry that led to no order.
    ["q5", "i2", "s2", "700.00", "2026-03-01T12:00:00+08:00", ""],
]


def inquiries(*, awarded: str = "q1", cancelled_at: str = "") -> Table:
    plain = ["b1", "inquiry", "A05040101", "纸", "2026-02-25T09:00:00+08:00", "2026-03-02T09:00:00+08:00"]
    return [
        [
            "id",
            "buyer",
            "kind",
            "category",
            "title",
            "published_at",
            "deadline",
            "awarded_quote",
            "cancelled_at",
        ],
        ["i1", *plain, awarded, cancelled_at],
        ["i2", *plain, "q9", ""],
    ]


def orders(*inquiry: str) -> Table:
    """The small market's orders, of these inquiries."""
    head, *rows = MARKET["orders"]
    return [[*head, "inquiry"], *[[*row, of] for row, of in zip(rows, inquiry, strict=True)]]


def a_market(folder: Path, **changes: Table | None) -> Path:
    return write_market(
        folder, **{"inquiries": inquiries(), "orders": orders("i1", ""), "quotes": QUOTES} | changes
    )


def kept() -> dict[str, Decimal]:
    return dict(QuoteObservation.objects.values_list("row_key", "unit_price"))


def test_what_lost_is_kept_per_unit_of_the_one_good_that_was_ordered(tmp_path: Path) -> None:
    report = import_market(a_market(tmp_path))
    assert kept() == {"q2": Decimal("125.00"), "q3": Decimal("133.34")}
    row = QuoteObservation.objects.select_related("good", "supplier", "region").get(row_key="q3")
    assert (row.good.external_id, row.supplier.external_id, row.region.code) == ("g1", "s3", "330102")
    assert (row.tier, row.quantity_band, row.quantity, row.pack_size) == (3, 2, Decimal(12), Decimal(5))
    assert row.quoted_on == date(2026, 3, 2), "the local date of half past eleven in London"
    counts = report.files["quotes"]
    assert (counts.rows, counts.inserted, counts.updated, counts.unchanged) == (5, 2, 0, 3)
    assert not any("quotes" in notice for notice in report.notices)


def test_deals_are_the_same_with_and_without_quotes(tmp_path: Path) -> None:
    import_market(a_market(tmp_path, quotes=None))
    before = list(PriceObservation.objects.order_by("pk").values())
    import_market(a_market(tmp_path))
    assert list(PriceObservation.objects.order_by("pk").values()) == before
    assert len(kept()) == 2, "quotes may come after what they belong to"


def test_the_same_quotes_again_touch_no_row(tmp_path: Path) -> None:
    import_market(a_market(tmp_path))
    before = every_table()
    again = import_market(tmp_path)
    assert again.files["quotes"].unchanged == 5
    assert every_table() == before


@pytest.mark.parametrize(
    ("inquiry", "order"),
    [
        (inquiries(awarded=""), orders("i1", "")),
        (inquiries(cancelled_at="2026-03-02T09:30:00+08:00"), orders("i1", "")),
        (inquiries(), orders("", "")),
        # Two lines together: what a total was asked for cannot be said.
        (inquiries(), orders("i1", "i1")),
        # The only line is an accessory.
        (inquiries(), orders("", "i1")),
    ],
    ids=["not awarded", "cancelled", "no order", "two lines", "accessory"],
)
def test_where_no_unit_price_can_be_said_nothing_is_kept(
    tmp_path: Path, inquiry: Table, order: Table
) -> None:
    import_market(a_market(tmp_path, inquiries=inquiry, orders=order))
    assert kept() == {}


@pytest.mark.parametrize("quantity", ["0", "-12"])
def test_a_quantity_that_is_not_above_zero_gives_no_price(tmp_path: Path, quantity: str) -> None:
    import_market(a_market(tmp_path, order_lines=with_value("order_lines", 1, "quantity", quantity)))
    assert kept() == {}


def test_a_price_that_rounds_to_nothing_is_none_and_one_beyond_all_money_too(tmp_path: Path) -> None:
    wide = with_value("order_lines", 1, "quantity", "0.001")
    quotes = [
        HEAD,
        [*QUOTES[2][:3], "0.00", *QUOTES[2][4:]],
        [*QUOTES[3][:3], "999999999999.99", *QUOTES[3][4:]],
    ]
    import_market(a_market(tmp_path, quotes=quotes, order_lines=wide))
    assert kept() == {}


def test_a_changed_quote_is_updated_and_one_that_is_disqualified_since_is_taken_out(tmp_path: Path) -> None:
    import_market(a_market(tmp_path))
    changed = [HEAD, [*QUOTES[2][:3], "1488.00", *QUOTES[2][4:]], [*QUOTES[3][:-1], "late"]]
    report = import_market(a_market(tmp_path, quotes=changed))
    assert kept() == {"q2": Decimal("124.00")}
    counts = report.files["quotes"]
    assert (counts.inserted, counts.updated, counts.unchanged) == (0, 2, 0)


def test_what_a_later_import_does_not_name_stays(tmp_path: Path) -> None:
    import_market(a_market(tmp_path))
    import_market(a_market(tmp_path, quotes=QUOTES[:3]))
    import_market(a_market(tmp_path / "later", quotes=None))
    assert set(kept()) == {"q2", "q3"}


def test_quotes_follow_their_inquiry_and_its_order_without_being_sent_again(tmp_path: Path) -> None:
    import_market(a_market(tmp_path))
    more = with_value("order_lines", 1, "quantity", "15")
    import_market(a_market(tmp_path / "later", quotes=None, order_lines=more))
    assert kept() == {"q2": Decimal("100.00"), "q3": Decimal("106.67")}
    import_market(
        a_market(tmp_path / "later", quotes=None, order_lines=more, inquiries=inquiries(awarded="q2"))
    )
    assert set(kept()) == {"q3"}
    gone = inquiries(awarded="q2", cancelled_at="2026-03-02T09:30:00+08:00")
    import_market(a_market(tmp_path / "later", quotes=None, order_lines=more, inquiries=gone))
    assert kept() == {}


def test_quotes_that_still_name_a_merged_good_stand_at_the_survivor_until_an_undo(tmp_path: Path) -> None:
    import_market(a_market(tmp_path, quotes=QUOTES[:3]))
    merged = Good.objects.get(external_id="g1")
    survivor = Good.objects.create(
        category=merged.category, brand=merged.brand, name="得力复印纸", unit="箱", pack_size=Decimal(5)
    )
    staff = a_catalog_actor()
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    for _again in range(2):
        import_market(a_market(tmp_path))
    assert set(QuoteObservation.objects.values_list("row_key", "good_id")) == {
        ("q2", survivor.pk),
        ("q3", survivor.pk),
    }
    undo_merge(actor=staff, merge_id=merge.pk)
    assert set(QuoteObservation.objects.values_list("good_id", flat=True)) == {merged.pk}


@pytest.mark.parametrize(
    ("place", "value", "column"),
    [(1, "i9", "inquiry"), (2, "s9", "supplier"), (3, "many", "total"), (3, "", "total"), (4, "2026-03-01", "submitted_at")],
)  # fmt: skip
def test_a_quote_that_is_wrong_is_refused_with_its_place(
    tmp_path: Path, place: int, value: str, column: str
) -> None:
    row = list(QUOTES[1])
    row[place] = value
    with pytest.raises(ImportRefused) as caught:
        import_market(a_market(tmp_path, quotes=[HEAD, row]))
    (error,) = caught.value.report.errors
    assert (error.file, error.line, error.column, error.value) == ("quotes.csv", 2, column, value)
    assert not QuoteObservation.objects.exists()
