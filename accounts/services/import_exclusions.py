"""The exclusion list comes as a file: every row is taken or named with what is wrong; a second time changes nothing."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actor import Actor
from accounts.forms import clean_uscc
from accounts.models import ExclusionEntry
from accounts.roles import Role
from accounts.services.exclusions import follow_exclusions, plain_name
from zcy import audit
from zcy.errors import DomainError, NotAllowed
from zcy.text_files import decoded
from zcy.uploads import UploadLimit

MOST_BYTES: Final = 10 * 1024 * 1024
LIMIT: Final = UploadLimit(MOST_BYTES, gettext_lazy("The file has more than 10 MB: split it."))
MOST_ROWS: Final = 50_000
BATCH: Final = 1_000
# How the lists that are published call their columns.
HEADINGS: Final = {
    "name": ("name", "名称", "企业名称", "供应商名称", "单位名称"),
    "uscc": ("uscc", "code", "统一社会信用代码", "社会信用代码"),
    "reason": ("reason", "原因", "严重违法失信行为的具体情形", "违法失信行为", "事由"),
    "authority": ("authority", "执法单位", "处罚机关", "执法机关"),
    "begins_on": ("from", "begins_on", "处罚日期", "开始日期", "禁入开始", "起始日期"),
    "ends_on": ("to", "ends_on", "处罚截止日期", "结束日期", "禁入结束", "截止日期"),
    "source": ("source", "来源"),
}
NEEDED: Final = ("name", "reason", "authority", "begins_on")
LONGEST: Final = {"name": 200, "reason": 1000, "authority": 200, "source": 300}
_DATE: Final = re.compile(r"^(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?$")


@dataclass
class ImportReport:
    """What became of each row: counts, and (line of the file, what is wrong) of those that were not taken."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)
    encoding: str = ""
    organisations: int = 0


def import_exclusions(*, actor: Actor, content: bytes) -> ImportReport:
    """Take over a CSV file in UTF-8, UTF-16 or GB18030 with a line of headings.

    Rows are told apart by name, code, authority and first day; a known row gets the other values of the file.

    Raises:
        NotAllowed: not onboarding staff.
        DomainError: no text, in two encodings, too big, or a needed column is missing.
    """
    if not actor.has_role(Role.ONBOARDING):
        raise NotAllowed
    if len(content) > MOST_BYTES:
        raise DomainError(LIMIT.too_large, field="file")
    text, encoding = decoded(content)
    report = ImportReport(encoding=encoding)
    rows = _read(text, report)
    with transaction.atomic():
        _write(rows, report)
        touched = follow_exclusions(
            codes={row["uscc"] for row in rows if row["uscc"]}, names={row["name"] for row in rows}
        )
        report.organisations = len(touched)
        audit.record(
            actor=actor,
            action="exclusions.imported",
            data={"added": report.added, "changed": report.changed, "wrong": len(report.errors)},
        )
    return report


def _read(text: str, report: ImportReport) -> list[dict[str, Any]]:
    try:
        lines = csv.reader(io.StringIO(text, newline=""), strict=False)
        columns = _columns(next(lines, []))
        rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) + len(report.errors) >= MOST_ROWS:
                raise DomainError(_("The file has more than 50,000 rows: split it."), field="file")
            try:
                row = _row(
                    {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
                )
            except ValidationError as error:
                report.errors.append((lines.line_num, " ".join(error.messages)))
                continue
            rows[_key(row)] = row
    except csv.Error as error:
        raise DomainError(_("This is no CSV file: %(error)s") % {"error": error}, field="file") from error
    return list(rows.values())


def _columns(headings: list[str]) -> dict[str, int]:
    known = {heading.strip().lower(): at for at, heading in enumerate(headings)}
    columns = {
        name: next(known[word] for word in words if word in known)
        for name, words in HEADINGS.items()
        if any(word in known for word in words)
    }
    missing = [HEADINGS[name][1] for name in NEEDED if name not in columns]
    if missing:
        raise DomainError(
            _("The first line has to name the columns. Missing: %(columns)s.")
            % {"columns": "、".join(missing)},
            field="file",
        )
    return columns


def _row(cells: dict[str, str]) -> dict[str, Any]:
    for name, longest in LONGEST.items():
        if len(cells.get(name, "")) > longest:
            raise ValidationError(
                _("%(column)s has more than %(most)s characters.")
                % {"column": HEADINGS[name][1], "most": longest}
            )
    for name in NEEDED:
        if not cells[name]:
            raise ValidationError(_("%(column)s is empty.") % {"column": HEADINGS[name][1]})
    row: dict[str, Any] = {
        "name": plain_name(cells["name"]),
        "uscc": clean_uscc(cells.get("uscc", "")),
        "reason": cells["reason"],
        "authority": cells["authority"],
        "source": cells.get("source", ""),
        "begins_on": _date(cells["begins_on"]),
        "ends_on": _date(cells["ends_on"]) if cells.get("ends_on") else None,
    }
    if row["ends_on"] is not None and row["ends_on"] < row["begins_on"]:
        raise ValidationError(_("The ban ends before it begins."))
    return row


def _date(text: str) -> date:
    found = _DATE.match(text)
    try:
        if found is None:
            raise ValueError(text)
        return date(*(int(part) for part in found.groups()))
    except ValueError as error:
        raise ValidationError(
            _("“%(text)s” is no date: write it such as 2026-11-23.") % {"text": text[:40]}
        ) from error


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["name"], row["uscc"], row["authority"], row["begins_on"]


def _write(rows: list[dict[str, Any]], report: ImportReport) -> None:
    names = {row["name"] for row in rows}
    known = {
        (entry.name, entry.uscc, entry.authority, entry.begins_on): entry
        for entry in ExclusionEntry.objects.select_for_update().filter(name__in=names)
    }
    fresh, changed = [], []
    for row in rows:
        entry = known.get(_key(row))
        if entry is None:
            fresh.append(ExclusionEntry(**row))
            continue
        values = {name: row[name] for name in ("reason", "ends_on", "source")}
        if all(getattr(entry, name) == value for name, value in values.items()):
            report.unchanged += 1
            continue
        for name, value in values.items():
            setattr(entry, name, value)
        changed.append(entry)
    ExclusionEntry.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    ExclusionEntry.objects.bulk_update(changed, ["reason", "ends_on", "source"], batch_size=BATCH)
    report.added, report.changed = len(fresh), len(changed)
