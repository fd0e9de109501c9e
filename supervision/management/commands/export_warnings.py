"""`manage.py export_warnings FILE.csv [--as-of DATE]`: what was flagged, in the market's own ids."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from supervision.export import write_warnings


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date such as 2026-10-31") from None


class Command(BaseCommand):
    help = "Write the warnings as CSV, sorted by priority."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--as-of", type=_date, default=None, help="only what was found up to this night")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        # Written aside first: a failure leaves no half a file.
        aside = path.with_name(f".{path.name}.part")
        try:
            with aside.open("w", encoding="utf-8", newline="") as stream:
                count = write_warnings(stream, options["as_of"])
            aside.replace(path)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        finally:
            aside.unlink(missing_ok=True)
        self.stdout.write(_("%(count)s warnings written to %(file)s") % {"count": count, "file": path})
