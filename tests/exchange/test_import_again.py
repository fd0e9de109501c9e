"""Importing again: the same stays untouched, what differs is updated and counted, what was decided here stays."""

from __future__ import annotations

from pathlib import Path

import pgtrigger
import pytest
from django.db import connection

from accounts.models import Membership, Organisation, Region, User
from catalog.models import Listing
from exchange.market.importing import import_market
from exchange.market.reading import Source
from orders.models import Complaint, Inquiry, Order
from tests.exchange.small_market import MARKET, Table, with_row, with_value, write_market

pytestmark = pytest.mark.django_db
# What an import says of itself.
SAID = {"zcy_auditentry", "zcy_auditseal"}
COMPLAINTS: Table = [
    ["id", "order", "buyer", "supplier", "at", "decided_at", "upheld", "severity"],
    ["k1", "o1", "b1", "s1", "2026-03-20T09:00:00+08:00", "2026-04-01T09:00:00+08:00", "true", "minor"],
    ["k2", "", "", "s2", "2026-03-20T09:00:00+08:00", "", "", ""],
]
INQUIRIES: Table = [
    ["id", "buyer", "kind", "category", "title", "published_at", "deadline", "previous"],
    ["i1", "b1", "inquiry", "A05040101", "纸", "2026-01-01T09:00:00Z", "2026-01-05T09:00:00Z", "i2"],
    ["i2", "b1", "inquiry", "A05040101", "纸", "2026-01-01T09:00:00Z", "2026-01-05T09:00:00Z", ""],
]


def every_table() -> dict[str, tuple[int, str]]:
    """Number and digest of the rows of every table of the database."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {table} t"
            )
            found[table] = cursor.fetchone()
    return {name: content for name, content in found.items() if name not in SAID}


def test_the_same_again_touches_no_row_of_any_table(tmp_path: Path) -> None:
    write_market(tmp_path, complaints=COMPLAINTS, inquiries=INQUIRIES)
    import_market(tmp_path)
    before = every_table()
    again = import_market(tmp_path)
    assert all(counts.inserted == counts.updated == 0 for counts in again.files.values())
    assert every_table() == before


def test_a_trial_touches_no_row_of_any_table(tmp_path: Path) -> None:
    before = every_table()
    import_market(write_market(tmp_path), dry_run=True)
    assert every_table() == before


def test_a_person_who_moves_is_a_changed_row(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    report = import_market(write_market(tmp_path, users=with_value("users", 1, "role", "finance")))
    assert (report.files["users"].inserted, report.files["users"].updated) == (0, 1)
    assert Membership.objects.get(user__external_id="u1").role == "finance"
    assert import_market(tmp_path).files["users"].updated == 0


def test_an_inquiry_that_repeats_another_one_is_a_changed_row(tmp_path: Path) -> None:
    import_market(write_market(tmp_path, inquiries=INQUIRIES))
    changed = [*INQUIRIES[:2], [*INQUIRIES[2][:-1], "i3"], ["i3", *INQUIRIES[2][1:]]]
    report = import_market(write_market(tmp_path, inquiries=changed))
    assert (report.files["inquiries"].inserted, report.files["inquiries"].updated) == (1, 1)
    assert Inquiry.objects.get(external_id="i2").previous == Inquiry.objects.get(external_id="i3")


def test_a_person_who_was_invited_keeps_what_was_given_here(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    User.objects.filter(external_id="u1").update(is_active=True)
    Membership.objects.filter(user__external_id="u1").update(role="approver")
    import_market(write_market(tmp_path, users=with_value("users", 1, "role", "finance")))
    assert [m.role for m in Membership.objects.filter(user__external_id="u1")] == ["approver"]


@pytest.mark.parametrize(
    "fields", [{"sale": "frozen"}, {"sale": "off_sale"}, {"sale": "off_sale", "review": "rejected"}]
)
def test_a_listing_stopped_here_stays_stopped(tmp_path: Path, fields: dict[str, str]) -> None:
    import_market(write_market(tmp_path))
    with pgtrigger.ignore("catalog.Listing:moves_by_the_table"):
        Listing.objects.filter(external_id="l1").update(**fields)
    assert import_market(tmp_path).files["listings"].updated == 0
    import_market(write_market(tmp_path, listings=with_value("listings", 1, "price", "99.00")))
    listing = Listing.objects.get(external_id="l1")
    assert {name: getattr(listing, name) for name in fields} == fields
    assert str(listing.price) == "99.00"


def test_a_listing_that_its_sender_ends_goes_off_sale(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    ended = with_value("listings", 1, "delisted_at", "2026-02-01T00:00:00+08:00")
    import_market(write_market(tmp_path, listings=ended))
    assert Listing.objects.get(external_id="l1").sale == "off_sale"
    import_market(write_market(tmp_path))
    assert Listing.objects.get(external_id="l1").sale == "on_sale"


def test_complaints_arrive_with_what_was_decided(tmp_path: Path) -> None:
    import_market(write_market(tmp_path, complaints=COMPLAINTS))
    first, second = Complaint.objects.order_by("external_id")
    assert first.order == Order.objects.get(external_id="o1")
    assert (first.upheld, first.severity, first.origin) == (True, "minor", "imported")
    assert (second.order, second.buyer, second.decided_at, second.upheld) == (None, None, None, None)
    changed = [*COMPLAINTS[:2], [*COMPLAINTS[2][:5], "2026-04-02T09:00:00+08:00", "false", ""]]
    assert import_market(write_market(tmp_path, complaints=changed)).files["complaints"].updated == 1


def only(folder: Path, **files: Table) -> Path:
    changes: dict[str, Table | None] = dict.fromkeys(MARKET)
    return write_market(folder, **(changes | files))


def test_a_part_without_regions_belongs_to_the_source_of_its_regions(tmp_path: Path) -> None:
    hubei = [["code", "name", "parent"], ["420000", "湖北省", ""], ["420100", "武汉市", "420000"]]
    heads = MARKET["organisations"][0]
    buyers = [heads, ["b1", "buyer", "武汉第一小学", "420100", "", "", ""]]
    assert import_market(only(tmp_path / "a", regions=hubei, organisations=buyers)).source == "420000"
    assert import_market(only(tmp_path / "b", organisations=buyers)).files["organisations"].inserted == 0
    county = [hubei[0], ["420102", "江岸区", "420100"]]
    assert import_market(only(tmp_path / "c", regions=county)).source == "420000"
    assert Region.objects.get(code="420102").path == "420000/420100/420102/"
    users = [MARKET["users"][0], ["u1", "b1", "purchaser", "陈一"]]
    assert import_market(only(tmp_path / "d", users=users)).source == "420000", "the only one so far"
    assert Organisation.objects.get(external_id="b1").source == "420000"


def test_a_market_of_nothing_but_orders_is_complete(tmp_path: Path) -> None:
    needed = {
        name: MARKET[name] for name in ("regions", "organisations", "categories", "goods", "order_lines")
    }
    lines = [[*row[:2], "", *row[3:]] for row in MARKET["order_lines"][1:]]
    orders = [[*row[:5], "", row[6]] for row in MARKET["orders"]]
    orders[0][5] = "placed_by"
    needed |= {"order_lines": [MARKET["order_lines"][0], *lines], "orders": orders}
    import_market(only(tmp_path, **needed))
    assert {order.state for order in Order.objects.all()} == {"submitted"}


def test_the_bar_ends_at_the_whole_whether_packed_or_not(tmp_path: Path) -> None:
    import gzip

    write_market(tmp_path, users=with_row("users", "u9", "b1", "finance", "x" * 100))
    packed = tmp_path / "orders.csv"
    (tmp_path / "orders.csv.gz").write_bytes(gzip.compress(packed.read_bytes()))
    packed.unlink()
    told: list[int] = []
    sizes: list[int] = []

    def started(sources: list[Source]) -> object:
        sizes.extend(source.size for source in sources)
        return lambda name, amount: told.append(amount)

    import_market(tmp_path, started=started)  # type: ignore[arg-type]
    assert sum(told) == sum(sizes)
    assert min(told) >= 0
