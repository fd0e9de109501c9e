"""The halls that every platform begins with, and the counties of the list of 832, from files."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.errors import BadCategoryFile
from catalog.models import Hall, HallRule, OriginCounty
from catalog.services.refresh_halls import refresh_halls
from zcy.text_files import UnreadableText, decoded

DATA: Final = Path(__file__).resolve().parent.parent / "data"
COLUMNS: Final = ("code", "name", "city", "province")
_CODE: Final = re.compile(r"\d{6}", re.ASCII)


def load_halls(*, path: Path = DATA / "halls.json") -> int:
    """Make the halls of the file that are not there yet; one that is there stays as the operator has made it.

    Returns:
        how many were made.
    """
    made = 0
    with transaction.atomic():
        for entry in json.loads(path.read_text(encoding="utf-8")):
            rules: dict[str, list[str]] = entry.pop("rules")
            hall, new = Hall.objects.get_or_create(slug=entry.pop("slug"), defaults=entry)
            if new:
                made += 1
                HallRule.objects.bulk_create(
                    HallRule(hall=hall, kind=kind, values=values) for kind, values in rules.items()
                )
        if made:
            refresh_halls()
    return made


def load_origin_counties(*, path: Path = DATA / "origin_counties.csv") -> int:
    """Write the counties of a file; those that it does not name stay.

    Args:
        path: CSV with `code,name,city,province`: GB/T 2260, six digits; UTF-8 or GB18030.

    Returns:
        how many were added or changed.

    Raises:
        BadCategoryFile: names file, line and what is wrong; nothing is written.
    """
    known = {county.code: county for county in OriginCounty.objects.all()}
    changed: dict[str, OriginCounty] = {}
    for line, row in enumerate(_read(path), start=2):
        if not _CODE.fullmatch(row["code"]) or row["code"].endswith("00"):
            raise BadCategoryFile(
                _("%(file)s line %(line)s: “%(code)s” is no code of a county.")
                % {"file": path.name, "line": line, "code": row["code"][:20]}
            )
        if not row["name"] or not row["province"]:
            raise BadCategoryFile(
                _("%(file)s line %(line)s: name and province are needed.") % {"file": path.name, "line": line}
            )
        county = known.get(row["code"]) or OriginCounty(code=row["code"])
        if any(getattr(county, name) != row[name] for name in COLUMNS) or county.pk is None:
            for name in COLUMNS:
                setattr(county, name, row[name])
            changed[row["code"]] = county
    OriginCounty.objects.bulk_create(
        changed.values(),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "city", "province"],
    )
    return len(changed)


def _read(path: Path) -> Iterable[dict[str, str]]:
    try:
        text, _encoding = decoded(path.read_bytes())
        reader: Any = csv.DictReader(text.splitlines())
        if missing := set(COLUMNS) - set(reader.fieldnames or ()):
            raise BadCategoryFile(
                _("%(file)s: the column %(columns)s is missing.")
                % {"file": path.name, "columns": ", ".join(sorted(missing))}
            )
        return [{name: (row[name] or "").strip() for name in COLUMNS} for row in reader]
    except (OSError, UnreadableText, csv.Error) as error:
        raise BadCategoryFile(f"{path.name}: {error}") from error
