"""A supplier sends the certificate of a policy label; the operator compares, enters it or sends it back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.actor import Actor
from accounts.models import Notice, RegionSetting
from accounts.onboarding.files import check_file
from catalog import services
from catalog.errors import ListingRefused, WrongState
from catalog.models import (
    CatalogRequest,
    CertificatePaper,
    Good,
    GoodChange,
    GoodLabel,
    ListingAlert,
    RequestState,
)
from catalog.models.catalog_requests import CERTIFICATES_FOLDER
from tests.catalog.factories import (
    a_buyer_actor,
    a_catalog_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_staff_client,
    a_supplier_actor,
)
from tests.factories import a_scan
from zcy import clock, workdays
from zcy.errors import Conflict, Missing, NotAllowed

pytestmark = pytest.mark.django_db

LABEL = "energy_saving"


@pytest.fixture(autouse=True)
def in_english(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.LANGUAGE_CODE = "en"
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield


@pytest.fixture
def seller() -> Actor:
    return a_supplier_actor()


@pytest.fixture
def good(seller: Actor) -> Good:
    """Offered by the seller, with a label whose certificate ends in thirty days."""
    good = a_listing_on_sale(supplier=seller.organisation).good
    GoodLabel.objects.create(good=good, label=LABEL, certificate="CQC1", expires_on=in_days(30))
    services.refresh_alerts()
    return good


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


def a_paper(actor: Actor, name: str = "证书.png") -> CertificatePaper:
    scan = a_scan()
    checked = check_file(scan, len(scan.getvalue()), folder=CERTIFICATES_FOLDER)
    return services.keep_paper(actor=actor, checked=checked, file_name=name)


def sent(actor: Actor, good: Good, certificate: str = "CQC2", **values: Any) -> CatalogRequest:
    values.setdefault("label", LABEL)
    values.setdefault("expires_on", in_days(900))
    paper = values.pop("paper", None) or a_paper(actor)
    return services.send_certificate(
        actor=actor, good_id=good.pk, certificate=certificate, paper_id=paper.pk, **values
    )


def typed(**values: Any) -> dict[str, Any]:
    return {
        "label": LABEL,
        "certificate": "CQC2",
        "issued_on": str(in_days(-5)),
        "expires_on": str(in_days(900)),
        "file": SimpleUploadedFile("证书.png", a_scan().getvalue()),
    } | values


def kept_paper(page: str) -> str:
    return page.split('name="paper" value="')[1].split('"')[0]


def test_the_notice_of_an_ending_certificate_leads_to_the_form_and_what_was_sent_ends_the_warning(
    seller: Actor, good: Good
) -> None:
    services.tell_suppliers()
    notice = Notice.objects.get(user=seller.user)
    assert notice.url == f"/supplier/certificates/{good.pk}/"
    browser = a_client_of(seller)
    page = browser.get(notice.url).content.decode()
    assert "CQC1" in page
    assert '<option value="energy_saving" selected>' in page, "the label whose certificate ends"
    answer = browser.post(notice.url, typed())
    assert answer.status_code == 302
    asked = CatalogRequest.objects.get()
    assert (asked.good, asked.label, asked.name, asked.state) == (good, LABEL, "CQC2", RequestState.WAITING)
    assert not ListingAlert.objects.exists()
    listed = browser.get("/supplier/requests/").content.decode()
    assert "CQC2" in listed
    assert good.name in listed


def test_a_granted_certificate_stands_on_the_good_with_its_history_and_the_old_one_is_gone(
    seller: Actor, good: Good
) -> None:
    staff = a_catalog_actor()
    old = good.certificates.get()
    asked = sent(seller, good)
    with pytest.raises(NotAllowed):
        services.answer_certificate(actor=seller, request_id=asked.pk, grant=True)
    services.answer_certificate(
        actor=staff, request_id=asked.pk, grant=True, replaces=[old.pk], answer="已核验"
    )
    good.refresh_from_db()
    assert good.labels == [LABEL]
    assert list(good.certificates.values_list("certificate", "expires_on")) == [("CQC2", in_days(900))]
    change = GoodChange.objects.latest("id")
    assert change.author == staff.user
    assert change.note == "已核验"
    assert [("CQC1" in text, "CQC2" in text) for text in change.changes["certificates"]] == [
        (True, False),
        (False, True),
    ]
    asked.refresh_from_db()
    assert (asked.state, asked.replaced) == (RequestState.GRANTED, {"CQC1": str(in_days(30))})
    notice = Notice.objects.get(user=seller.user, kind="certificate_granted")
    assert notice.url == f"/goods/{good.pk}/"
    assert not ListingAlert.objects.exists()
    with pytest.raises(WrongState):
        services.answer_certificate(actor=staff, request_id=asked.pk, grant=True)


def test_one_that_is_not_replaced_stays_and_one_of_another_label_cannot_be(seller: Actor, good: Good) -> None:
    green = GoodLabel.objects.create(good=good, label="green", certificate="G1")
    asked = sent(seller, good)
    services.answer_certificate(actor=a_catalog_actor(), request_id=asked.pk, grant=True, replaces=[green.pk])
    assert set(good.certificates.values_list("certificate", flat=True)) == {"CQC1", "CQC2", "G1"}


def test_a_renewal_under_the_same_number_moves_its_last_day(seller: Actor, good: Good) -> None:
    asked = sent(seller, good, "CQC1")
    services.answer_certificate(actor=a_catalog_actor(), request_id=asked.pk, grant=True)
    assert good.certificates.get().expires_on == in_days(900)


def test_what_is_sent_back_has_published_reasons_warns_again_and_comes_back_filled_in(
    seller: Actor, good: Good
) -> None:
    staff = a_catalog_actor()
    asked = sent(seller, good, remark="换证")
    for reasons in ([], ["price_too_high"]):
        with pytest.raises(ListingRefused):
            services.answer_certificate(actor=staff, request_id=asked.pk, grant=False, reasons=reasons)
    services.answer_certificate(
        actor=staff, request_id=asked.pk, grant=False, reasons=["certificate_unreadable"], answer="第二页模糊"
    )
    assert good.certificates.get().certificate == "CQC1"
    assert ListingAlert.objects.count() == 1
    notice = Notice.objects.get(kind="certificate_declined")
    assert notice.url == f"/supplier/certificates/{good.pk}/?again={asked.pk}"
    browser = a_client_of(seller)
    page = browser.get(notice.url).content.decode()
    for text in ("CQC2", "换证", "第二页模糊", "Scan that cannot be read", str(in_days(900))):
        assert text in page
    assert kept_paper(page) == str(asked.paper_id), "the scan need not be chosen again"
    again = browser.post(notice.url, {name: value for name, value in typed().items() if name != "file"} | {
        "paper": str(asked.paper_id), "certificate": "CQC2-B"
    })  # fmt: skip
    assert again.status_code == 302
    assert f"?again={asked.pk}" in browser.get("/supplier/requests/").content.decode()


def test_a_second_click_sends_nothing_new_and_another_certificate_waits_its_turn(
    seller: Actor, good: Good
) -> None:
    first = sent(seller, good)
    assert sent(seller, good) == first
    with pytest.raises(Conflict, match="CQC2"):
        sent(seller, good, "CQC3")
    assert sent(seller, good, "G7", label="green") != first
    browser = a_client_of(seller)
    answer = browser.post(f"/supplier/certificates/{good.pk}/", typed(certificate="CQC3"))
    assert answer.status_code == 409
    assert 'value="CQC3"' in answer.content.decode()
    assert CatalogRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("label", "", 400),
        ("label", "halal", 400),
        ("certificate", "", 400),
        ("certificate", "——", 400),
        ("certificate", "1" * 81, 400),
        ("certificate", "a\x00b", 400),
        ("issued_on", str(date(2999, 1, 1)), 400),
        ("expires_on", "2020-01-01", 400),
        ("expires_on", "9999-12-31", 400),
        ("expires_on", "next year", 400),
        ("remark", "x" * 1001, 400),
    ],
)
def test_a_wrong_field_is_named_and_neither_the_rest_nor_the_scan_is_lost(
    seller: Actor, good: Good, field: str, value: str, status: int
) -> None:
    browser = a_client_of(seller)
    url = f"/supplier/certificates/{good.pk}/"
    answer = browser.post(url, typed(**{"remark": "换证", field: value}))
    assert answer.status_code == status
    page = answer.content.decode()
    assert f'href="#id_{field}"' in page
    assert not CatalogRequest.objects.exists()
    paper = CertificatePaper.objects.get()
    assert kept_paper(page) == str(paper.pk)
    mended = {name: value for name, value in typed().items() if name != "file"} | {"paper": kept_paper(page)}
    assert browser.post(url, mended).status_code == 302
    assert CatalogRequest.objects.get().paper == paper


def test_it_does_not_end_before_it_was_issued_and_is_not_the_one_that_is_known(
    seller: Actor, good: Good
) -> None:
    browser = a_client_of(seller)
    url = f"/supplier/certificates/{good.pk}/"
    answer = browser.post(url, typed(issued_on=str(in_days(0)), expires_on=str(in_days(-0))))
    assert answer.status_code == 302, "issued and ending on one day"
    CatalogRequest.objects.all().delete()
    known = browser.post(url, typed(certificate="CQC1", expires_on=str(in_days(30))))
    assert known.status_code == 400
    assert "already" in known.content.decode()


@pytest.mark.parametrize("content", [b"", b"no paper", b"<html><script>alert(1)</script></html>"])
def test_a_file_that_is_no_paper_is_refused_by_its_content(seller: Actor, good: Good, content: bytes) -> None:
    file = SimpleUploadedFile("证书.pdf", content)
    answer = a_client_of(seller).post(f"/supplier/certificates/{good.pk}/", typed(file=file))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'href="#id_file"' in page
    assert 'value="CQC2"' in page
    assert not CertificatePaper.objects.exists()


def test_without_a_scan_nothing_is_sent(seller: Actor, good: Good) -> None:
    stranger = a_paper(a_supplier_actor())
    for paper in ("", "0", "x", str(stranger.pk), "9" * 30):
        values = {name: value for name, value in typed().items() if name != "file"} | {"paper": paper}
        assert a_client_of(seller).post(f"/supplier/certificates/{good.pk}/", values).status_code == 400
    assert not CatalogRequest.objects.exists()


def test_only_who_offers_the_good_sends_its_certificate(seller: Actor, good: Good) -> None:
    other = a_supplier_actor()
    with pytest.raises(Missing):
        sent(other, good)
    assert a_client_of(other).get(f"/supplier/certificates/{good.pk}/").status_code == 404
    assert a_client_of(seller).get("/supplier/certificates/0/").status_code == 404
    with pytest.raises(NotAllowed):
        services.send_certificate(
            actor=a_buyer_actor(), good_id=good.pk, label=LABEL, certificate="C", paper_id=1
        )
    with pytest.raises(Missing):
        sent(seller, a_good(model="other"))
    with pytest.raises(ListingRefused):
        sent(seller, good, expires_on=in_days(-1))


def test_the_scan_is_shown_to_its_supplier_and_to_the_staff_once_it_was_sent(
    seller: Actor, good: Good, settings: Any
) -> None:
    paper = a_paper(seller)
    office = a_staff_client(settings)
    assert a_client_of(seller).get(paper.url).status_code == 200
    assert office.get(paper.url).status_code == 404
    sent(seller, good, paper=paper)
    assert office.get(paper.url).status_code == 200
    for stranger in (a_client_of(a_supplier_actor()), a_client_of(a_buyer_actor())):
        assert stranger.get(paper.url).status_code == 404
    assert Client().get(paper.url).status_code == 302


def test_forgotten_scans_go_and_sent_ones_stay(
    seller: Actor, good: Good, django_capture_on_commit_callbacks: Any
) -> None:
    kept = sent(seller, good).paper
    assert kept
    old = a_paper(seller)
    CertificatePaper.objects.filter(pk__in=[old.pk, kept.pk]).update(
        uploaded_at=clock.now() - timedelta(days=2)
    )
    with django_capture_on_commit_callbacks(execute=True):
        fresh = a_paper(seller)
    assert set(CertificatePaper.objects.all()) == {kept, fresh}
    assert not default_storage.exists(old.file)
    assert default_storage.exists(kept.file)


def test_the_operator_sees_old_and_new_side_by_side_and_answers(
    seller: Actor, good: Good, settings: Any
) -> None:
    office = a_staff_client(settings)
    asked = sent(seller, good)
    assert "CQC2" in office.get("/admin/catalog/catalogrequest/").content.decode()
    url = f"/admin/catalog/catalogrequest/{asked.pk}/answer/"
    page = office.get(url).content.decode()
    for text in (
        "CQC1",
        "<mark>CQC2</mark>",
        str(in_days(30)),
        str(in_days(900)),
        "证书.png",
        'name="replaces"',
    ):
        assert text in page
    chosen = re.search(r'<input[^>]*name="replaces"[^>]*>', page)
    assert chosen
    assert "checked" in chosen[0], "what ends earlier is replaced unless the operator says otherwise"
    refused = office.post(url, {"decline": "1", "answer": "看不清"})
    assert refused.status_code == 400
    assert "看不清" in refused.content.decode()
    assert office.post(url, {"grant": "1", "replaces": [str(good.certificates.get().pk)]}).status_code == 302
    assert good.certificates.get().certificate == "CQC2"
    done = office.get(url).content.decode()
    assert "Took the place of" in done
    assert office.post(url, {"grant": "1"}).status_code == 409
    assert a_client_of(seller).get(url).status_code in (302, 403, 404)


def test_what_has_ended_while_it_waited_is_not_entered(
    seller: Actor, good: Good, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = sent(seller, good, expires_on=in_days(0))
    CatalogRequest.objects.filter(pk=asked.pk).update(expires_on=in_days(-1))
    with pytest.raises(ListingRefused):
        services.answer_certificate(actor=a_catalog_actor(), request_id=asked.pk, grant=True)
    asked.refresh_from_db()
    assert asked.state == RequestState.WAITING
    with pytest.raises(Missing):
        services.answer_request(actor=a_catalog_actor(), request_id=asked.pk, grant=True, answer="")


def test_the_region_of_the_supplier_says_in_how_many_working_days_it_is_answered(
    seller: Actor, good: Good
) -> None:
    assert seller.organisation
    RegionSetting.objects.create(region=seller.organisation.region, key="catalog.request_days", value=2)
    asked = sent(seller, good)
    assert workdays.wd(clock.today(), asked.due_on) == 2
    brand = services.ask_for(actor=seller, kind="brand", name="斑马", why="ZD888")
    assert workdays.wd(clock.today(), brand.due_on) == 2
    page = a_client_of(seller).get("/supplier/requests/").content.decode()
    assert "within 2 working days" in page


def test_the_list_of_requests_costs_the_same_statements_for_ten_and_for_forty(seller: Actor) -> None:
    def statements(count: int) -> int:
        for number in range(count):
            offered = a_listing_on_sale(a_good(model=f"M{count}{number}"), supplier=seller.organisation)
            sent(seller, offered.good)
        browser = a_client_of(seller)
        browser.get("/supplier/requests/?size=50")
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/supplier/requests/?size=50").status_code == 200
        return len(captured)

    assert statements(10) == statements(30)
