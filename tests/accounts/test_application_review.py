"""The onboarding staff send back field by field, or approve; nobody decides on their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import actor_of
from accounts.errors import (
    ApplicationChanged,
    ApplicationIncomplete,
    CodeTaken,
    NotEditable,
    OwnOrganisation,
)
from accounts.models import Application, ExclusionEntry, Licence, Membership, Notice, SupplierProfile
from accounts.onboarding.findings import Finding, findings_of
from accounts.services.applications import begin_renewal, save_draft, submit_application
from accounts.services.decide_application import approve_application, open_review, return_application
from tests.factories import (
    a_code,
    a_licence,
    a_registered,
    a_submitted,
    a_supplier,
    an_actor,
    an_admitted,
    applicant_of,
    somebody_of_the_operator,
    stated,
)
from tests.factories.accounts import client_of, signed_in
from zcy import clock
from zcy.errors import NotAllowed
from zcy.models import AuditEntry

pytestmark = pytest.mark.django_db


def staff():
    return somebody_of_the_operator("onboarding")


def approve(application: Application, actor=None, text: str = ""):
    application.refresh_from_db()
    return approve_application(
        actor=actor or staff(), application_id=application.pk, version=application.version, text=text
    )


def send_back(application: Application, actor=None, **remarks: str):
    application.refresh_from_db()
    return return_application(
        actor=actor or staff(), application_id=application.pk, remarks=remarks, version=application.version
    )


def found(application: Application, field: str) -> list[tuple[str, bool]]:
    application.refresh_from_db()
    return [(f.tone, f.blocks) for f in findings_of(application) if f.field == field]


def serious(application: Application) -> list[Finding]:
    application.refresh_from_db()
    return [finding for finding in findings_of(application) if finding.tone == "serious"]


def test_an_approval_lets_the_company_trade_with_its_first_administrator():
    application = a_submitted(licence_until=clock.today() + timedelta(days=400))
    approve(application)
    organisation = application.organisation
    organisation.refresh_from_db()
    assert organisation.active
    assert organisation.uscc == application.typed["uscc"]
    assert organisation.licence_expires_on == clock.today() + timedelta(days=400)
    actor = actor_of(application.applicant)
    assert (actor.organisation_id, actor.roles) == (organisation.pk, frozenset(["supplier_admin"]))
    profile = SupplierProfile.objects.get()
    assert profile.bank_account == application.typed["bank_account"]
    assert [region.code for region in profile.delivery_regions.all()] == ["330100"]
    assert Licence.objects.get().accepted_at is not None
    assert Notice.objects.get(user=application.applicant).kind == "application_approved"
    assert AuditEntry.objects.filter(action="application.approved").exists()
    assert client_of(application.applicant).get("/supplier/listings/").status_code == 200


def test_what_was_sent_back_is_marked_beside_the_fields_mended_and_compared():
    application = a_submitted()
    send_back(application, bank_account="账号少一位", legal_person="与执照不符")
    client = client_of(application.applicant)
    assert Notice.objects.get(user=application.applicant).kind == "application_returned"
    page = client.get(f"/suppliers/application/{application.pk}/").content.decode()
    assert "账号少一位" in page
    assert "与执照不符" in page
    application.refresh_from_db()
    before = application.typed
    mended = {**before, "bank_account": "6217000011112222", "legal_person": "钱正"}
    save_draft(actor=applicant_of(application), application_id=application.pk, typed=mended)
    submit_application(actor=applicant_of(application), application_id=application.pk)
    assert list(application.versions.values_list("number", flat=True)) == [1, 2]
    review = signed_in("onboarding").get(f"/admin/accounts/application/{application.pk}/review/")
    text = review.content.decode()
    assert f"<del>{before['legal_person']}</del> <ins>钱正</ins>" in text
    assert "账号少一位" in text
    assert "<ins>" + before["name"] not in text


def test_to_send_back_needs_a_remark_beside_a_field():
    application = a_submitted()
    with pytest.raises(ApplicationIncomplete):
        send_back(application, legal_person="  ", nonsense="x")
    browser = signed_in("onboarding")
    address = f"/admin/accounts/application/{application.pk}/review/"
    answer = browser.post(address, {"version": application.version, "return": "1", "text": "整体不清楚"})
    assert answer.status_code == 400
    assert "整体不清楚" in answer.content.decode()


def test_remarks_that_were_typed_are_kept_when_the_version_moved_on():
    application = a_submitted()
    browser = signed_in("onboarding")
    answer = browser.post(
        f"/admin/accounts/application/{application.pk}/review/",
        {"version": application.version + 1, "return": "1", "remark-phone": "打不通"},
    )
    assert answer.status_code == 409
    assert "打不通" in answer.content.decode()


def test_a_second_reviewer_is_told_and_the_later_decision_is_refused():
    application = a_submitted()
    first, second = staff(), staff()
    seen = application.version
    assert open_review(actor=first, application=application) is None
    application.refresh_from_db()
    assert open_review(actor=second, application=application) == first.user
    assert open_review(actor=first, application=application) is None
    send_back(application, first, name="请写全称")
    with pytest.raises(NotEditable):
        approve_application(actor=second, application_id=application.pk, version=seen)
    save_draft(actor=applicant_of(application), application_id=application.pk, typed=stated())
    submit_application(actor=applicant_of(application), application_id=application.pk)
    with pytest.raises(ApplicationChanged):
        approve_application(actor=second, application_id=application.pk, version=seen)


def test_a_review_left_open_for_a_quarter_of_an_hour_counts_no_more(monkeypatch):
    application = a_submitted()
    first, second = staff(), staff()
    open_review(actor=first, application=application)
    application.refresh_from_db()
    later = clock.now() + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert open_review(actor=second, application=application) is None


def test_nobody_decides_on_their_own_organisation():
    application = a_submitted()
    operator = staff().organisation
    assert operator is not None
    applicant = an_actor(operator, "onboarding", user=application.applicant)
    with pytest.raises(OwnOrganisation):
        approve(application, applicant)
    member = staff()
    assert member.user is not None
    Membership.objects.create(user=member.user, organisation=application.organisation, role="supplier_clerk")
    with pytest.raises(OwnOrganisation):
        send_back(application, member, name="x")


def test_the_database_refuses_an_applicant_who_decides():
    application = a_submitted()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(decided_by=application.applicant)


def test_only_onboarding_staff_decide_and_others_do_not_see():
    application = a_submitted()
    address = f"/admin/accounts/application/{application.pk}/review/"
    with pytest.raises(NotAllowed):
        approve(application, somebody_of_the_operator("catalog"))
    assert signed_in("catalog").get(address).status_code in (403, 404)
    assert signed_in("supervisor").get(address).status_code in (403, 404)
    auditor = signed_in("auditor")
    assert auditor.get(address).status_code == 200
    assert auditor.post(address, {"version": application.version, "approve": "1"}).status_code == 403


def test_the_checklist_of_a_clean_application_is_green():
    application = a_submitted()
    assert {finding.tone for finding in findings_of(application)} == {"good"}


def test_the_code_tells_where_it_was_given_out():
    assert found(a_submitted(uscc=a_code("330203")), "region") == [("watch", False)]
    # A city's authority registers companies of its counties.
    assert found(a_submitted(uscc=a_code("330100")), "region") == [("good", False)]


@pytest.mark.parametrize(
    ("field", "tone"),
    [("uscc", "serious"), ("name", "serious"), ("bank_account", "serious"), ("phone", "watch")],
)
def test_a_twin_is_found_by_what_it_shares(field: str, tone: str):
    first = an_admitted()
    second = a_submitted(**{field: first.typed[field]})
    tones = [t for t, _blocks in found(second, field)]
    assert tone in tones


def test_a_twin_is_found_among_applications_that_are_still_open():
    first = a_submitted(legal_person="钱同名")
    second = a_submitted(legal_person="钱同名")
    finding = next(f for f in findings_of(second) if f.field == "legal_person")
    assert finding.links == ((f"/admin/accounts/application/{first.pk}/review/", first.typed["name"]),)


def test_a_name_is_the_same_with_other_brackets():
    a_supplier(name="晨光(杭州)有限公司")
    assert ("serious", False) in found(a_submitted(name="晨光（杭州） 有限公司"), "name")


def test_a_serious_finding_is_approved_only_with_a_word():
    first = an_admitted()
    application = a_submitted(bank_account=first.typed["bank_account"])
    with pytest.raises(ApplicationIncomplete):
        approve(application)
    approve(application, text="同一集团，已核实授权书。")


def test_whoever_stands_on_the_exclusion_list_is_not_admitted():
    application = a_submitted()
    entry = ExclusionEntry.objects.create(
        name="x",
        uscc=application.typed["uscc"],
        reason="提供虚假材料",
        authority="浙江省财政厅",
        begins_on=clock.today() - timedelta(days=10),
        ends_on=clock.today(),
    )
    assert ("serious", True) in found(application, "uscc")
    with pytest.raises(Exception, match=r".+") as refused:
        approve(application, text="x")
    assert refused.value.code == "still_excluded"  # type: ignore[attr-defined]
    entry.ends_on = clock.today() - timedelta(days=1)
    entry.save()
    approve(application)


@pytest.mark.parametrize(
    ("days", "tone", "blocks"),
    [(-1, "serious", True), (0, "watch", False), (59, "watch", False), (60, "good", False)],
)
def test_a_licence_by_its_end(days: int, tone: str, blocks: bool):
    application = a_submitted(licence_until=clock.today() + timedelta(days=days))
    assert found(application, "licences") == [(tone, blocks)]


def test_a_code_that_another_company_has_already_is_refused_by_the_database():
    first = an_admitted()
    second = a_submitted(uscc=first.typed["uscc"])
    with pytest.raises(CodeTaken):
        approve(second, text="x")
    second.organisation.refresh_from_db()
    assert not second.organisation.active


def test_a_renewal_replaces_the_licence_and_keeps_the_old_one_until_then():
    admitted = an_admitted(licence_until=clock.today() + timedelta(days=20))
    owner = actor_of(admitted.applicant)
    renewal = begin_renewal(actor=owner)
    assert begin_renewal(actor=owner).pk == renewal.pk
    assert renewal.typed["uscc"] == admitted.typed["uscc"]
    a_licence(renewal, actor=owner, expires_on=clock.today() + timedelta(days=900))
    submit_application(actor=owner, application_id=renewal.pk)
    organisation = admitted.organisation
    organisation.refresh_from_db()
    assert organisation.licence_expires_on == clock.today() + timedelta(days=20)
    assert not serious(renewal)
    approve(renewal)
    organisation.refresh_from_db()
    assert organisation.licence_expires_on == clock.today() + timedelta(days=900)
    assert Licence.objects.in_force().get().application_id == renewal.pk
    with pytest.raises(NotAllowed):
        begin_renewal(actor=applicant_of(a_registered()))


def test_the_work_list_is_searched_by_what_was_stated():
    one, other = a_submitted(name="晨光甲公司"), a_submitted(name="得力乙公司")
    browser = signed_in("onboarding")
    for query in ("晨光", one.typed["uscc"]):
        page = browser.get("/admin/accounts/application/", {"q": query}).content.decode()
        assert f"/{one.pk}/review/" in page
        assert f"/{other.pk}/review/" not in page
    for address in ("?state__exact=approved", "?state__exact=x", "?q=%00"):
        assert browser.get(f"/admin/accounts/application/{address}").status_code in (200, 302)


def test_the_work_list_counts_what_waits_and_costs_the_same_at_ten_and_forty(django_assert_max_num_queries):
    for _row in range(10):
        a_submitted()
    browser = signed_in("onboarding")
    home = browser.get("/").content.decode()
    assert "/admin/accounts/application/?state__exact=submitted" in home
    address = "/admin/accounts/application/?state__exact=submitted"
    browser.get(address)
    with django_assert_max_num_queries(30) as ten:
        assert browser.get(address).content.decode().count("/review/") == 10
    for _row in range(30):
        a_submitted()
    with django_assert_max_num_queries(len(ten.captured_queries)):
        assert browser.get(address).content.decode().count("/review/") == 40


def test_papers_and_bank_account_stand_with_the_organisation_for_those_who_admit_only():
    application = an_admitted()
    address = f"/admin/accounts/organisation/{application.organisation_id}/change/"
    account, paper = application.typed["bank_account"], application.licences.get().url
    page = signed_in("onboarding").get(address).content.decode()
    assert account in page
    assert paper in page
    for role in ("supervisor", "catalog", "service"):
        page = signed_in(role).get(address).content.decode()
        assert application.organisation.name in page
        assert account not in page
        assert paper not in page


def test_remarks_typed_while_somebody_else_decided_are_shown_again() -> None:
    application = a_submitted()
    browser = signed_in("onboarding")
    address = f"/admin/accounts/application/{application.pk}/review/"
    data = {"version": application.version, "return": "1", "remark-uscc": "代码与执照不符", "text": "请尽快"}
    assert browser.post(address, data).status_code == 302
    answer = browser.post(address, data | {"remark-uscc": "另一位同事的意见"})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "另一位同事的意见" in html
    assert "请尽快" in html
    assert "另一位同事的意见" not in browser.get(address).content.decode()
