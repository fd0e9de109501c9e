"""A supplier registers, is sent back with two fields marked, mends them, is approved, and signs in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accounts.models import Application
from accounts.roles import Role
from accounts.services.invite_unit import invite_unit
from accounts.services.suspensions import propose_suspension
from tests.factories import (
    a_category,
    a_code,
    a_region,
    a_registered,
    a_scan,
    a_submitted,
    a_supervisor,
    a_supplier,
    somebody_of_the_operator,
)
from tests.journeys.conftest import PASSWORD, Arrives
from zcy import clock

COMPANY = "杭州新风办公用品有限公司"


@pytest.fixture(autouse=True)
def _demonstration(settings: Any) -> None:
    """Staff of a demonstration need no second factor; tests/accounts shows that others do."""
    settings.DEMONSTRATION = True


def test_a_supplier_registers_mends_two_fields_is_approved_and_signs_in(
    arrives: Arrives, tmp_path: Path
) -> None:
    region, category = a_region(), a_category(name="办公用品")
    scan = tmp_path / "营业执照.png"
    scan.write_bytes(a_scan(size=(800, 600)).getvalue())
    staff_actor = somebody_of_the_operator(Role.ONBOARDING)
    assert staff_actor.user
    staff_actor.user.demonstration = True
    staff_actor.user.save()
    supplier, staff = arrives(), arrives(staff_actor)
    page = supplier.page

    supplier.opens("/account/login/")
    supplier.follows("a[href='/suppliers/register/']", "supplier-register")
    typed = {"company": COMPANY, "person": "孙丽", "email": "sun@example.com", "username": "sunli"}
    for name, value in {**typed, "password": PASSWORD, "repeated": PASSWORD}.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=region]", region.code)
    supplier.follows("main form button[type=submit]", "supplier-application")
    application = Application.objects.get()

    # A first part is saved, and the rest is stated on another day.
    page.fill("[name=legal_person]", "钱正")
    supplier.follows("button[name=action][value=save]:not(.visually-hidden)")
    assert page.input_value("[name=legal_person]") == "钱正"
    page.fill("[name=uscc]", a_code())
    page.select_option("[name=size]", "small")
    for name, value in {
        "founded_on": "2019-05-06",
        "address": "文三路 90 号",
        "phone": "0571-88886666",
        "contact_phone": "13800001111",
        "bank_name": "中国银行杭州西湖支行",
        "bank_account": "6217000011112222",
        "licence-number": "913301060001",
    }.items():
        page.fill(f"[name='{name}']", value)
    page.check(f"[name=delivery_regions][value='{region.code}']")
    page.check(f"[name=categories][value='{category.code}']")
    page.set_input_files("[name='licence-file']", str(scan))
    supplier.follows("button[value=add_licence]")
    supplier.sees("913301060001")
    supplier.follows("button[value=submit]")
    application.refresh_from_db()
    assert application.state == "submitted"

    staff.opens("/")
    staff.opens("/admin/accounts/application/?state__exact=submitted")
    staff.follows(f"a[href='/admin/accounts/application/{application.pk}/review/']", "application-review")
    staff.sees(COMPANY, "913301060001")
    staff.page.fill("[name=remark-bank_account]", "与开户许可证不一致")
    staff.page.fill("[name=remark-address]", "请写到门牌号")
    staff.follows("button[name=return]")

    supplier.opens("/")
    supplier.follows(f"main a[href='/suppliers/application/{application.pk}/']", "supplier-sent-back")
    supplier.sees("与开户许可证不一致", "请写到门牌号")
    page.fill("[name=bank_account]", "6217000011113333")
    page.fill("[name=address]", "文三路 90 号 3 楼 301 室")
    supplier.follows("button[value=submit]")

    staff.opens(f"/admin/accounts/application/{application.pk}/review/")
    assert staff.page.locator("ins").all_inner_texts() == ["文三路 90 号 3 楼 301 室", "6217000011113333"]
    staff.follows("button[name=approve]")
    application.refresh_from_db()
    assert application.state == "approved"

    arrived = arrives()
    arrived.opens("/account/login/")
    arrived.page.fill("[name=login]", "sunli")
    arrived.page.fill("[name=password]", PASSWORD)
    arrived.follows("main form button[type=submit]")
    arrived.sees(COMPANY)
    arrived.opens("/supplier/listings/")
    arrived.opens("/suppliers/application/")


def test_the_pages_of_the_application_fit_a_phone(arrives: Arrives) -> None:
    waiting, drafted = a_submitted(), a_registered()
    phone = {"width": 390, "height": 844}
    arrives(viewport=phone).opens("/suppliers/register/")
    arrives(drafted.applicant, viewport=phone).opens(f"/suppliers/application/{drafted.pk}/")
    arrives(waiting.applicant, viewport=phone).opens(f"/suppliers/application/{waiting.pk}/")
    staff_actor = somebody_of_the_operator(Role.ONBOARDING)
    assert staff_actor.user
    staff_actor.user.demonstration = True
    staff_actor.user.save()
    staff = arrives(staff_actor, viewport=phone)
    staff.opens(f"/admin/accounts/application/{waiting.pk}/review/")
    staff.opens("/admin/accounts/application/figures/")
    staff.opens("/admin/accounts/exclusionentry/import/")
    staff.opens("/account/delegations/")
    supervisor_actor = a_supervisor()
    assert supervisor_actor.user
    supervisor_actor.user.demonstration = True
    supervisor_actor.user.save()
    suspension = propose_suspension(
        actor=supervisor_actor,
        organisation=a_supplier(),
        cause="administrative",
        reason="未按期整改",
        begins_on=clock.today(),
    )
    staff.opens(f"/admin/accounts/suspension/{suspension.pk}/decide/")
    invite_unit(
        actor=supervisor_actor, name="西湖区第一小学", uscc=a_code(), region=a_region(), manager_name="李四"
    )
    arrives(supervisor_actor, viewport=phone).opens("/supervisor/units/")
    arrives(supervisor_actor).opens("/supervisor/units/", "units")
