"""Addresses of real rows for the walk over all URLs.

Each app keeps such a module, `tests/<app>/url_samples.py`, with `SAMPLES`: URL name → a function that makes a row of
some organisation and returns the URL's arguments. A stranger with the right role must meet 404 or 403 there.
`OPEN_TO_ALL` names the URLs with arguments that lead to nobody's row in particular.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from accounts.models import Delegation, Notice, UnitInvitation
from accounts.services.invite_person import invite_person
from tests.factories import a_code, a_registered, a_submitted
from tests.factories.accounts import a_person, a_region, an_actor, an_organisation
from zcy import clock

Arguments = dict[str, Any]


def someone_elses_notice() -> Arguments:
    return {"pk": Notice.objects.create(user=a_person("purchaser"), kind="x", key="x").pk}


def someone_elses_colleague() -> Arguments:
    return {"pk": a_person("purchaser").pk}


def someone_elses_invitation() -> Arguments:
    invited = invite_person(actor=an_actor("manager"), name="李四", email="", role="purchaser")
    return {"pk": invited.invitation.pk}


def someone_elses_application() -> Arguments:
    return {"pk": a_registered().pk}


def someone_elses_paper() -> Arguments:
    return {"name": a_submitted().licences.get().file}


def someone_elses_delegation() -> Arguments:
    school = an_organisation()
    giver, deputy = a_person("approver", organisation=school), a_person("finance", organisation=school)
    row = Delegation.objects.create(
        organisation=school,
        giver=giver,
        deputy=deputy,
        roles=["approver"],
        begins_at=clock.now(),
        ends_at=clock.now() + timedelta(days=1),
    )
    return {"pk": row.pk}


def another_countys_unit() -> Arguments:
    bureau = an_organisation("supervisor")
    row = UnitInvitation.objects.create(
        name="某校",
        uscc=a_code(),
        region=a_region(),
        manager_name="李四",
        token_hash=uuid4().hex,
        invited_by=a_person("supervisor", organisation=bureau),
        bureau=bureau,
        expires_at=clock.now() + timedelta(days=1),
    )
    return {"pk": row.pk}


SAMPLES: dict[str, Callable[[], Arguments]] = {
    "notice": someone_elses_notice,
    "person": someone_elses_colleague,
    "invitation_again": someone_elses_invitation,
    "invitation_withdraw": someone_elses_invitation,
    "application": someone_elses_application,
    "application_discard": someone_elses_application,
    "application_resume": someone_elses_application,
    "paper": someone_elses_paper,
    "delegation_end": someone_elses_delegation,
    "unit_again": another_countys_unit,
    "unit_withdraw": another_countys_unit,
}
OPEN_TO_ALL: frozenset[str] = frozenset()
