"""`manage.py export_credit FILE.csv`: the suppliers' credit as of a night."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from credit.export import COLUMNS, credit_rows
from zcy.errors import DomainError


class Command(BaseCommand):
    help = "Write each supplier's score, grade and components to a CSV file (docs/credit/credit.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--as-of", metavar="DATE", help="the night, such as 2026-11-23; default: the last computed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if path.is_dir():
            raise CommandError(_("%(path)s is a folder; give the name of a file.") % {"path": path})
        if not path.resolve().parent.is_dir():
            raise CommandError(_("The folder of %(path)s does not exist.") % {"path": path})
        try:
            rows = credit_rows(_date(options["as_of"]))
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        # Beside the file first, so that an interruption leaves no half of it.
        partial = path.with_name(path.name + ".part")
        try:
            with partial.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(COLUMNS)
                writer.writerows(
                    tqdm(rows, unit="supplier", leave=False, disable=options["verbosity"] < 1 or None)
                )
            partial.replace(path)
        except OSError as error:
            raise CommandError(
                _("%(path)s cannot be written: %(reason)s") % {"path": path, "reason": error.strerror}
            ) from error
        finally:
            partial.unlink(missing_ok=True)


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            _("--as-of %(text)s is no date: write it as 2026-11-23.") % {"text": text}
        ) from None
