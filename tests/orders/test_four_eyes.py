"""Somebody other than the purchaser approves and accepts; the services and the database both say so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.roles import Role
from orders import services
from orders.errors import FourEyes
from orders.models import Acceptance, Approval
from orders.services import Decision
from tests.factories import (
    Trade,
    a_delivered_order,
    a_key,
    a_submitted_order,
    a_trade,
    an_imported_order,
)
from zcy import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade() -> Trade:
    return a_trade()


def purchaser_as(trade: Trade, role: str) -> Actor:
    return replace(trade.people.purchaser, roles=frozenset({Role.PURCHASER, role}))


def test_the_purchaser_may_not_approve_even_as_an_approver(trade: Trade) -> None:
    order = a_submitted_order(trade)
    both = purchaser_as(trade, Role.APPROVER)
    with pytest.raises(FourEyes):
        services.approve_order(actor=both, number=order.number)
    with pytest.raises(FourEyes):
        services.reject_order(actor=both, number=order.number, reason="nein")


def test_the_acceptor_may_not_be_the_purchaser(trade: Trade) -> None:
    order = a_delivered_order(trade)
    line = order.lines.get()
    with pytest.raises(FourEyes):
        services.accept_delivery(
            actor=purchaser_as(trade, Role.ACCEPTOR),
            number=order.number,
            decisions={line.pk: Decision(accepted=line.quantity)},
            idempotency_key=a_key(),
        )
    assert not order.acceptances.exists()


def test_the_database_refuses_an_acceptance_by_the_purchaser_or_by_nobody(trade: Trade) -> None:
    order = a_delivered_order(trade)
    for person in (trade.people.purchaser.user, None):
        with pytest.raises(IntegrityError, match="four eyes"), transaction.atomic():
            Acceptance.objects.create(order=order, at=clock.now(), by=person, result="passed")


def test_the_database_refuses_an_approval_by_the_purchaser(trade: Trade) -> None:
    order = a_submitted_order(trade)
    with pytest.raises(IntegrityError, match="four eyes"), transaction.atomic():
        Approval.objects.create(order=order, approver_id=trade.people.purchaser.user_id or 0, approved=True)


def test_history_may_have_been_accepted_by_its_purchaser(trade: Trade) -> None:
    user = trade.people.purchaser.user
    order = an_imported_order(buyer=trade.buyer, listing=trade.listing, placed_by=user)
    Acceptance.objects.create(order=order, at=clock.now(), by=user, result="passed", origin="imported")
    assert order.acceptances.count() == 1
