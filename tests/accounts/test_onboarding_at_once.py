"""Two people at the same moment: one of them decides, signs up or takes up; nothing is done twice or by halves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from django.db import connections

from accounts.models import (
    Application,
    ApplicationEvent,
    Membership,
    Organisation,
    Suspension,
    UnitInvitation,
    User,
)
from accounts.services.applications import begin_renewal, submit_application
from accounts.services.decide_application import approve_application, return_application
from accounts.services.invite_unit import accept_unit, invite_unit
from accounts.services.suspensions import decide_suspension, propose_suspension
from tests.factories import (
    a_code,
    a_licence,
    a_region,
    a_registered,
    a_seller,
    a_submitted,
    a_supervisor,
    a_supplier,
    applicant_of,
    somebody_of_the_operator,
    stated,
)
from zcy import clock
from zcy.errors import Conflict

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> Sequence[Any]:
    """What each call returned or raised; they start together, each on a connection of its own."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(position: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=30)
            try:
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


def refused(results: Sequence[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, Exception)]


def test_one_of_two_reviewers_decides() -> None:
    application = a_submitted()
    first, second = somebody_of_the_operator("onboarding"), somebody_of_the_operator("onboarding")
    same: dict[str, Any] = {"application_id": application.pk, "version": application.version}
    results = at_once(
        partial(approve_application, actor=first, **same),
        partial(return_application, actor=second, remarks={"name": "请写全称"}, **same),
    )
    assert [isinstance(result, Conflict) for result in refused(results)] == [True]
    application.refresh_from_db()
    decisions = ApplicationEvent.objects.filter(step__in=["approved", "returned"])
    assert [event.step for event in decisions] == [application.state]
    admitted = application.state == "approved"
    assert Membership.objects.filter(user=application.applicant).exists() is admitted
    assert Organisation.objects.get(pk=application.organisation_id).active is admitted


def test_of_two_companies_with_one_code_one_is_admitted() -> None:
    code = a_code()
    applications = [a_submitted(uscc=code), a_submitted(uscc=code)]
    results = at_once(
        *(
            partial(
                approve_application,
                actor=somebody_of_the_operator("onboarding"),
                application_id=application.pk,
                version=application.version,
                text="已核实。",
            )
            for application in applications
        )
    )
    assert [isinstance(result, Conflict) for result in refused(results)] == [True]
    assert Organisation.objects.suppliers().filter(uscc=code, active=True).count() == 1
    assert Application.objects.filter(state="approved").count() == 1


def test_two_clicks_submit_once() -> None:
    application = a_registered()
    actor = applicant_of(application)
    Application.objects.filter(pk=application.pk).update(typed=stated())
    a_licence(application)
    submit = partial(submit_application, actor=actor, application_id=application.pk)
    assert len(refused(at_once(submit, submit))) == 1
    assert application.versions.count() == 1


def test_two_administrators_begin_one_renewal() -> None:
    supplier = a_supplier()
    results = at_once(*(partial(begin_renewal, actor=a_seller(supplier)) for _seller in range(2)))
    assert not refused(results)
    assert Application.objects.count() == 1


def test_a_unit_is_taken_up_once() -> None:
    invited = invite_unit(
        actor=a_supervisor(), name="第一小学", uscc=a_code(), region=a_region(), manager_name="李四"
    )
    results = at_once(
        *(
            partial(accept_unit, token=invited.token, username=name, password="quite-Long-9-secret")
            for name in ("lisi", "wangwu")
        )
    )
    assert len(refused(results)) == 1
    assert Organisation.objects.buyers().count() == 1
    assert User.objects.filter(username__in=["lisi", "wangwu"]).count() == 1
    assert UnitInvitation.objects.get().state == "accepted"


def test_a_suspension_is_decided_once() -> None:
    suspension = propose_suspension(
        actor=None, organisation=a_supplier(), cause="credit", reason="D 级", begins_on=clock.today()
    )
    results = at_once(
        *(
            partial(
                decide_suspension,
                actor=somebody_of_the_operator("onboarding"),
                suspension_id=suspension.pk,
                confirm=confirm,
            )
            for confirm in (True, False)
        )
    )
    assert [isinstance(result, Conflict) for result in refused(results)] == [True]
    row = Suspension.objects.get()
    assert (row.confirmed_at is None) is not (row.refused_at is None)
