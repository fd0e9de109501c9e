"""`manage.py load_regions`: the tree of Zhejiang."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.regions import load_regions


class Command(BaseCommand):
    help = (
        "Load the regions of Zhejiang with their GB/T 2260 codes; what is there already is kept up to date."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_regions()} regions added or changed")
