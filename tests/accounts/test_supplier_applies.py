"""A supplier registers and states what is asked; nothing typed is lost, and only what is right is submitted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse

from accounts.actor import actor_of
from accounts.errors import ApplicationChanged, ApplicationIncomplete, NotEditable
from accounts.models import Application, ApplicationEvent, ApplicationVersion, Licence, User
from accounts.services import licences
from accounts.services.applications import save_draft, submit_application
from tests.factories import (
    a_category,
    a_licence,
    a_region,
    a_registered,
    a_scan,
    a_submitted,
    applicant_of,
    stated,
)
from tests.factories.accounts import client_of, signed_in
from zcy import clock
from zcy.errors import Missing
from zcy.models import AuditEntry

pytestmark = pytest.mark.django_db
REGISTER = {
    "company": "杭州晨光贸易有限公司",
    "person": "孙丽",
    "email": "sun@example.com",
    "username": "sunli",
    "password": "quite-Long-9-secret",
    "repeated": "quite-Long-9-secret",
}


def posted(application: Application, **values: object) -> dict[str, object]:
    return {"version": application.version, **values}


def test_registering_makes_person_company_and_application_and_signs_in():
    client = Client()
    assert client.get("/suppliers/register/").status_code == 200
    answer = client.post("/suppliers/register/", {**REGISTER, "region": a_region().code})
    application = Application.objects.get()
    assert answer["Location"] == f"/suppliers/application/{application.pk}/"
    assert not application.organisation.active
    assert application.organisation.uscc == ""
    # Before the approval the person may do nothing for the company.
    assert actor_of(User.objects.get(username="sunli")).roles == frozenset()
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert "杭州晨光贸易有限公司" in page.content.decode()
    assert AuditEntry.objects.filter(action="application.registered").exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"username": "taken"}, "username"),
        ({"password": "1234567890", "repeated": "1234567890"}, "password"),
        ({"repeated": "another-Long-9"}, "repeated"),
        ({"email": "no address"}, "email"),
        ({"company": " "}, "company"),
        ({"region": "999999"}, "region"),
    ],
)
def test_a_wrong_registration_is_said_beside_its_field(typed: dict[str, str], field: str):
    User.objects.create_user("taken")
    answer = Client().post("/suppliers/register/", {**REGISTER, "region": a_region().code, **typed})
    assert answer.status_code == 400
    assert answer.context["form"].errors[field]
    assert not Application.objects.exists()


def test_registering_is_throttled_by_address(settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "register_supplier": "2/h/ip"}
    answers = [Client().post("/suppliers/register/", {}, REMOTE_ADDR="192.0.2.7") for _try in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 429]


def test_the_second_sign_in_goes_on_with_the_application():
    application = a_registered()
    client = client_of(application.applicant)
    page = client.get("/").content.decode()
    assert f"/suppliers/application/{application.pk}/" in page
    assert client.get("/suppliers/application/")["Location"] == f"/suppliers/application/{application.pk}/"
    assert client.get("/suppliers/register/")["Location"] == "/suppliers/application/"


def test_visitors_find_the_way_to_register():
    for page in ("/", "/account/login/"):
        assert 'href="/suppliers/register/"' in Client().get(page).content.decode()


def test_a_draft_keeps_whatever_was_typed_even_if_it_is_wrong():
    application = a_registered()
    client = client_of(application.applicant)
    address = f"/suppliers/application/{application.pk}/"
    typed = {
        "uscc": "不是代码",
        "founded_on": "去年",
        "bank_account": "12",
        "delivery_regions": ["330100", "x"],
    }
    answer = client.post(address, posted(application, **typed, action="save"))
    assert answer.status_code == 302
    application.refresh_from_db()
    assert application.typed["uscc"] == "不是代码"
    assert application.typed["delivery_regions"] == ["330100", "x"]
    page = client.get(address)
    assert "不是代码" in page.content.decode()
    assert {"uscc", "bank_account", "founded_on"} <= set(page.context["form"].errors)
    # What is still empty is not complained about yet.
    assert "legal_person" not in page.context["form"].errors


def test_what_the_database_cannot_hold_is_left_out_of_a_draft():
    application = a_registered()
    answer = client_of(application.applicant).post(
        f"/suppliers/application/{application.pk}/", posted(application, name="a\0b", action="save")
    )
    assert answer.status_code == 302
    application.refresh_from_db()
    assert application.typed["name"] == "ab"


def test_submitting_names_what_is_missing_and_keeps_the_rest():
    application = a_registered()
    client = client_of(application.applicant)
    answer = client.post(
        f"/suppliers/application/{application.pk}/",
        posted(application, name="杭州晨光", legal_person="钱一", action="submit"),
    )
    assert answer.status_code == 400
    assert {"uscc", "region", "bank_account", "categories"} <= set(answer.context["form"].errors)
    # Everything at once: the licence is asked for together with the fields.
    assert answer.context["form"].non_field_errors()
    application.refresh_from_db()
    assert (application.state, application.typed["legal_person"]) == ("draft", "钱一")


def test_without_a_business_licence_nothing_is_submitted():
    application = a_registered()
    actor = applicant_of(application)
    save_draft(actor=actor, application_id=application.pk, typed=stated())
    with pytest.raises(ApplicationIncomplete):
        submit_application(actor=actor, application_id=application.pk)
    a_licence(application, kind="permit")
    with pytest.raises(ApplicationIncomplete):
        submit_application(actor=actor, application_id=application.pk)
    a_licence(application)
    submit_application(actor=actor, application_id=application.pk)


def test_the_whole_way_to_submission_through_the_pages():
    application = a_registered()
    category = a_category()
    client = client_of(application.applicant)
    address = f"/suppliers/application/{application.pk}/"
    upload = SimpleUploadedFile("licence.png", a_scan().getvalue(), "image/png")
    form = stated(categories=[category.code])
    licence = {
        "licence-kind": "business",
        "licence-number": "913301",
        "licence-expires_on": (clock.today() + timedelta(days=400)).isoformat(),
        "licence-file": upload,
    }
    answer = client.post(address, posted(application, **form, **licence, action="add_licence"))
    assert answer.status_code == 302
    application.refresh_from_db()
    assert application.typed["legal_person"] == form["legal_person"]
    answer = client.post(address, posted(application, **form, action="submit"))
    assert answer.status_code == 302
    version = ApplicationVersion.objects.get()
    assert version.values["uscc"] == form["uscc"]
    assert version.licences[0]["number"] == "913301"
    application.refresh_from_db()
    assert application.state == "submitted"
    steps = list(ApplicationEvent.objects.values_list("step", flat=True))
    assert steps == ["registered", "licence_added", "submitted"]


def test_a_wrong_licence_keeps_what_was_typed_of_it_and_of_the_rest():
    application = a_registered()
    broken = SimpleUploadedFile("licence.pdf", b"no pdf at all", "application/pdf")
    answer = client_of(application.applicant).post(
        f"/suppliers/application/{application.pk}/",
        posted(
            application,
            legal_person="钱一",
            **{"licence-kind": "business", "licence-number": "913301", "licence-file": broken},
            action="add_licence",
        ),
    )
    assert answer.status_code == 400
    assert answer.context["licence_form"].errors["file"]
    page = answer.content.decode()
    assert 'value="913301"' in page
    assert 'value="钱一"' in page
    assert not Licence.objects.exists()


@pytest.mark.parametrize(("action", "state"), [("save", "draft"), ("submit", "submitted")])
def test_a_licence_that_is_filled_in_goes_along_with_any_button(action: str, state: str):
    application = a_registered()
    form = stated(categories=[a_category().code])
    upload = SimpleUploadedFile("licence.png", a_scan().getvalue(), "image/png")
    licence = {"licence-kind": "business", "licence-number": "913301", "licence-file": upload}
    answer = client_of(application.applicant).post(
        f"/suppliers/application/{application.pk}/", posted(application, **form, **licence, action=action)
    )
    assert answer.status_code == 302
    assert Licence.objects.get().number == "913301"
    application.refresh_from_db()
    assert application.state == state


def test_a_licence_that_is_half_filled_in_is_asked_for_before_the_application_is_submitted():
    application = a_registered()
    a_licence(application)
    application.refresh_from_db()
    form = stated(categories=[a_category().code])
    answer = client_of(application.applicant).post(
        f"/suppliers/application/{application.pk}/",
        posted(application, **form, **{"licence-kind": "permit", "licence-number": "77"}, action="submit"),
    )
    assert answer.status_code == 400
    assert answer.context["licence_form"].errors["file"]
    assert 'value="77"' in answer.content.decode()
    application.refresh_from_db()
    assert application.state == "draft"


def test_a_licence_is_removed_and_its_trace_stays():
    application = a_registered()
    licence = a_licence(application)
    application.refresh_from_db()
    client = client_of(application.applicant)
    address = f"/suppliers/application/{application.pk}/"
    client.post(address, posted(application, action=f"remove_licence:{licence.pk}"))
    licence.refresh_from_db()
    assert licence.removed_at is not None
    assert ApplicationEvent.objects.filter(step="licence_removed").count() == 1
    # A second click, and a licence of somebody else, change nothing.
    application.refresh_from_db()
    other = a_licence(a_registered())
    client.post(address, posted(application, action=f"remove_licence:{other.pk}"))
    other.refresh_from_db()
    assert other.removed_at is None


def test_files_cannot_be_heaped_up_by_uploading_and_removing(monkeypatch):
    monkeypatch.setattr(licences, "MOST_LICENCES", 2)
    monkeypatch.setattr(licences, "MOST_UPLOADS", 3)
    application = a_registered()
    first = a_licence(application)
    a_licence(application)
    with pytest.raises(ValidationError):
        a_licence(application)
    actor = applicant_of(application)
    licences.remove_licence(actor=actor, application_id=application.pk, licence_id=first.pk)
    third = a_licence(application)
    licences.remove_licence(actor=actor, application_id=application.pk, licence_id=third.pk)
    with pytest.raises(ValidationError):
        a_licence(application)


def test_in_review_nothing_changes():
    application = a_submitted()
    actor = applicant_of(application)
    with pytest.raises(NotEditable):
        save_draft(actor=actor, application_id=application.pk, typed={})
    with pytest.raises(NotEditable):
        submit_application(actor=actor, application_id=application.pk)
    page = client_of(application.applicant).get(f"/suppliers/application/{application.pk}/")
    assert page.context["form"] is None
    assert application.typed["uscc"] in page.content.decode()


def test_two_windows_do_not_overwrite_each_other_unseen():
    application = a_registered()
    actor = applicant_of(application)
    first = application.version
    save_draft(actor=actor, application_id=application.pk, typed={"name": "甲"}, version=first)
    with pytest.raises(ApplicationChanged):
        save_draft(actor=actor, application_id=application.pk, typed={"name": "乙"}, version=first)
    client = client_of(application.applicant)
    address = f"/suppliers/application/{application.pk}/"
    answer = client.post(address, {"version": first, "name": "乙", "action": "save"})
    assert answer.status_code == 409
    assert [row[1:] for row in answer.context["differing"]] == [("甲", "乙")]
    application.refresh_from_db()
    assert f'name="version" value="{application.version}"' in answer.content.decode()


def test_an_application_is_nobody_elses():
    application = a_registered()
    for client in (client_of(a_registered().applicant), signed_in("supplier_admin"), signed_in("purchaser")):
        assert client.get(f"/suppliers/application/{application.pk}/").status_code == 404
    with pytest.raises(Missing):
        save_draft(actor=applicant_of(a_registered()), application_id=application.pk, typed={})
    assert Client().get(f"/suppliers/application/{application.pk}/").status_code == 302


def test_a_company_has_one_open_application():
    application = a_registered()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(
            organisation=application.organisation, kind="renewal", applicant=application.applicant
        )


@pytest.mark.parametrize("table", ["accounts_applicationversion", "accounts_applicationevent"])
def test_versions_and_steps_are_never_changed(table: str):
    a_submitted()
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET at = now()")


def test_an_unadmitted_company_has_no_public_page():
    application = a_registered()
    assert Client().get(f"/stores/{application.organisation_id}/").status_code == 404


def test_the_page_of_an_application_costs_the_same_with_many_licences(django_assert_max_num_queries):
    application = a_registered()
    client = client_of(application.applicant)
    for _licence in range(10):
        a_licence(application)
    address = reverse("application", args=[application.pk])
    client.get(address)
    with django_assert_max_num_queries(25) as ten:
        client.get(address)
    for _licence in range(20):
        a_licence(application)
    with django_assert_max_num_queries(len(ten.captured_queries)):
        client.get(address)
