"""The exclusion list: kept by hand or read from a file, and organisations' own dates follow from it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import ExclusionEntry, Organisation
from accounts.services.exclusions import follow_all_exclusions
from accounts.services.import_exclusions import ImportReport, import_exclusions
from tests.factories import a_code, a_supplier, somebody_of_the_operator
from tests.factories.accounts import signed_in
from zcy import clock
from zcy.errors import DomainError, NotAllowed

pytestmark = pytest.mark.django_db
HEAD = "企业名称,统一社会信用代码,原因,执法单位,处罚日期,处罚截止日期\n"


def read(text: str, encoding: str = "utf-8") -> ImportReport:
    return import_exclusions(
        actor=somebody_of_the_operator("onboarding"), content=(HEAD + text).encode(encoding)
    )


def dates(organisation: Organisation) -> tuple[date | None, date | None]:
    organisation.refresh_from_db()
    return organisation.excluded_from, organisation.excluded_to


def an_entry(organisation: Organisation, begins: int, ends: int | None) -> ExclusionEntry:
    day = clock.today()
    return ExclusionEntry.objects.create(
        name=organisation.name,
        uscc=organisation.uscc,
        reason="围标",
        authority=f"财政厅{begins}",
        begins_on=day + timedelta(days=begins),
        ends_on=None if ends is None else day + timedelta(days=ends),
    )


def test_a_list_in_two_encodings_bans_nobody():
    row = "某某,,围标,省财政厅,2026-01-02,\n"
    content = (HEAD + row).encode("gb18030") + row.encode()
    with pytest.raises(DomainError, match="3"):
        import_exclusions(actor=somebody_of_the_operator("onboarding"), content=content)
    assert not ExclusionEntry.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_is_read_in_either_encoding_and_bans_the_supplier(encoding: str):
    supplier = a_supplier()
    report = read(f"某某,{supplier.uscc},提供虚假材料,省财政厅,2026-01-02,2029年1月1日\n", encoding)
    assert (report.added, report.organisations, report.errors) == (1, 1, [])
    assert dates(supplier) == (date(2026, 1, 2), date(2029, 1, 1))


def test_the_same_file_again_changes_nothing_and_a_longer_ban_is_taken_over():
    supplier = a_supplier()
    row = f"某某,{supplier.uscc},围标,省财政厅,20260102,"
    read(row + "20270101\n")
    again = read(row + "20270101\n")
    assert (again.added, again.changed, again.unchanged, again.organisations) == (0, 0, 1, 0)
    longer = read(row + "\n")
    assert (longer.added, longer.changed) == (0, 1)
    assert dates(supplier) == (date(2026, 1, 2), None)
    assert ExclusionEntry.objects.count() == 1


@pytest.mark.parametrize(
    "row",
    [
        ",,围标,省财政厅,2026-01-02,",
        "甲,,,省财政厅,2026-01-02,",
        "甲,123,围标,省财政厅,2026-01-02,",
        "甲,,围标,省财政厅,2026-13-02,",
        "甲,,围标,省财政厅,昨天,",
        "甲,,围标,省财政厅,2026-01-02,2026-01-01",
        "甲,,围标",
        f"{'甲' * 201},,围标,省财政厅,2026-01-02,",
    ],
)
def test_a_wrong_row_is_named_by_its_line_and_the_others_are_taken(row: str):
    report = read(f"乙,,围标,省财政厅,2026-01-02,\n{row}\n")
    assert [line for line, _text in report.errors] == [3]
    assert ExclusionEntry.objects.get().name == "乙"


@pytest.mark.parametrize("content", [b"", b"a,b,c\n1,2,3\n", b"\xff\xfe\x00\x01", "名称\n".encode()])
def test_what_is_no_list_is_refused_as_a_whole(content: bytes):
    with pytest.raises(DomainError):
        import_exclusions(actor=somebody_of_the_operator("onboarding"), content=content)


def test_only_onboarding_staff_import():
    with pytest.raises(NotAllowed):
        import_exclusions(actor=somebody_of_the_operator("catalog"), content=HEAD.encode())
    assert signed_in("supervisor").get("/admin/accounts/exclusionentry/import/").status_code == 403


def test_an_entry_without_code_bans_by_name_with_whatever_brackets():
    supplier = a_supplier(name="晨光（杭州）有限公司")
    other = a_supplier(name="晨光（宁波）有限公司")
    read("晨光(杭州) 有限公司,,围标,省财政厅,2026-01-02,\n")
    assert dates(supplier)[0] == date(2026, 1, 2)
    assert dates(other) == (None, None)


def test_of_several_bans_those_count_that_are_not_over():
    supplier = a_supplier()
    day = clock.today()
    an_entry(supplier, -900, -400)
    follow_all_exclusions()
    assert dates(supplier) == (day - timedelta(days=900), day - timedelta(days=400))
    an_entry(supplier, -10, 0)
    an_entry(supplier, 5, 20)
    follow_all_exclusions()
    assert dates(supplier) == (day - timedelta(days=10), day + timedelta(days=20))
    an_entry(supplier, 30, None)
    follow_all_exclusions()
    assert dates(supplier) == (day - timedelta(days=10), None)


def test_a_ban_that_an_import_brought_stays_where_the_list_is_silent():
    supplier = a_supplier(excluded_from=date(2026, 1, 1))
    read(f"别家,{a_code()},围标,省财政厅,2026-01-02,\n")
    assert dates(supplier) == (date(2026, 1, 1), None)


def test_an_entry_kept_by_hand_takes_effect_changes_and_is_taken_back():
    supplier = a_supplier()
    browser = signed_in("onboarding")
    form = {
        "name": supplier.name,
        "uscc": supplier.uscc.lower(),
        "reason": "围标",
        "authority": "省财政厅",
        "begins_on": "2026-01-02",
        "ends_on": "",
        "source": "",
    }
    assert browser.post("/admin/accounts/exclusionentry/add/", form).status_code == 302
    assert dates(supplier) == (date(2026, 1, 2), None)
    entry = ExclusionEntry.objects.get()
    other = a_supplier()
    address = f"/admin/accounts/exclusionentry/{entry.pk}"
    assert browser.post(f"{address}/change/", form | {"uscc": other.uscc}).status_code == 302
    assert dates(supplier) == (None, None)
    assert dates(other) == (date(2026, 1, 2), None)
    assert browser.post(f"{address}/delete/", {"post": "yes"}).status_code == 302
    assert dates(other) == (None, None)


def test_a_wrong_entry_is_said_beside_its_field():
    form = {"name": "甲", "uscc": "1", "reason": "x", "authority": "x", "begins_on": "2026-01-02"}
    answer = signed_in("onboarding").post(
        "/admin/accounts/exclusionentry/add/", form | {"ends_on": "2026-01-01"}
    )
    assert {"uscc", "ends_on"} <= set(answer.context["adminform"].form.errors)


def test_the_page_reports_row_by_row():
    browser = signed_in("onboarding")
    assert "/import/" in browser.get("/admin/accounts/exclusionentry/").content.decode()
    content = (HEAD + "甲,,围标,省财政厅,2026-01-02,\n乙,,,省财政厅,2026-01-02,\n").encode("gb18030")
    answer = browser.post(
        "/admin/accounts/exclusionentry/import/", {"file": SimpleUploadedFile("list.csv", content)}
    )
    assert answer.status_code == 200
    assert answer.context["report"].errors[0][0] == 3
    wrong = browser.post(
        "/admin/accounts/exclusionentry/import/", {"file": SimpleUploadedFile("list.csv", b"a\n1\n")}
    )
    assert wrong.status_code == 400
    assert wrong.context["form"].errors["file"]
