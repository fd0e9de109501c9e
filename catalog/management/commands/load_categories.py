"""Load the shop's categories, attribute schemas, brands and synonyms; a second run changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.errors import BadCategoryFile
from catalog.services.load_categories import DATA, load_categories


class Command(BaseCommand):
    help = "Load categories, attribute schemas, brands and synonyms from catalog/data/ or another folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=DATA, help="folder with categories.csv and others"
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            loaded = load_categories(folder=folder)
        except BadCategoryFile as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{loaded.categories} categories, {loaded.attributes} attributes, {loaded.brands} brands,"
            f" {loaded.synonyms} groups of synonyms added or changed"
        )
