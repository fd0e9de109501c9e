"""What an import is, exactly (docs/exchange/market-csv.md)."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Membership, Organisation, Region, User
from catalog.models import Category, Good, Listing, PriceChange, PriceObservation
from exchange.market.importing import ImportRefused, import_market
from exchange.market.report import Report, RowError
from orders.models import Acceptance, Evaluation, Order, Payment, Plan, Shipment
from tests.exchange.small_market import MARKET, Table, with_row, with_value, without_row, write_market
from zcy.models import AuditEntry, Holiday

pytestmark = pytest.mark.django_db


def errors_of(folder: Path) -> list[RowError]:
    with pytest.raises(ImportRefused) as caught:
        import_market(folder)
    assert not Order.objects.exists(), "something was written in spite of errors"
    return caught.value.report.errors


def test_everything_arrives(tmp_path: Path) -> None:
    report = import_market(write_market(tmp_path))
    assert report.source == "330000"
    assert {name: counts.inserted for name, counts in report.files.items()} == {
        # The platform knows the regions of Zhejiang from the beginning.
        name: 0 if name == "regions" else len(table) - 1
        for name, table in MARKET.items()
    }
    assert AuditEntry.objects.filter(action="market.imported").count() == 1


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    write_market(tmp_path)
    import_market(tmp_path)
    before = _everything()
    again = import_market(tmp_path)
    assert all(counts.inserted == counts.updated == 0 for counts in again.files.values())
    assert _everything() == before


def _everything() -> dict[str, list[str]]:
    tables = ["accounts_region", "accounts_organisation", "accounts_user", "accounts_membership", "catalog_category",
              "catalog_good", "catalog_listing", "catalog_pricechange", "catalog_priceobservation", "orders_ceiling",
              "orders_plan", "orders_order", "orders_orderline", "orders_shipment", "orders_acceptance", "orders_payment",
              "orders_evaluation", "zcy_holiday"]  # fmt: skip
    content = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            content[table] = [row[0] for row in cursor.fetchall()]
    return content


def test_a_changed_row_is_updated_and_counted(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    number = Order.objects.get(external_id="o1").number
    report = import_market(
        write_market(tmp_path, order_lines=with_value("order_lines", 1, "unit_price", "110.00"))
    )
    assert (report.files["order_lines"].inserted, report.files["order_lines"].updated) == (0, 1)
    order = Order.objects.get(external_id="o1")
    assert (order.total, order.number) == (Decimal("1320.00"), number)
    assert PriceObservation.objects.get(order_id=order.pk).unit_price == Decimal("110.00")


def test_an_order_that_is_cancelled_later_withdraws_its_prices(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    import_market(
        write_market(tmp_path, orders=with_value("orders", 1, "cancelled_at", "2026-03-10T09:00:00+08:00"))
    )
    order = Order.objects.get(external_id="o1")
    assert order.state == "cancelled"
    assert PriceObservation.objects.get(order_id=order.pk).withdrawn_at == order.cancelled_at


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ({}, "paid"),
        ({"payments": without_row("payments", 2)}, "accepted"),
        ({"payments": None, "acceptances": with_value("acceptances", 1, "result", "partial")}, "delivered"),
        ({"payments": None, "acceptances": None}, "delivered"),
        ({"payments": None, "acceptances": None,
          "deliveries": with_row("deliveries", "o1", "2026-03-03T08:00:00+08:00", "", "")}, "shipped"),
        ({"payments": None, "acceptances": None, "deliveries": None}, "confirmed"),
        ({"payments": None, "acceptances": None, "deliveries": None,
          "orders": with_value("orders", 1, "confirmed_at", "")}, "submitted"),
        ({"orders": with_value("orders", 1, "cancelled_at", "2026-03-10T09:00:00+08:00")}, "cancelled"),
    ],
)  # fmt: skip
def test_the_state_of_an_order_follows_from_its_dates(
    tmp_path: Path, files: dict[str, Table | None], state: str
) -> None:
    import_market(write_market(tmp_path, **files))
    assert Order.objects.get(external_id="o1").state == state


def test_history_that_breaks_the_rules_is_shown_not_refused(tmp_path: Path) -> None:
    import_market(
        write_market(
            tmp_path,
            acceptances=with_value("acceptances", 1, "at", "2026-03-01T09:00:00+08:00"),
            plans=with_value("plans", 1, "amount", "1.00"),
            orders=with_value("orders", 1, "confirmed_at", "2026-03-01T11:00:00+08:00"),
        )
    )
    assert Acceptance.objects.get().at < Shipment.objects.get().signed_at  # type: ignore[operator]
    assert Plan.objects.get().amount == 1


def test_facts_of_an_order(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    order = Order.objects.get(external_id="o1")
    assert order.origin == "imported"
    assert order.number.startswith("ZJ2026")
    assert order.total == Decimal("1440.00")
    assert order.category is not None and order.category.code == "A05040101"
    assert order.paid_at == Payment.objects.get(amount=440).at
    assert order.placed_by is not None and order.placed_by.external_id == "u1"
    assert Evaluation.objects.get().text == "纸很好，\n送得快"


def test_price_observations_of_confirmed_lines(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    paper = PriceObservation.objects.get(good__external_id="g1")
    assert (paper.tier, paper.quantity_band) == (3, 2)
    assert paper.pack_size == 5
    assert paper.x == pytest.approx(3.1780538303)  # ln(120 ÷ 5)
    other = PriceObservation.objects.get(good__external_id="g2")
    assert other.accessory and other.pack_size == 1 and other.spec_hash == ""
    assert str(other.confirmed_on) == "2026-03-04", "the local date counts"
    assert other.withdrawn_at is not None


def test_trees_and_their_paths(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    county = Region.objects.get(code="330102")
    assert (county.path, county.level) == ("330000/330100/330102/", "county")
    leaf = Category.objects.get(code="A05040101")
    assert (leaf.path, leaf.top_code, leaf.depth) == ("A/A05000000/A05040101/", "A05000000", 2)


def test_a_row_can_hang_under_one_that_is_there_already(tmp_path: Path) -> None:
    import_market(write_market(tmp_path / "first"))
    import_market(
        _only(tmp_path / "second", regions=[["code", "name", "parent"], ["330103", "下城区", "330100"]])
    )
    assert Region.objects.get(code="330103").path == "330000/330100/330103/"


def _only(folder: Path, **files: Table) -> Path:
    changes: dict[str, Table | None] = dict.fromkeys(MARKET)
    return write_market(folder, **(changes | files))


def test_imported_people_cannot_sign_in(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    assert not User.objects.filter(external_id="u1", is_active=True).exists()
    assert not User.objects.get(external_id="u1").has_usable_password()
    assert Membership.objects.get(user__external_id="u3").role == "supplier_clerk"


def test_related_suppliers_become_one_group(tmp_path: Path) -> None:
    import_market(
        write_market(
            tmp_path,
            shareholdings=[["organisation", "holder", "share"], ["s4", "赵六", "0.25"], ["s4", "s2", "0.2"]],
        )
    )
    groups = dict(Organisation.objects.filter(kind="supplier").values_list("external_id", "related_group"))
    assert groups["s1"] == groups["s2"] == groups["s3"] is not None
    assert groups["s4"] is None, "a fifth relates nobody"


def test_prices_and_listings(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    assert PriceChange.objects.count() == 2, "equal rows are told apart by their number"
    assert Listing.objects.get(external_id="l1").review == "approved"
    assert Listing.objects.get(external_id="l2").sale == "off_sale"
    good = Good.objects.get(external_id="g1")
    assert (good.offers, good.lowest_price) == (1, Decimal("120.00"))


def test_holidays_override_the_calendar(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    day = Holiday.objects.get(date="2026-03-07")
    assert (day.kind, day.source) == ("workday", "import")


@pytest.mark.parametrize(
    ("name", "row", "column", "value"),
    [
        ("orders", 1, "placed_at", "2026-03-02T10:00:00"),
        ("orders", 1, "placed_at", "yesterday"),
        ("orders", 1, "promised_on", "2026-02-30"),
        ("order_lines", 1, "unit_price", "120.001"),
        ("order_lines", 1, "unit_price", "NaN"),
        ("order_lines", 1, "unit_price", "1e5"),
        ("order_lines", 1, "quantity", "twelve"),
        ("order_lines", 1, "accessory", "yes"),
        ("evaluations", 1, "stars", "6"),
        ("goods", 1, "spec", '["A4"]'),
        ("goods", 1, "spec", '{"weight": NaN}'),
        ("goods", 1, "pack_size", "0"),
        ("listings", 1, "delivery_days", "-1"),
        ("plans", 1, "year", "26"),
        ("goods", 1, "name", "纸" * 301),
    ],
)
def test_a_wrong_value_is_named_with_its_place_and_remedy(
    tmp_path: Path, name: str, row: int, column: str, value: str
) -> None:
    table = [list(cells) for cells in MARKET[name]]
    if column not in table[0]:
        table = [[*table[0], column], *[[*cells, ""] for cells in table[1:]]]
    table[row][table[0].index(column)] = value
    (error,) = errors_of(write_market(tmp_path, **{name: table}))
    assert (error.file, error.line, error.column) == (f"{name}.csv", row + 1, column)
    assert error.value == (value if len(value) <= 80 else value[:77] + "…")
    assert error.remedy


def test_missing_required_values_unknown_references_and_duplicate_ids(tmp_path: Path) -> None:
    folder = write_market(
        tmp_path,
        goods=with_row("goods", "g1", "A05040101", "", "", "again", "", "", "", ""),
        listings=with_value("listings", 1, "good", ""),
        orders=with_value("orders", 2, "supplier", "s9"),
        deliveries=with_row("deliveries", "o9", "", "", ""),
    )
    errors = {(e.file, e.line, e.column, e.value) for e in errors_of(folder)}
    assert {
        ("goods.csv", 4, "id", "g1"),
        ("listings.csv", 2, "good", ""),
        ("orders.csv", 3, "supplier", "s9"),
        ("deliveries.csv", 3, "order", "o9"),
    } <= errors


def test_a_region_that_is_its_own_ancestor_is_refused(tmp_path: Path) -> None:
    errors = errors_of(write_market(tmp_path, regions=with_value("regions", 3, "parent", "330102")))
    assert {(e.file, e.column) for e in errors} == {("regions.csv", "parent")}


def test_unknown_codes_columns_and_files_are_notices(tmp_path: Path) -> None:
    write_market(tmp_path, methods=[["code", "name", "colour"], ["lottery", "抽签", "red"]])
    (tmp_path / "weather.csv").write_text("x\n1\n")
    (tmp_path / "logins.csv").write_text("user,at\n")
    report = import_market(tmp_path)
    text = "\n".join(report.notices)
    for word in ("gardener", "tiny", "colour", "weather.csv", "logins.csv"):
        assert word in text
    assert Organisation.objects.get(external_id="s3").size == "tiny"
    assert Membership.objects.get(user__external_id="u4").role == "gardener"


def test_errors_beyond_the_thousandth_are_counted_not_listed(tmp_path: Path) -> None:
    rows = [[f"x{n}", "b1", "s1", "330102", "direct", "", "soon", "", "", "", "", ""] for n in range(1_200)]
    with pytest.raises(ImportRefused) as caught:
        import_market(write_market(tmp_path, orders=[*MARKET["orders"], *rows]))
    assert len(caught.value.report.errors) == 1_000
    assert caught.value.report.error_count == 1_200


def test_packed_files_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    write_market(tmp_path)
    for name in ("orders", "goods"):
        content = (tmp_path / f"{name}.csv").read_bytes()
        (tmp_path / f"{name}.csv").unlink()
        (tmp_path / f"{name}.csv.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + content))
    assert import_market(tmp_path).files["orders"].inserted == 2


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b'id,organisation,role,name\nu1,b1,purchaser,"open', b"id,role\nu1,x\n"]
)
def test_a_broken_file_is_an_error_not_a_crash(tmp_path: Path, content: bytes) -> None:
    write_market(tmp_path)
    (tmp_path / "users.csv").write_bytes(content)
    assert "users.csv" in {error.file for error in errors_of(tmp_path)}


def test_a_broken_packed_file_is_an_error_not_a_crash(tmp_path: Path) -> None:
    write_market(tmp_path, users=None)
    (tmp_path / "users.csv.gz").write_bytes(gzip.compress(b"id,organisation,role,name\n" * 100)[:-9])
    assert "users.csv" in {error.file for error in errors_of(tmp_path)}


def test_a_trial_writes_nothing(tmp_path: Path) -> None:
    report = import_market(write_market(tmp_path), dry_run=True)
    assert report.files["orders"].inserted == 2
    assert not Order.objects.exists() and not Category.objects.filter(code="A05040101").exists()


def test_two_sources_may_use_the_same_ids(tmp_path: Path) -> None:
    write_market(tmp_path)
    import_market(tmp_path)
    import_market(tmp_path, source="other")
    assert Order.objects.filter(external_id="o1").count() == 2
    assert Order.objects.values("number").distinct().count() == 4


def test_the_command_reports_errors_and_writes_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_market(tmp_path / "market", orders=with_value("orders", 1, "placed_at", "soon"))
    with pytest.raises(CommandError):
        call_command("import_market", str(tmp_path / "market"), report=tmp_path / "report.json", verbosity=0)
    assert "orders" in capsys.readouterr().err
    written = json.loads((tmp_path / "report.json").read_text())
    assert written["errors"][0]["line"] == 2 and not written["ok"]


def test_the_command_imports_and_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_market", str(write_market(tmp_path)))
    assert "orders" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_a_market_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError):
        call_command("import_market", str(tmp_path / name), verbosity=0)


def test_the_report_lists_what_was_unchanged() -> None:
    report = Report(source="x")
    assert report.as_dict()["ok"]
