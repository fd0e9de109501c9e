"""`manage.py fetch_references`: import reference prices from the configured folder or bucket."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from catalog.pricing.connectors import fetch_references


class Command(BaseCommand):
    help = (
        "Import the CSV files of reference prices from the storage named `references`, or references/inbox."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a file; wrong rows with line, column and remedy."""
        for name, report in fetch_references().items():
            if report.error:
                self.stdout.write(f"{name}: {report.error}")
                continue
            self.stdout.write(f"{name}: {report.kept} new, {report.known} known, {len(report.wrong)} wrong")
            for row in report.wrong[:1000]:
                self.stdout.write(f"  line {row.line}, {row.column} {row.value!r}: {row.remedy}")
