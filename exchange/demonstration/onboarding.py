"""Suppliers on their way in, a licence that runs out, and a suspension: made through the services only."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from PIL import Image, ImageDraw
from stdnum.cn import uscc

from accounts.actor import Actor
from accounts.models import (
    Application,
    ApplicationKind,
    ExclusionEntry,
    LicenceKind,
    Organisation,
    Region,
    Suspension,
    SuspensionCause,
    User,
)
from accounts.onboarding.categories import category_choices
from accounts.onboarding.night import remind
from accounts.services.applications import register_supplier, save_draft, submit_application
from accounts.services.decide_application import approve_application, return_application
from accounts.services.licences import add_licence
from accounts.services.suspensions import decide_suspension, propose_suspension
from exchange.demonstration.people import PASSWORD
from zcy import clock

COUNTY: Final = "330122"
# User name, person, company, how many days its business licence is good for.
APPLICANTS: Final = (
    ("applicant1", "蒋文", "桐庐春江办公设备有限公司", 720),
    ("applicant2", "沈悦", "桐庐富春文具商行", 40),
    ("applicant3", "韩冬", "杭州分水制笔有限公司", 900),
    ("applicant4", "杨柳", "桐庐瑶琳家具有限公司", 600),
    ("applicant5", "朱珂", "桐庐江南印务有限公司", 500),
)
# One bank account that two of them state: something for the checklist.
SHARED_ACCOUNT: Final = "6217001540001234567"
LICENCE_LEFT: Final = timedelta(days=45)


def make_onboarding(people: Mapping[str, Actor]) -> None:
    """Make what is not there yet; a second run changes nothing."""
    staff = people["onboarding"]
    codes = [code for code, _name in category_choices()[:3]]
    for position, (username, person, company, days) in enumerate(APPLICANTS, start=1):
        if User.objects.filter(username=username).exists():
            continue
        with transaction.atomic():
            application = _registered(username, person, company)
            if position == 5:
                continue  # still a draft
            _hand_in(application, position, days, codes)
            _decide(application, staff, position)
    _licence_that_ends(people["supplier"])
    _suspended(staff, people["lead"], spared=[people["supplier"], people["supplier2"]])
    ExclusionEntry.objects.get_or_create(
        name="杭州虚名科技有限公司",
        uscc=_code(9),
        authority="浙江省财政厅",
        begins_on=clock.today() - timedelta(days=200),
        defaults={
            "reason": "提供虚假材料谋取中标",
            "ends_on": clock.today() + timedelta(days=530),
            "source": "演示",
        },
    )


def _code(number: int) -> str:
    body = f"91{COUNTY}MA8DEM{number:03d}"
    return body + str(uscc.calc_check_digit(body))


def _registered(username: str, person: str, company: str) -> Application:
    region = Region.objects.get(code=COUNTY)
    application = register_supplier(
        username=username,
        password=PASSWORD,
        person=person,
        email=f"{username}@example.com",
        company=company,
        region=region,
    )
    User.objects.filter(pk=application.applicant_id).update(demonstration=True)
    return application


def _hand_in(application: Application, number: int, days: int, codes: list[str]) -> None:
    actor = Actor(user=application.applicant)
    typed: dict[str, Any] = {
        **application.typed,
        "uscc": _code(number),
        "size": "small",
        "legal_person": application.applicant.name,
        "founded_on": f"20{10 + number}-03-15",
        "address": f"桐庐县迎春南路 {number * 8} 号",
        "phone": f"0571-6421880{number}",
        "contact_phone": f"1380571000{number}",
        "bank_name": "桐庐农村商业银行",
        "bank_account": SHARED_ACCOUNT if number <= 2 else f"62170015400099900{number:02d}",
        "delivery_regions": [COUNTY, "330100"],
        "categories": codes,
    }
    save_draft(actor=actor, application_id=application.pk, typed=typed)
    scan = _scan(typed["uscc"])
    add_licence(
        actor=actor,
        application_id=application.pk,
        kind=LicenceKind.BUSINESS,
        number=typed["uscc"],
        file=scan,
        file_name="营业执照.png",
        size=len(scan.getvalue()),
        issued_on=clock.today() - timedelta(days=900),
        expires_on=clock.today() + timedelta(days=days),
    )
    submit_application(actor=actor, application_id=application.pk)
    application.refresh_from_db()


def _decide(application: Application, staff: Actor, position: int) -> None:
    """The third is sent back with two remarks, the fourth is admitted; the others wait."""
    if position == 3:
        return_application(
            actor=staff,
            application_id=application.pk,
            version=application.version,
            remarks={
                "bank_account": "开户许可证上的账号与所填不一致，请核对。",
                "licences": "营业执照扫描件看不清，请重新扫描后上传。",
            },
        )
    if position == 4:
        approve_application(
            actor=staff, application_id=application.pk, version=application.version, text="已电话核实。"
        )


def _scan(text: str) -> io.BytesIO:
    picture = Image.new("RGB", (800, 560), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 779, 539), outline="black", width=4)
    draw.text((60, 60), f"BUSINESS LICENCE (DEMONSTRATION)\n\n{text}", fill="black")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file


def _licence_that_ends(supplier: Actor) -> None:
    """The demonstration's supplier has its licence to renew."""
    organisation = supplier.organisation
    if organisation is None:
        return
    if not Application.objects.filter(organisation=organisation).exists():
        Organisation.objects.filter(pk=organisation.pk).update(
            licence_expires_on=clock.today() + LICENCE_LEFT
        )
    remind(clock.today())


def _suspended(staff: Actor, lead: Actor, spared: list[Actor]) -> None:
    """The admitted newcomer is suspended, another supplier's suspension waits for the onboarding staff."""
    if Suspension.objects.exists():
        return
    suppliers = Organisation.objects.suppliers().filter(active=True)
    newcomers = suppliers.filter(applications__kind=ApplicationKind.FIRST, region__code=COUNTY)
    known = [actor.organisation_id for actor in spared if actor.organisation_id]
    others = suppliers.exclude(pk__in=known).exclude(pk__in=newcomers).order_by("-pk")
    chosen = [*newcomers[:1], *others[:1]]
    for position, organisation in enumerate(chosen):
        suspension = propose_suspension(
            actor=lead if position else staff,
            organisation=organisation,
            cause=SuspensionCause.ADMINISTRATIVE,
            reason="连续两次未按期完成整改，暂停交易三十天。",
            begins_on=clock.today(),
            ends_on=clock.today() + timedelta(days=29),
        )
        if not position:
            decide_suspension(actor=lead, suspension_id=suspension.pk, confirm=True)
