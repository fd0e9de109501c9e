"""The cart: what goes in, what is refused, and that it is the purchaser's own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.models import Listing
from orders import queries, services
from orders.errors import InvalidQuantity, NotOrderable
from orders.models import CartLine
from tests.factories import Trade, a_listing_on_sale, a_trade
from zcy.errors import Missing, NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade() -> Trade:
    return a_trade()


def add(trade: Trade, quantity: Decimal | int | str = 2) -> CartLine:
    return services.cart_add(
        actor=trade.people.purchaser, listing_id=trade.listing.pk, quantity=Decimal(quantity)
    )


def test_the_same_offer_again_adds_to_its_line(trade: Trade) -> None:
    first, second = add(trade, 2), add(trade, 3)
    assert first.pk == second.pk and second.quantity == 5
    assert queries.cart_count(trade.people.purchaser) == 1


@pytest.mark.parametrize("quantity", ["0", "-3", "0.5", "NaN", "1E+12"])
def test_quantities_that_make_no_sense_do_not_go_in(trade: Trade, quantity: str) -> None:
    with pytest.raises(InvalidQuantity):
        add(trade, quantity)
    assert queries.cart_count(trade.people.purchaser) == 0


def test_the_minimum_quantity_holds(trade: Trade) -> None:
    Listing.objects.filter(pk=trade.listing.pk).update(min_quantity=10)
    with pytest.raises(InvalidQuantity, match="10"):
        add(trade, 9)
    line = add(trade, 10)
    with pytest.raises(InvalidQuantity):
        services.cart_change(actor=trade.people.purchaser, line_id=line.pk, quantity=Decimal(9))


def test_what_is_not_on_sale_does_not_go_in(trade: Trade) -> None:
    Listing.objects.filter(pk=trade.listing.pk).update(sale="off_sale")
    with pytest.raises(NotOrderable):
        add(trade)
    with pytest.raises(Missing):
        services.cart_add(actor=trade.people.purchaser, listing_id=10**15, quantity=Decimal(1))


def test_only_purchasers_have_carts_and_each_its_own(trade: Trade) -> None:
    line = add(trade)
    for actor in (trade.people.finance, trade.seller):
        with pytest.raises(NotAllowed):
            services.cart_add(actor=actor, listing_id=trade.listing.pk, quantity=Decimal(1))
    other = a_trade(buyer=trade.buyer).people.purchaser
    with pytest.raises(Missing):
        services.cart_change(actor=other, line_id=line.pk, quantity=Decimal(1))
    assert services.cart_remove(actor=other, line_ids=[line.pk]) == 0
    assert services.cart_remove(actor=trade.people.purchaser, line_ids=[line.pk]) == 1


def test_a_price_that_has_changed_is_shown_until_it_is_seen(trade: Trade) -> None:
    add(trade)
    Listing.objects.filter(pk=trade.listing.pk).update(price=Decimal("90.00"))
    purchaser = trade.people.purchaser
    assert queries.cart_view(purchaser).groups[0].rows[0].price_changed
    assert services.cart_see_prices(actor=purchaser) == 1
    assert not queries.cart_view(purchaser).groups[0].rows[0].price_changed
    assert services.cart_see_prices(actor=purchaser) == 0


def test_a_line_that_cannot_be_ordered_any_more_says_why(trade: Trade) -> None:
    add(trade)
    assert queries.cart_view(trade.people.purchaser).groups[0].rows[0].problem == ""
    Listing.objects.filter(pk=trade.listing.pk).update(sale="frozen", stock=1)
    row = queries.cart_view(trade.people.purchaser).groups[0].rows[0]
    assert row.problem and row.short_of_stock


def test_a_cart_takes_as_many_statements_for_one_line_as_for_many(
    trade: Trade, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    add(trade)
    queries.cart_view(trade.people.purchaser)  # the region's settings are remembered from here on
    with django_assert_num_queries(2):  # type: ignore[operator]
        queries.cart_view(trade.people.purchaser)
    for _n in range(4):
        services.cart_add(
            actor=trade.people.purchaser, listing_id=a_listing_on_sale().pk, quantity=Decimal(1)
        )
    with django_assert_num_queries(2):  # type: ignore[operator]
        queries.cart_view(trade.people.purchaser)
