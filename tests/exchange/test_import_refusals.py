"""What an import refuses, and that it says so plainly: never a stack trace, never half of it."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from accounts.models import Membership, Organisation
from catalog.models import Good, Listing
from exchange.market.importing import ImportRefused, import_market
from exchange.market.report import RowError
from orders.models import Order, OrderLine
from tests.exchange.small_market import MARKET, Table, with_row, with_value, write_market

pytestmark = pytest.mark.django_db


def errors_of(folder: Path) -> list[RowError]:
    with pytest.raises(ImportRefused) as caught:
        import_market(folder)
    assert not Order.objects.exists(), "something was written in spite of errors"
    return caught.value.report.errors


def the_error_of(folder: Path) -> RowError:
    (error,) = errors_of(folder)
    return error


def with_column(name: str, column: str, value: str) -> Table:
    """A file of the market with a value in its first row, in a further column if need be."""
    if column in MARKET[name][0]:
        return with_value(name, 1, column, value)
    return [[*MARKET[name][0], column], *[[*row, value] for row in MARKET[name][1:]]]


@pytest.mark.parametrize(
    "time",
    [
        "2026-W10-1T10:00:00+08:00",
        "2026-03-02x10:00:00+08:00",
        "2026-03-02T10:00:00,5+08:00",
        "2026-03-02T10:00:00+23:00",
        "2026-03-02T10:00:00+14:01",
        "2026-03-02T10:00:00+08:00:30.5",
        "2026-03-02T10+08:00",
        "2026-03-02T24:00:00+08:00",
        "2026-03-02T10:00:60+08:00",
        "2026-02-30T10:00:00+08:00",
        "2026-03-02",
        "１２26-03-02T10:00:00+08:00",
    ],
)
def test_a_time_that_only_python_or_only_the_database_would_read_is_refused(
    tmp_path: Path, time: str
) -> None:
    error = the_error_of(write_market(tmp_path, orders=with_value("orders", 1, "placed_at", time)))
    assert (error.file, error.line, error.column, error.value) == ("orders.csv", 2, "placed_at", time)


@pytest.mark.parametrize(
    "time",
    [
        "2026-03-02T10:00:00+08:00",
        "2026-03-02T02:00:00Z",
        "2026-03-02 10:00+08",
        "2026-03-02T10:00:00.000000+0800",
        "20260302T100000+0800",
        "2026-03-01T16:00:00-10:00",
        "2026-03-02T16:00:00+14:00",
    ],
)
def test_times_of_every_offset_are_the_same_moment(tmp_path: Path, time: str) -> None:
    import_market(write_market(tmp_path, orders=with_value("orders", 1, "placed_at", time)))
    assert Order.objects.get(external_id="o1").placed_at.isoformat() == "2026-03-02T02:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("orders", "promised_on", "2026-W10-1"),
        ("orders", "promised_on", "20260302"),
        ("listings", "price", "9999999999999.99"),
        ("listings", "price", "1,000.00"),
        ("listings", "price", "１２"),
        ("payments", "prepaid", "TRUE"),
        ("payments", "prepaid", "1"),
        ("evaluations", "stars", "5.0"),
        ("thresholds", "ceiling", "-0.01"),
        ("goods", "spec", '{"half": "\\ud800"}'),
        ("goods", "spec", '{"zero": "\\u0000"}'),
        ("goods", "spec", '{"long": 1e200000}'),
        pytest.param("goods", "spec", '{"long": 0.' + "1" * 400 + "}", id="goods-spec-long"),
        pytest.param("goods", "spec", '{"deep": ' + "[" * 50_000 + "]" * 50_000 + "}", id="goods-spec-deep"),
        ("regions", "code", "33/01"),
        ("categories", "code", "A 05"),
        ("categories", "code", ".."),
        ("plans", "id", "p\x001"),
    ],
)
def test_what_the_database_could_not_keep_is_an_error_of_its_cell(
    tmp_path: Path, name: str, column: str, value: str
) -> None:
    errors = errors_of(write_market(tmp_path, **{name: with_column(name, column, value)}))
    first = errors[0]
    assert (first.file, first.line, first.column) == (f"{name}.csv", 2, column)
    assert first.remedy


def test_a_line_or_an_order_beyond_all_money_is_refused(tmp_path: Path) -> None:
    head = MARKET["order_lines"][0]
    line = ["x1", "o1", "l1", "g1", "999999999", "999999999999.99", ""]
    error = the_error_of(write_market(tmp_path / "a", order_lines=[head, line]))
    assert (error.file, error.line, error.column) == ("order_lines.csv", 2, "unit_price")
    half = [[f"x{n}", "o1", "l1", "g1", "1", "500000000000.00", ""] for n in range(2)]
    error = the_error_of(write_market(tmp_path / "b", order_lines=[head, *half]))
    assert (error.line, error.value) == (3, "500000000000.00")


def test_an_order_of_the_largest_amount_is_taken(tmp_path: Path) -> None:
    line = ["x1", "o1", "l1", "g1", "1", "999999999999.99", ""]
    import_market(write_market(tmp_path, order_lines=[MARKET["order_lines"][0], line]))
    assert str(Order.objects.get(external_id="o1").total) == "999999999999.99"


def test_what_only_the_database_can_see_is_a_refusal_too(tmp_path: Path) -> None:
    head = MARKET["order_lines"][0]
    half = [
        ["x1", "o1", "", "g1", "1", "600000000000.00", ""],
        ["x2", "o1", "", "g1", "1", "600000000000.00", ""],
    ]
    import_market(write_market(tmp_path, order_lines=[head, half[0]]))
    with pytest.raises(ImportRefused):
        import_market(write_market(tmp_path, order_lines=[head, half[1]]))
    assert OrderLine.objects.get().external_id == "x1"


def test_a_comma_too_many_is_an_error_and_empty_cells_are_not(tmp_path: Path) -> None:
    long = ["g9", "A05040101", "", "", "复印纸", "", "", "", "", "70g"]
    error = the_error_of(write_market(tmp_path / "a", goods=with_row("goods", *long)))
    assert (error.file, error.line, error.value) == ("goods.csv", 4, "70g")
    import_market(write_market(tmp_path / "b", goods=with_row("goods", *long[:-1], "", "")))
    assert Good.objects.filter(external_id="g9").exists()


def test_a_row_that_ends_early_leaves_the_rest_unknown(tmp_path: Path) -> None:
    import_market(write_market(tmp_path, goods=with_row("goods", "g9", "A05040101", "", "", "复印纸")))
    assert Good.objects.get(external_id="g9").pack_size is None


def test_who_refers_to_a_file_that_cannot_be_read_is_not_blamed(tmp_path: Path) -> None:
    write_market(tmp_path)
    rows = (tmp_path / "users.csv").read_bytes().splitlines(keepends=True)
    rows[2] = "u2,b1,acceptor,林二\n".encode("gbk")
    (tmp_path / "users.csv").write_bytes(b"".join(rows))
    error = the_error_of(tmp_path)
    assert (error.file, error.line) == ("users.csv", 3), "the line, not where the decoder happened to stand"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n", b"id;buyer;year;category;amount\n"])
def test_a_file_without_its_header_is_named_alone(tmp_path: Path, content: bytes) -> None:
    write_market(tmp_path)
    (tmp_path / "plans.csv").write_bytes(content)
    assert {error.file for error in errors_of(tmp_path)} == {"plans.csv"}


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    table = [[*row, "5"] for row in MARKET["plans"]]
    table[0][-1] = "amount"
    error = the_error_of(write_market(tmp_path, plans=table))
    assert (error.file, error.line, error.column) == ("plans.csv", 1, "amount")


@pytest.mark.parametrize("packed", [b"id,organisation\n", gzip.compress(b"id", mtime=0) + b"junk", b""])
def test_a_file_that_is_only_called_gzip_is_an_error_of_its_first_line(tmp_path: Path, packed: bytes) -> None:
    write_market(tmp_path, users=None)
    (tmp_path / "users.csv.gz").write_bytes(packed)
    assert {(error.file, error.line) for error in errors_of(tmp_path)} == {("users.csv", 1)}


def test_a_link_that_leads_nowhere_is_an_error_of_its_file(tmp_path: Path) -> None:
    write_market(tmp_path, users=None)
    (tmp_path / "users.csv").symlink_to(tmp_path / "gone.csv")
    assert {error.file for error in errors_of(tmp_path)} == {"users.csv"}


def test_a_folder_with_the_name_of_a_file_is_noticed(tmp_path: Path) -> None:
    write_market(tmp_path, holidays=None)
    (tmp_path / "holidays.csv").mkdir()
    assert any("holidays.csv" in notice for notice in import_market(tmp_path).notices)


def test_a_stock_below_zero_counts_as_none_and_is_noticed(tmp_path: Path) -> None:
    report = import_market(write_market(tmp_path, listings=with_value("listings", 1, "stock", "-3")))
    assert Listing.objects.get(external_id="l1").stock == 0
    assert any("listings.csv" in notice and "stock" in notice for notice in report.notices)
    assert import_market(tmp_path).files["listings"].updated == 0


def test_methods_of_the_market_are_known_codes(tmp_path: Path) -> None:
    orders = with_value("orders", 1, "method", "lottery")
    orders[2][4] = "auctino"
    methods = [["code", "name"], ["lottery", "抽签"]]
    notices = "\n".join(import_market(write_market(tmp_path, orders=orders, methods=methods)).notices)
    assert "auctino" in notices and "lottery" not in notices
    again = import_market(write_market(tmp_path / "later", orders=orders))
    assert "lottery" not in "\n".join(again.notices), "known from the first time"


def test_nobody_becomes_staff_of_the_operator_by_an_import(tmp_path: Path) -> None:
    import_market(
        write_market(
            tmp_path,
            organisations=with_row("organisations", "op", "operator", "冒名平台", "330102", "", "", ""),
            users=with_row("users", "u9", "op", "system_admin", "冒名"),
        )
    )
    assert Organisation.objects.get(external_id="op").kind == "operator", "kept as text"
    assert Membership.objects.get(user__external_id="u9").role == "imported system_admin"


def test_every_reference_is_followed_within_its_own_file_too(tmp_path: Path) -> None:
    inquiry = ["b1", "inquiry", "A05040101", "打印机", "2026-01-01T09:00:00Z", "2026-01-05T09:00:00Z"]
    head = ["id", "buyer", "kind", "category", "title", "published_at", "deadline", "previous"]
    folder = write_market(
        tmp_path,
        regions=with_value("regions", 1, "parent", "339999"),
        categories=with_value("categories", 3, "parent", "A09"),
        inquiries=[head, ["i1", *inquiry, "i2"], ["i2", *inquiry, "i9"]],
        orders=with_column("orders", "inquiry", "i8"),
    )
    assert [(e.file, e.line, e.column, e.value) for e in errors_of(folder)] == [
        ("regions.csv", 2, "parent", "339999"),
        ("categories.csv", 4, "parent", "A09"),
        ("inquiries.csv", 3, "previous", "i9"),
        ("orders.csv", 2, "inquiry", "i8"),
        ("orders.csv", 3, "inquiry", "i8"),
    ]


@pytest.mark.parametrize("report", ["folder", "nowhere/report.json"])
def test_a_report_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path, report: str) -> None:
    (tmp_path / "folder").mkdir()
    folder = write_market(tmp_path / "market")
    with pytest.raises(CommandError):
        call_command("import_market", str(folder), report=tmp_path / report, verbosity=0)
    assert not Order.objects.exists()


def test_one_error_is_told_in_the_singular(tmp_path: Path) -> None:
    folder = write_market(tmp_path, orders=with_value("orders", 1, "placed_at", "soon"))
    with translation.override("en"), pytest.raises(CommandError, match=r"1 error\."):
        call_command("import_market", str(folder), verbosity=0, stderr=io.StringIO())


def test_a_cell_may_hold_line_breaks_quotes_and_commas(tmp_path: Path) -> None:
    name = 'A4 "得力", 70g\r\n500张'
    write_market(tmp_path, goods=with_value("goods", 1, "name", name))
    with (tmp_path / "goods.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(with_value("goods", 1, "name", name))
    import_market(tmp_path)
    assert Good.objects.get(external_id="g1").name == name
