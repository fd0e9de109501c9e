"""What the database refuses about the state of a listing, whoever writes: every pair is compared with the table."""

from __future__ import annotations

from itertools import product

import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction

from catalog.models import Listing, Review, Sale
from catalog.transitions import INITIAL_STANDINGS, NEW, STANDINGS, TABLE, Standing
from tests.catalog.factories import a_good, a_listing_on_sale, an_organisation

pytestmark = pytest.mark.django_db

EVERY = [Standing(sale, review) for sale, review in product(Sale.values, Review.values)]


def moves(listing: Listing, before: Standing, after: Standing) -> bool:
    """Whether a plain UPDATE brings the listing from one state to the other."""
    with pgtrigger.ignore("catalog.Listing:moves_by_the_table"):
        Listing.objects.filter(pk=listing.pk).update(sale=before.sale, review=before.review)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE catalog_listing SET sale = %s, review = %s WHERE id = %s",
                [after.sale, after.review, listing.pk],
            )
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize("origin", ["live", "imported"])
def test_the_trigger_lets_happen_what_the_table_names_and_nothing_else(origin: str) -> None:
    listing = a_listing_on_sale(origin=origin)
    allowed = {(row.before, row.after) for row in TABLE if row.before != NEW}
    wrong = [
        (before, after)
        for before, after in product(STANDINGS, EVERY)
        if moves(listing, before, after) != (before == after or (before, after) in allowed)
    ]
    assert wrong == []


def test_the_refusal_names_both_states() -> None:
    listing = a_listing_on_sale(sale=Sale.FROZEN)
    with (
        pytest.raises(IntegrityError, match="no way from frozen, approved to on_sale, approved"),
        transaction.atomic(),
    ):
        Listing.objects.filter(pk=listing.pk).update(sale=Sale.ON_SALE)


def test_an_offer_is_born_as_the_table_says_and_an_imported_one_as_history_has_left_it() -> None:
    def born(standing: Standing, origin: str) -> bool:
        try:
            with transaction.atomic():
                Listing.objects.create(
                    good=a_good(),
                    supplier=an_organisation(),
                    price=5,
                    stock=1,
                    sale=standing.sale,
                    review=standing.review,
                    origin=origin,
                )
        except IntegrityError:
            return False
        return True

    assert [standing for standing in STANDINGS if born(standing, "live")] == sorted(INITIAL_STANDINGS)
    assert all(born(standing, "imported") for standing in STANDINGS)


def test_history_is_copied_in_and_an_offer_never_changes_its_origin() -> None:
    good, supplier = a_good(), an_organisation()
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY catalog_listing (good_id, supplier_id, price, min_quantity, delivery_paths, note, sale, review, version,"
            " origin, source, external_id, changed_at) FROM STDIN"
        ) as copy,
    ):
        for number, sale in enumerate(("on_sale", "off_sale")):
            copy.write_row(
                (good.pk, supplier.pk, "5", "1", "{}", "", sale, "approved", 1, "imported", "m", f"L{number}",
                 "2026-01-01T00:00:00+08:00")
            )  # fmt: skip
    assert Listing.objects.filter(origin="imported").count() == 2
    for origin, other in (("imported", "live"), ("live", "imported")):
        listing = a_listing_on_sale(origin=origin)
        with pytest.raises(IntegrityError, match="origin"), transaction.atomic():
            Listing.objects.filter(pk=listing.pk).update(origin=other)


def test_a_statement_about_many_is_refused_whole() -> None:
    fine, frozen = a_listing_on_sale(), a_listing_on_sale(sale=Sale.FROZEN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Listing.objects.filter(pk__in=[fine.pk, frozen.pk]).update(review=Review.REJECTED, sale=Sale.ON_SALE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Listing.objects.filter(pk__in=[fine.pk, frozen.pk]).update(sale=Sale.DRAFT)
    fine.refresh_from_db()
    assert fine.sale == Sale.ON_SALE
