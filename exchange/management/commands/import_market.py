"""`manage.py import_market DIR`: take in a whole market."""

from __future__ import annotations

import errno
import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from exchange.market.importing import ImportRefused, Progress, import_market
from exchange.market.reading import Source
from exchange.market.report import Report


class Command(BaseCommand):
    help = "Import a market from a folder of CSV files (docs/exchange/market-csv.md): all of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR", help="the folder with the files")
        parser.add_argument(
            "--source", default="", metavar="CODE", help="whose ids they are (default: the root region)"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="check and count everything, write nothing"
        )
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if len(options["source"]) > 40:
            raise CommandError(_("--source takes at most 40 characters."))
        _check_report(options["report"])
        bars: list[tqdm[Any]] = []

        def started(sources: list[Source]) -> Progress:
            total = sum(source.size for source in sources)
            bars.append(
                tqdm(
                    total=total,
                    unit="B",
                    unit_scale=True,
                    leave=False,
                    disable=options["verbosity"] < 1 or None,  # None: only on a terminal
                )
            )

            def advance(name: str, amount: int) -> None:
                bars[0].set_description(name)
                bars[0].update(amount)

            return advance

        try:
            report = import_market(
                options["directory"], source=options["source"], dry_run=options["dry_run"], started=started
            )
        except ImportRefused as refusal:
            self._write_report(options["report"], refusal.report)
            for error in refusal.report.errors:
                self.stderr.write(str(error))
            self._notices(refusal.report)
            raise CommandError(str(refusal)) from refusal
        finally:
            for bar in bars:
                bar.close()
        self._write_report(options["report"], report)
        self._notices(report)
        if options["verbosity"] >= 1:
            self._summary(report)

    def _write_report(self, path: Path | None, report: Report) -> None:
        if path is None:
            return
        try:
            path.write_text(
                json.dumps(report.as_dict(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
            )
        except OSError as problem:
            # What was imported stays imported; the outcome is still shown below.
            self.stderr.write(
                _("%(path)s cannot be written: %(reason)s") % {"path": path, "reason": problem.strerror}
            )

    def _notices(self, report: Report) -> None:
        for notice in report.notices:
            self.stderr.write(self.style.NOTICE(notice))

    def _summary(self, report: Report) -> None:
        # Not inside the f-string, where makemessages would not find them.
        headings = _("file"), _("rows"), _("new"), _("changed"), _("the same")
        self.stdout.write("{:<16}{:>10}{:>10}{:>10}{:>10}".format(*headings))
        for name, counts in report.files.items():
            self.stdout.write(
                f"{name:<16}{counts.rows:>10}{counts.inserted:>10}{counts.updated:>10}{counts.unchanged:>10}"
            )
        if report.dry_run:
            self.stdout.write(_("Nothing was written: this was a trial."))


def _check_report(path: Path | None) -> None:
    """A mistake in --report is found before the work is done.

    Raises:
        CommandError: the report cannot be written there.
    """
    if path is None:
        return
    if path.is_dir():
        raise CommandError(_("%(path)s is a folder; give the name of a file.") % {"path": path})
    if not path.resolve().parent.is_dir():
        raise CommandError(_("The folder of %(path)s does not exist.") % {"path": path})
    if not os.access(path if path.exists() else path.resolve().parent, os.W_OK):
        raise CommandError(
            _("%(path)s cannot be written: %(reason)s") % {"path": path, "reason": os.strerror(errno.EACCES)}
        )
