"""Draw the states of a listing into the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.drawing import drawing

PAGE = Path(settings.BASE_DIR) / "docs" / "catalog" / "listing-states.md"


class Command(BaseCommand):
    help = "Write docs/catalog/listing-states.md from the table of transitions."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether the page is up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = drawing()
        if options["check"]:
            if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != wanted:
                raise CommandError(
                    "docs/catalog/listing-states.md is out of date: run manage.py draw_listing_life"
                )
            return
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(wanted, encoding="utf-8")
        self.stdout.write(f"wrote {PAGE.relative_to(settings.BASE_DIR)}")
