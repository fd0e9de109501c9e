"""Two operators merge at the same moment, and a supplier changes a price meanwhile: real threads and connections."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connections

from catalog.errors import GoodChanged, GoodRefused
from catalog.models import Good, GoodMerge, Listing
from catalog.services import edit_listing, merge_goods
from catalog.services.listing_values import ListingValues
from tests.catalog.factories import a_catalog_actor, a_good, a_listing_on_sale, a_supplier_actor

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run the calls in threads that start together; results or exceptions."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(position: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=30)
            results[position] = call()
        except Exception as error:
            results[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_two_operators_who_merge_in_opposite_directions_make_one_merge() -> None:
    one, two = a_good(model="A1"), a_good(model="A-1")
    a_listing_on_sale(one)
    a_listing_on_sale(two)
    results = at_once(
        [
            partial(merge_goods, actor=a_catalog_actor(), survivor_id=one.pk, merged_id=two.pk),
            partial(merge_goods, actor=a_catalog_actor(), survivor_id=two.pk, merged_id=one.pk),
        ]
    )
    refused = [result for result in results if not isinstance(result, GoodMerge)]
    assert len(refused) == 1
    assert isinstance(refused[0], GoodRefused | GoodChanged)
    assert GoodMerge.objects.count() == 1
    assert sorted(Good.objects.values_list("state", flat=True)) == ["active", "merged"]
    survivor = Good.objects.get(state="active")
    assert set(Listing.objects.values_list("good_id", flat=True)) == {survivor.pk}
    assert survivor.offers == 2


def test_a_price_that_is_changed_during_the_merge_is_not_lost() -> None:
    seller = a_supplier_actor()
    survivor, merged = a_good(model="A1"), a_good(model="A-1")
    listing = a_listing_on_sale(merged, supplier=seller.organisation, price="100")
    values = ListingValues(price=Decimal("90"), stock=Decimal(50), delivery_days=3)
    results = at_once(
        [
            partial(merge_goods, actor=a_catalog_actor(), survivor_id=survivor.pk, merged_id=merged.pk),
            partial(edit_listing, actor=seller, listing_id=listing.pk, version=1, values=values),
        ]
    )
    assert not [result for result in results if isinstance(result, Exception)], results
    listing.refresh_from_db()
    survivor.refresh_from_db()
    assert (listing.price, listing.good_id) == (Decimal(90), survivor.pk)
    assert survivor.lowest_price == Decimal(90)
