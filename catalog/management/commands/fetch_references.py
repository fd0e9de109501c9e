"""`manage.py fetch_references`: import reference prices from the configured folder or bucket."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import FetchState
from catalog.pricing.connectors import fetch_references


class Command(BaseCommand):
    help = "Import the CSV files of reference prices from REFERENCES_FOLDER or REFERENCES_S3_BUCKET."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a file; wrong rows with line, column and remedy."""
        fetch = fetch_references()
        if fetch is None:
            raise CommandError("No source is configured: set REFERENCES_FOLDER or REFERENCES_S3_BUCKET.")
        if fetch.state == FetchState.FAILED:
            raise CommandError(f"{fetch.source}: {fetch.error}")
        for told in fetch.details:
            if told["error"]:
                self.stdout.write(f"{told['name']}: {told['error']}")
                continue
            self.stdout.write(
                f"{told['name']}: {told['kept']} new, {told['known']} known, {told['wrong']} wrong"
            )
            for line, column, value, remedy in told["rows"]:
                self.stdout.write(f"  line {line}, {column} {value!r}: {remedy}")
