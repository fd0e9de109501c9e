"""Who is told of what, once."""

from __future__ import annotations

import pytest

from accounts.models import Notice
from accounts.notices import text_of
from orders import services
from orders.notices import NEWS, tell
from tests.factories import (
    Trade,
    a_confirmed_order,
    a_delivered_order,
    a_paid_order,
    a_submitted_order,
    a_trade,
    an_approved_order,
)
from zcy.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade() -> Trade:
    return a_trade()


def work_off() -> list[tuple[str, str]]:
    """Run what waits in the outbox: (kind, name of the person) of the new notices."""
    before = set(Notice.objects.values_list("pk", flat=True))
    for message in OutboxMessage.objects.filter(task="orders.tasks.tell").order_by("pk"):
        for _twice in range(2):  # at least once is what the outbox promises
            tell(**message.kwargs)
        message.delete()
    return [
        (notice.kind, notice.user.name)
        for notice in Notice.objects.exclude(pk__in=before).select_related("user")
    ]


def test_approver_and_supplier_are_told_of_an_order(trade: Trade) -> None:
    order = a_submitted_order(trade)
    assert work_off() == [("order_to_approve", trade.people.approver.name)]
    services.approve_order(actor=trade.people.approver, number=order.number)
    assert sorted(work_off()) == sorted(
        [("order_received", trade.seller.name), ("order_approved", trade.people.purchaser.name)]
    )


def test_a_purchase_tells_each_side_of_its_turn(trade: Trade) -> None:
    a_paid_order(trade)
    told = {kind for kind, _name in work_off()}
    assert told == {
        "order_received",
        "order_confirmed",
        "order_shipped",
        "order_delivered",
        "order_accepted",
        "order_to_pay",
        "order_paid",
    }
    for notice in Notice.objects.all():
        assert notice.data["number"] in text_of(notice)
        assert notice.url.startswith(("/buyer/orders/", "/supplier/orders/"))


def test_the_supplier_hears_nothing_of_an_order_that_never_reached_it(trade: Trade) -> None:
    order = a_submitted_order(trade)
    services.cancel_order(actor=trade.people.purchaser, number=order.number, reason="不要了")
    assert [kind for kind, _name in work_off()] == ["order_to_approve"]


def test_a_cancellation_tells_the_other_side_why(trade: Trade) -> None:
    order = an_approved_order(trade)
    services.cancel_order(actor=trade.people.purchaser, number=order.number, reason="预算调整")
    assert ("order_cancelled_by_buyer", trade.seller.name) in work_off()
    assert "预算调整" in text_of(Notice.objects.get(kind="order_cancelled_by_buyer"))
    order = a_confirmed_order(trade)
    services.cancel_order(actor=trade.seller, number=order.number, reason="断货")
    assert ("order_cancelled_by_supplier", trade.people.purchaser.name) in work_off()


def test_the_purchaser_is_not_asked_to_accept(trade: Trade) -> None:
    from accounts.models import Membership

    Membership.objects.create(
        user_id=trade.people.purchaser.user_id or 0, organisation=trade.buyer, role="acceptor"
    )
    a_delivered_order(trade)
    assert [name for kind, name in work_off() if kind == "order_delivered"] == [trade.people.acceptor.name]


def test_every_kind_has_its_own_name() -> None:
    assert all(name == news.kind.name for name, news in NEWS.items())
