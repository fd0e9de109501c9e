"""A renewal that was begun can be given up, and taken up again; a first application stays."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import Actor, actor_of
from accounts.errors import AnotherOpen, NotEditable
from accounts.models import Application, ApplicationState
from accounts.services.applications import (
    begin_renewal,
    discard_application,
    resume_application,
    save_draft,
    submit_application,
)
from accounts.services.decide_application import return_application
from tests.factories import (
    a_licence,
    a_registered,
    an_admitted,
    applicant_of,
    somebody_of_the_operator,
)
from tests.factories.accounts import client_of
from zcy.errors import Missing
from zcy.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Actor:
    return actor_of(an_admitted().applicant)


@pytest.fixture
def renewal(admin: Actor) -> Application:
    return begin_renewal(actor=admin)


def test_a_discarded_renewal_is_kept_and_another_one_can_be_begun(admin: Actor, renewal: Application) -> None:
    typed = renewal.typed | {"address": "文三路 999 号"}
    save_draft(actor=admin, application_id=renewal.pk, typed=typed)
    licence = a_licence(renewal, actor=admin)
    discard_application(actor=admin, application_id=renewal.pk)
    discard_application(actor=admin, application_id=renewal.pk)  # a second click
    renewal.refresh_from_db()
    assert (renewal.state, renewal.typed) == (ApplicationState.DISCARDED, typed)
    assert AuditEntry.objects.filter(action="application.discarded").count() == 1
    with pytest.raises(NotEditable):
        save_draft(actor=admin, application_id=renewal.pk, typed=typed)
    resume_application(actor=admin, application_id=renewal.pk)
    renewal.refresh_from_db()
    assert (renewal.state, renewal.typed) == (ApplicationState.DRAFT, typed)
    licence.refresh_from_db()
    assert licence.removed_at is None
    discard_application(actor=admin, application_id=renewal.pk)
    other = begin_renewal(actor=admin)
    assert other != renewal
    with pytest.raises(AnotherOpen):
        resume_application(actor=admin, application_id=renewal.pk)


def test_what_was_sent_back_comes_back_as_sent_back(admin: Actor, renewal: Application) -> None:
    submit_application(actor=admin, application_id=renewal.pk)
    with pytest.raises(NotEditable):
        discard_application(actor=admin, application_id=renewal.pk)
    renewal.refresh_from_db()
    return_application(
        actor=somebody_of_the_operator("onboarding"),
        application_id=renewal.pk,
        remarks={"address": "门牌号？"},
        version=renewal.version,
    )
    discard_application(actor=admin, application_id=renewal.pk)
    again = resume_application(actor=admin, application_id=renewal.pk)
    assert again.state == ApplicationState.RETURNED
    assert again.remarks == {"address": "门牌号？"}


def test_a_first_application_stays_and_nobody_else_s_is_touched(renewal: Application) -> None:
    first = a_registered()
    with pytest.raises(NotEditable):
        discard_application(actor=applicant_of(first), application_id=first.pk)
    with pytest.raises(IntegrityError, match="first_application_is_not_discarded"), transaction.atomic():
        Application.objects.filter(pk=first.pk).update(state=ApplicationState.DISCARDED)
    stranger = actor_of(an_admitted().applicant)
    for act in (discard_application, resume_application):
        with pytest.raises(Missing):
            act(actor=stranger, application_id=renewal.pk)
    approved = Application.objects.get(
        organisation_id=renewal.organisation_id, state=ApplicationState.APPROVED
    )
    with pytest.raises(NotEditable):
        resume_application(actor=actor_of(approved.applicant), application_id=approved.pk)


def test_the_page_asks_once_more_and_offers_the_way_back(admin: Actor, renewal: Application) -> None:
    assert admin.user
    browser = client_of(admin.user)
    discard = f"/suppliers/application/{renewal.pk}/discard/"
    own = discard.removesuffix(f"{renewal.pk}/discard/")
    assert discard in browser.get(f"{own}{renewal.pk}/").content.decode()
    assert browser.get(discard).status_code == 200
    renewal.refresh_from_db()
    assert renewal.state == ApplicationState.DRAFT, "a look changes nothing"
    assert browser.post(discard).status_code == 302
    page = browser.get(own)
    assert page.status_code == 200
    resume = f"{own}{renewal.pk}/resume/"
    assert resume in page.content.decode()
    assert browser.get(discard).status_code == 302
    assert browser.get(resume).status_code == 405
    assert browser.post(resume).status_code == 302
    assert browser.get(own).status_code == 302, "the open renewal"
