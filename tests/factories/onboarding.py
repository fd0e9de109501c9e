"""Suppliers on their way in: applications in each state, with licences that have a real file."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from PIL import Image
from stdnum.cn import uscc

from accounts.actor import Actor
from accounts.models import Application, Licence, LicenceKind
from accounts.services.applications import register_supplier, save_draft, submit_application
from accounts.services.decide_application import approve_application
from accounts.services.licences import add_licence
from tests.factories.goods import a_category
from tests.factories.organisations import a_region, somebody_of_the_operator
from tests.factories.serials import serial
from zcy import clock

PASSWORD = "a-long-enough-Secret-7"


def a_code(region: str = "330106") -> str:
    """A unified social credit code that no other test has, given out in the region."""
    body = f"91{region}MA{next(serial) % 10_000_000:07d}"
    return body + str(uscc.calc_check_digit(body))


def a_scan(kind: str = "PNG", size: tuple[int, int] = (400, 300)) -> io.BytesIO:
    """A picture of a paper."""
    file = io.BytesIO()
    Image.new("RGB", size, "white").save(file, kind)
    file.seek(0)
    return file


def stated(**values: Any) -> dict[str, Any]:
    """A whole application as it is typed."""
    number = next(serial)
    category = a_category()
    return {
        "name": f"杭州{number}号办公用品有限公司",
        "uscc": a_code(),
        "region": a_region().code,
        "size": "small",
        "legal_person": f"钱{number}",
        "founded_on": "2019-05-06",
        "address": f"文三路 {number} 号",
        "phone": f"0571-8{number:07d}",
        "contact_name": "孙丽",
        "contact_phone": "13800001111",
        "contact_email": "sun@example.com",
        "bank_name": "中国银行杭州西湖支行",
        "bank_account": f"6217{number:012d}",
        "delivery_regions": ["330100"],
        "categories": [category.code],
        **values,
    }


def a_registered(company: str = "", username: str = "") -> Application:
    """Somebody who has just registered a company."""
    number = next(serial)
    return register_supplier(
        username=username or f"applicant{number}",
        password=PASSWORD,
        person=f"孙丽{number}",
        email=f"sun{number}@example.com",
        company=company or f"杭州{number}号办公用品有限公司",
        region=a_region(),
    )


def applicant_of(application: Application) -> Actor:
    """Who applies: a person without any organisation yet."""
    return Actor(user=application.applicant)


def a_licence(
    application: Application, *, actor: Actor | None = None, expires_on: date | None = None, **values: Any
) -> Licence:
    """A licence with its scan; by default a business licence that is good for two years."""
    scan = a_scan()
    return add_licence(
        actor=actor or applicant_of(application),
        application_id=application.pk,
        kind=values.pop("kind", LicenceKind.BUSINESS),
        number=values.pop("number", f"NO{next(serial)}"),
        file=scan,
        file_name="营业执照.png",
        size=len(scan.getvalue()),
        expires_on=expires_on or clock.today() + timedelta(days=730),
        **values,
    )


def a_submitted(*, licence_until: date | None = None, **values: Any) -> Application:
    """An application in review."""
    application = a_registered()
    actor = applicant_of(application)
    save_draft(actor=actor, application_id=application.pk, typed=stated(**values))
    a_licence(application, expires_on=licence_until)
    submit_application(actor=actor, application_id=application.pk)
    application.refresh_from_db()
    return application


def an_admitted(**values: Any) -> Application:
    """An approved application: its organisation may trade."""
    application = a_submitted(**values)
    staff = somebody_of_the_operator("onboarding")
    return approve_application(
        actor=staff, application_id=application.pk, version=application.version, text="已电话核实。"
    )
