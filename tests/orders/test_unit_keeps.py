"""Addresses, invoice titles, plans and limits of a unit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from orders import queries, services
from orders.errors import BudgetExceeded, InvalidAmount, PlanNotFitting
from orders.models import BudgetEntry, Plan
from tests.factories import (
    a_buyer,
    a_category,
    a_key,
    a_plan,
    a_region,
    a_trade,
    an_approved_order,
    people,
    submit,
)
from zcy import clock
from zcy.errors import DomainError, Missing, NotAllowed

pytestmark = pytest.mark.django_db

ADDRESS: dict[str, Any] = {"line": "文三路 1 号", "contact": "王老师", "phone": "0571-1"}


def test_one_address_is_the_default() -> None:
    actor, region = people(a_buyer()).purchaser, a_region()
    first = services.save_address(actor=actor, region_id=region.pk, is_default=True, **ADDRESS)
    second = services.save_address(actor=actor, region_id=region.pk, is_default=True, **ADDRESS)
    assert list(queries.addresses_of(actor)) == [second, first]
    services.save_address(actor=actor, region_id=region.pk, address_id=first.pk, is_default=True, **ADDRESS)
    assert list(queries.addresses_of(actor)) == [first, second]
    services.remove_address(actor=actor, address_id=first.pk)
    assert list(queries.addresses_of(actor)) == [second]
    with pytest.raises(Missing):
        services.save_address(actor=actor, region_id=region.pk, address_id=first.pk, **ADDRESS)


@pytest.mark.parametrize("name", ["line", "contact", "phone"])
@pytest.mark.parametrize("value", ["", "   ", "x" * 201, "a\0b"])
def test_an_address_is_complete(name: str, value: str) -> None:
    actor = people(a_buyer()).purchaser
    with pytest.raises(DomainError) as caught:
        services.save_address(actor=actor, region_id=a_region().pk, **{**ADDRESS, name: value})
    assert caught.value.field == name


def test_addresses_belong_to_their_unit() -> None:
    trade, stranger = a_trade(), people(a_buyer())
    with pytest.raises(Missing):
        services.remove_address(actor=stranger.purchaser, address_id=trade.address.pk)
    with pytest.raises(NotAllowed):
        services.remove_address(actor=trade.people.approver, address_id=trade.address.pk)
    with pytest.raises(DomainError):
        services.save_address(actor=stranger.purchaser, region_id=10**9, **ADDRESS)


def test_invoice_titles() -> None:
    unit = people(a_buyer())
    title = services.save_invoice_title(
        actor=unit.finance, title="第一小学", tax_number="12330106ma0000001x", is_default=True
    )
    assert title.tax_number == "12330106MA0000001X"
    for number in ("123", "12330106-000001", "１２３４５６７８９０１２３４５６"):
        with pytest.raises(DomainError) as caught:
            services.save_invoice_title(actor=unit.purchaser, title="x", tax_number=number)
        assert caught.value.field == "tax_number"
    services.remove_invoice_title(actor=unit.purchaser, invoice_title_id=title.pk)
    assert not queries.invoice_titles_of(unit.purchaser).exists()
    with pytest.raises(NotAllowed):
        services.save_invoice_title(actor=unit.acceptor, title="x", tax_number="123456789012345")


# --- Plans ----------------------------------------------------------------------------------------------------------


def test_a_plan_begins_with_a_grant_and_is_made_once_per_click() -> None:
    actor, key = people(a_buyer()).finance, a_key()
    values: dict[str, Any] = {"title": "计划", "year": clock.today().year, "amount": Decimal(500)}
    first = services.create_plan(actor=actor, idempotency_key=key, **values)
    assert services.create_plan(actor=actor, idempotency_key=key, **values).pk == first.pk
    assert (first.amount, first.number[:3]) == (Decimal(500), "ZJP")
    assert list(first.entries.values_list("kind", "amount_change")) == [("granted", Decimal(500))]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal("1.001")}, "amount"),
        ({"year": 1999}, "year"),
        ({"title": " "}, "title"),
        ({"category_id": 10**9}, "category"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(values: dict[str, Any], field: str) -> None:
    good: dict[str, Any] = {"title": "计划", "year": clock.today().year, "amount": Decimal(500)}
    with pytest.raises(DomainError) as caught:
        services.create_plan(actor=people(a_buyer()).finance, idempotency_key=a_key(), **{**good, **values})
    assert caught.value.field == field
    assert not Plan.objects.exists()


def test_only_finance_and_the_administrator_plan() -> None:
    unit = people(a_buyer())
    for actor in (unit.purchaser, unit.approver, unit.acceptor):
        with pytest.raises(NotAllowed):
            services.create_plan(
                actor=actor, title="x", year=clock.today().year, amount=Decimal(1), idempotency_key=a_key()
            )


def test_a_plan_does_not_become_smaller_than_what_is_bound() -> None:
    trade = a_trade(budget=1000)
    submit(trade, quantity=3)
    finance, key = trade.people.finance, a_key()
    for _click in range(2):
        plan = services.grant_budget(
            actor=finance, plan_id=trade.plan.pk, change=Decimal(-700), idempotency_key=key
        )
    assert plan.amount == 300
    with pytest.raises(BudgetExceeded):
        services.grant_budget(
            actor=finance, plan_id=plan.pk, change=Decimal("-0.01"), idempotency_key=a_key()
        )
    for change in ("0", "NaN", "0.001", "1E+12"):
        with pytest.raises(InvalidAmount):
            services.grant_budget(
                actor=finance, plan_id=plan.pk, change=Decimal(change), idempotency_key=a_key()
            )
    with pytest.raises(Missing):
        services.grant_budget(
            actor=people(a_buyer()).finance, plan_id=plan.pk, change=Decimal(1), idempotency_key=a_key()
        )


def test_a_closed_plan_gets_nothing_more() -> None:
    trade = a_trade()
    for _click in range(2):
        services.close_plan(actor=trade.people.finance, plan_id=trade.plan.pk)
    with pytest.raises(PlanNotFitting):
        services.grant_budget(
            actor=trade.people.finance, plan_id=trade.plan.pk, change=Decimal(1), idempotency_key=a_key()
        )


def test_a_plans_sums_change_by_ledger_entries_only() -> None:
    plan = a_plan(a_buyer(), amount=100)
    for values in ({"amount": 200}, {"frozen": 1}, {"spent": 1}):
        with pytest.raises(IntegrityError, match="ledger"), transaction.atomic():
            Plan.objects.filter(pk=plan.pk).update(**values)
    with pytest.raises(IntegrityError, match="ledger"), transaction.atomic():
        Plan.objects.create(buyer=plan.buyer, year=2026, amount=5)
    Plan.objects.create(buyer=plan.buyer, year=2026, amount=5, spent=9, origin="imported")


def test_the_ledger_is_never_changed_and_never_overdraws() -> None:
    trade = a_trade(budget=300)
    plan, entry = trade.plan, trade.plan.entries.get()
    for act in (lambda: plan.entries.update(note="x"), entry.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    order = an_approved_order(trade)
    with pytest.raises(IntegrityError, match="budget_is_never_overdrawn"), transaction.atomic():
        BudgetEntry.objects.create(plan=plan, order=order, kind="frozen", frozen_change=101, key=a_key())
    with pytest.raises(IntegrityError, match="budget_is_never_negative"), transaction.atomic():
        BudgetEntry.objects.create(plan=plan, order=order, kind="released", frozen_change=-201, key=a_key())


def test_a_units_limit_goes_before_its_regions() -> None:
    unit = people(a_buyer())
    assert queries.approval_limit_of(unit.purchaser) == Decimal("10000.00")
    services.set_approval_limit(actor=unit.manager, limit=Decimal(5))
    assert queries.approval_limit_of(unit.purchaser) == 5
    services.set_approval_limit(actor=unit.manager, limit=None)
    assert queries.approval_limit_of(unit.purchaser) == Decimal("10000.00")
    for limit in ("-1", "NaN", "0.001"):
        with pytest.raises(InvalidAmount):
            services.set_approval_limit(actor=unit.manager, limit=Decimal(limit))
    with pytest.raises(NotAllowed):
        services.set_approval_limit(actor=unit.purchaser, limit=Decimal(10**6))


def test_a_plan_may_be_for_a_category() -> None:
    category = a_category()
    assert a_plan(a_buyer(), category_id=category.pk).category == category
