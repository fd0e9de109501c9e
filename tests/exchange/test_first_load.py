"""A first load into empty tables builds indexes and foreign keys once, and leaves every one of them as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from exchange.market import first_load
from exchange.market.importing import ImportRefused, import_market
from orders.models import Order
from tests.exchange.small_market import with_value, write_market
from tests.exchange.test_import_again import every_table

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_load, "LEAST_ROWS", 0)


def guards() -> set[tuple[str, ...]]:
    """Every index and constraint of the database, by name, with what it says."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid::text FROM pg_index
            UNION ALL
            SELECT conname, conrelid::regclass || ' ' || pg_get_constraintdef(oid), convalidated::text FROM pg_constraint
        """)
        return set(cursor.fetchall())


def test_every_index_and_foreign_key_is_there_again(tmp_path: Path) -> None:
    before = guards()
    write_market(tmp_path)
    import_market(tmp_path)
    assert Order.objects.exists()
    assert guards() == before


def test_the_rows_are_those_of_a_load_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_market(tmp_path)
    import_market(tmp_path)
    bulk = {table: count for table, (count, _digest) in every_table().items()}
    monkeypatch.setattr(first_load, "LEAST_ROWS", 10**9)
    again = import_market(tmp_path)
    assert all(counts.inserted == counts.updated == 0 for counts in again.files.values())
    assert {table: count for table, (count, _digest) in every_table().items()} == bulk


def test_a_refused_load_leaves_everything_as_it_was(tmp_path: Path) -> None:
    before = guards()
    write_market(tmp_path, goods=with_value("goods", 1, "name", ""))
    with pytest.raises(ImportRefused):
        import_market(tmp_path)
    assert guards() == before
    assert not Order.objects.exists()


def test_tables_that_hold_trade_already_keep_their_indexes_all_the_time(tmp_path: Path) -> None:
    write_market(tmp_path)
    import_market(tmp_path)
    with connection.cursor() as cursor, first_load.first_load(cursor, rows=10**6) as tables:
        assert "orders_order" not in tables
        assert "catalog_listing" not in tables
