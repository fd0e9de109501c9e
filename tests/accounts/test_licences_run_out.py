"""Sixty days before a licence ends its supplier is told, with the one action that mends it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.actor import actor_of
from accounts.models import Application, Notice
from accounts.notices import text_of
from accounts.onboarding.night import remind, run_night
from accounts.services.applications import begin_renewal, submit_application
from tests.factories import a_licence, a_supplier, an_actor, an_admitted
from tests.factories.accounts import client_of, signed_in
from zcy import clock
from zcy.registries import NightContext

pytestmark = pytest.mark.django_db


def told(application: Application) -> list[str]:
    found = Notice.objects.filter(user=application.applicant, kind__startswith="licence_")
    return list(found.order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("days", "expected"), [(60, []), (59, ["licence_expiring"]), (0, ["licence_expiring"])]
)
def test_the_notice_comes_within_sixty_days(days: int, expected: list[str]):
    application = an_admitted(licence_until=clock.today() + timedelta(days=days))
    remind(clock.today())
    assert told(application) == expected


def test_each_notice_is_given_once_and_another_one_after_the_end():
    until = clock.today() + timedelta(days=10)
    application = an_admitted(licence_until=until)
    assert remind(clock.today()) == 1
    assert remind(clock.today() + timedelta(days=1)) == 0
    assert remind(until + timedelta(days=1)) == 1
    assert told(application) == ["licence_expiring", "licence_expired"]
    notice = Notice.objects.filter(user=application.applicant, kind="licence_expiring").get()
    assert until.isoformat() in text_of(notice)
    assert notice.url == "/suppliers/application/"


def test_an_imported_supplier_is_told_by_the_end_that_stands_with_it():
    supplier = a_supplier(licence_expires_on=clock.today() + timedelta(days=10))
    owner, clerk = an_actor(supplier, "supplier_admin"), an_actor(supplier, "supplier_clerk")
    for actor in (owner, clerk):
        assert actor.user is not None
        actor.user.set_password("x")
        actor.user.save()
    run_night(NightContext(1, clock.today(), clock.today() - timedelta(days=1)))
    assert [notice.user_id for notice in Notice.objects.all()] == [owner.user_id]
    assert run_night(NightContext(1, clock.today(), clock.today() - timedelta(days=1)))["notices"] == 0


def test_the_page_of_the_admission_shows_what_is_in_force_and_until_when():
    until = clock.today() + timedelta(days=10)
    application = an_admitted(licence_until=until)
    page = client_of(application.applicant).get("/suppliers/application/").content.decode()
    assert until.isoformat() in page
    assert application.licences.get().number in page
    assert f'href="/suppliers/application/{application.pk}/"' in page
    owner = an_actor(a_supplier(licence_expires_on=until), "supplier_admin")
    assert owner.user is not None
    assert until.isoformat() in client_of(owner.user).get("/suppliers/application/").content.decode()


def test_the_home_page_offers_the_renewal_until_it_is_handed_in():
    application = an_admitted(licence_until=clock.today() + timedelta(days=10))
    client = client_of(application.applicant)
    assert 'href="/suppliers/application/"' in client.get("/").content.decode()
    assert client.get("/suppliers/application/").status_code == 200
    answer = client.post("/suppliers/application/renew/")
    renewal = Application.objects.get(kind="renewal")
    assert answer["Location"] == f"/suppliers/application/{renewal.pk}/"
    owner = actor_of(application.applicant)
    a_licence(renewal, actor=owner)
    submit_application(actor=owner, application_id=renewal.pk)
    work_list = client.get("/").context["items"]
    # Only the first offer is left to make.
    assert [item.url for item in work_list] == ["/supplier/listings/new/"]
    assert remind(clock.today()) == 0


def test_two_clicks_make_one_renewal():
    owner = actor_of(an_admitted().applicant)
    assert begin_renewal(actor=owner) == begin_renewal(actor=owner)


def test_the_staff_find_suppliers_whose_licence_ends_within_sixty_days():
    a_supplier(licence_expires_on=clock.today() + timedelta(days=59))
    page = signed_in("onboarding").get("/").content.decode()
    assert "/admin/accounts/organisation/?licence=ending" in page
