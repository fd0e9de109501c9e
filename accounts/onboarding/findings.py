"""What the machine finds about an application: a checklist for the reviewer, each line with its reason."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from stdnum.cn import uscc as uscc_number

from accounts.models import Application, ExclusionEntry, Licence, LicenceKind, Region
from accounts.onboarding.forms import LICENCES, bound
from zcy import clock

if TYPE_CHECKING:
    from datetime import date

SOON: Final = timedelta(days=60)
MOST_TWINS: Final = 10


@dataclass(frozen=True)
class Finding:
    """One line of the checklist.

    Attributes:
        field: the field of the application that it concerns.
        tone: good, watch or serious.
        text: what was found, as a sentence.
        blocks: whether nobody may approve in spite of it.
        links: (address, text) of what it rests on.
    """

    field: str
    tone: str
    text: str
    blocks: bool = False
    links: tuple[tuple[str, str], ...] = ()


def findings_of(application: Application) -> list[Finding]:
    """The whole checklist of an application as it stands; a fixed number of statements."""
    typed = application.typed
    return [
        *_form(application),
        *_check_digit(typed),
        *_region(typed),
        *_exclusions(typed),
        *_twins(application),
        *_licences(licences_for(application), clock.today()),
    ]


def licences_for(application: Application) -> list[Licence]:
    """The licences that count for an application: its own, and those in force that it does not replace."""
    rows = Licence.objects.filter(organisation_id=application.organisation_id).filter(
        Q(application=application, removed_at__isnull=True)
        | Q(accepted_at__isnull=False, replaced_at__isnull=True)
    )
    return list(rows.order_by("kind", "-id"))


def _form(application: Application) -> Iterator[Finding]:
    form = bound(application.typed)
    for field, errors in form.errors.items():
        if field != "uscc":
            yield Finding(field, "serious", " ".join(str(error) for error in errors), blocks=True)


def _check_digit(typed: Mapping[str, Any]) -> Iterator[Finding]:
    code = "".join(str(typed.get("uscc") or "").split()).upper()
    if uscc_number.is_valid(code):
        yield Finding("uscc", "good", _("The check digit is right."))
    else:
        yield Finding("uscc", "serious", _("The check digit is wrong."), blocks=True)


def _region(typed: Mapping[str, Any]) -> Iterator[Finding]:
    """Characters 3 to 8 of the code name the region of the registering authority (GB 32100)."""
    code = "".join(str(typed.get("uscc") or "").split()).upper()
    registered = code[2:8]
    if not uscc_number.is_valid(code):
        return
    stated = Region.objects.filter(code=str(typed.get("region") or "")).first()
    if stated is None:
        return
    issuing = Region.objects.filter(code=registered).first()
    if registered in stated.path.split("/") or (issuing and issuing.path.startswith(stated.path)):
        yield Finding("region", "good", _("The code was given out in the region stated."))
    else:
        yield Finding(
            "region",
            "watch",
            _("The code was given out in %(issuing)s, the region stated is %(stated)s.")
            % {"issuing": issuing.name if issuing else registered, "stated": stated.name},
        )


def _exclusions(typed: Mapping[str, Any]) -> Iterator[Finding]:
    code = "".join(str(typed.get("uscc") or "").split()).upper()
    name = _plain(str(typed.get("name") or ""))
    entries = list(
        ExclusionEntry.objects.filter(Q(uscc=code) & ~Q(uscc="") | Q(uscc="", name=name)).exclude(
            ends_on__lt=clock.today()
        )[:MOST_TWINS]
    )
    for entry in entries:
        until = entry.ends_on.isoformat() if entry.ends_on else _("without end")
        yield Finding(
            "uscc",
            "serious",
            _("On the exclusion list from %(begin)s to %(end)s: %(reason)s (%(authority)s)")
            % {
                "begin": entry.begins_on.isoformat(),
                "end": until,
                "reason": entry.reason,
                "authority": entry.authority,
            },
            blocks=True,
            links=((f"/admin/accounts/exclusionentry/{entry.pk}/change/", _("Entry")),),
        )
    if not entries:
        yield Finding("uscc", "good", _("Not on the exclusion list."))


# A supplier, or a company with an open application, that shares something with this one.
_TWINS: Final = r"""
    WITH own (code, name, phone, person, account) AS (SELECT %s, %s, %s, %s, %s),
    others AS (
        SELECT o.id, o.name AS shown, o.active, upper(o.uscc) AS code,
               regexp_replace(normalize(o.name, NFKC), '\s', '', 'g') AS name,
               regexp_replace(o.phone, '\D', '', 'g') AS phone, btrim(o.legal_person) AS person,
               coalesce(p.bank_account, '') AS account, 0 AS application
          FROM accounts_organisation o LEFT JOIN accounts_supplierprofile p ON p.organisation_id = o.id
         WHERE o.kind = 'supplier' AND o.id <> %s
           AND NOT EXISTS (SELECT 1 FROM accounts_application a WHERE a.organisation_id = o.id
                              AND a.kind = 'first' AND a.state <> 'approved')
        UNION ALL
        SELECT a.organisation_id, a.typed ->> 'name', false,
               upper(regexp_replace(coalesce(a.typed ->> 'uscc', ''), '\s', '', 'g')),
               regexp_replace(normalize(coalesce(a.typed ->> 'name', ''), NFKC), '\s', '', 'g'),
               regexp_replace(coalesce(a.typed ->> 'phone', ''), '\D', '', 'g'),
               btrim(coalesce(a.typed ->> 'legal_person', '')),
               regexp_replace(coalesce(a.typed ->> 'bank_account', ''), '\D', '', 'g'), a.id
          FROM accounts_application a
         WHERE a.kind = 'first' AND a.state <> 'approved' AND a.organisation_id <> %s
    )
    SELECT o.id, o.shown, o.active, o.application,
           o.code <> '' AND o.code = w.code, o.name <> '' AND o.name = w.name,
           length(o.phone) >= 7 AND o.phone = w.phone, o.person <> '' AND o.person = w.person,
           length(o.account) >= 8 AND o.account = w.account
      FROM others o, own w
     WHERE (o.code <> '' AND o.code = w.code) OR (o.name <> '' AND o.name = w.name)
        OR (length(o.phone) >= 7 AND o.phone = w.phone) OR (o.person <> '' AND o.person = w.person)
        OR (length(o.account) >= 8 AND o.account = w.account)
     ORDER BY o.code = w.code DESC, o.name = w.name DESC, o.id LIMIT %s
"""


def _twins(application: Application) -> Iterator[Finding]:
    typed = application.typed
    marks = [
        "".join(str(typed.get("uscc") or "").split()).upper(),
        _plain(str(typed.get("name") or "")),
        "".join(c for c in str(typed.get("phone") or "") if c.isdecimal()),
        str(typed.get("legal_person") or "").strip(),
        "".join(c for c in str(typed.get("bank_account") or "") if c.isdecimal()),
    ]
    own = application.organisation_id
    with connection.cursor() as cursor:
        cursor.execute(_TWINS, [*marks, own, own, MOST_TWINS * 5])
        rows = cursor.fetchall()
    texts: tuple[tuple[str, str, str, bool], ...] = (
        ("uscc", _("The same code: %(names)s."), "serious", False),
        ("name", _("The same name: %(names)s."), "serious", False),
        ("phone", _("The same phone: %(names)s."), "watch", False),
        ("legal_person", _("The same legal person: %(names)s."), "watch", False),
        ("bank_account", _("The same bank account: %(names)s."), "serious", False),
    )
    for position, (field, text, tone, blocks) in enumerate(texts, start=4):
        twins = [row for row in rows if row[position]][:MOST_TWINS]
        if twins:
            yield Finding(
                field,
                tone,
                text % {"names": "、".join(str(row[1]) for row in twins)},
                blocks,
                tuple((_address(row), str(row[1])) for row in twins),
            )
    if not rows:
        yield Finding(
            "name", "good", _("No other company with this code, name, phone, legal person or account.")
        )


def _address(row: Sequence[Any]) -> str:
    if row[3]:
        return f"/admin/accounts/application/{row[3]}/review/"
    return f"/admin/accounts/organisation/{row[0]}/change/"


def _licences(licences: Sequence[Licence], day: date) -> Iterator[Finding]:
    fresh = {licence.kind for licence in licences if licence.accepted_at is None}
    if not any(licence.kind == LicenceKind.BUSINESS for licence in licences):
        yield Finding(LICENCES, "serious", _("The business licence is missing."), blocks=True)
    for licence in licences:
        # What stands in force beside a newer upload of its kind will be replaced by it.
        if licence.accepted_at is not None and licence.kind in fresh:
            continue
        words = {"licence": str(licence), "day": licence.expires_on.isoformat() if licence.expires_on else ""}
        essential = licence.kind == LicenceKind.BUSINESS
        links = ((licence.url, licence.file_name),)
        if licence.expires_on is None:
            yield Finding(LICENCES, "good", _("%(licence)s: valid without limit.") % words, links=links)
        elif licence.expires_on < day:
            yield Finding(
                LICENCES, "serious", _("%(licence)s expired on %(day)s.") % words, essential, links=links
            )
        elif licence.expires_on < day + SOON:
            yield Finding(LICENCES, "watch", _("%(licence)s expires on %(day)s.") % words, links=links)
        else:
            yield Finding(LICENCES, "good", _("%(licence)s: valid until %(day)s.") % words, links=links)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())
