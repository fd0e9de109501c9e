"""`manage.py load_halls`: the halls that a platform begins with, and the counties of origin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.services.load_halls import DATA, load_halls, load_origin_counties
from zcy.errors import DomainError


class Command(BaseCommand):
    help = "Make the halls that are not there yet, and load counties of origin; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--counties", default=str(DATA / "origin_counties.csv"), help="CSV: code,name,city,province"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counties = load_origin_counties(path=Path(options["counties"]))
            halls = load_halls()
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{halls} halls made, {counties} counties of origin added or changed")
