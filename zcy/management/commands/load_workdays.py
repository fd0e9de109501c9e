"""`manage.py load_workdays`: the built-in calendar of days off."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from zcy import workdays


class Command(BaseCommand):
    help = "Copy the built-in calendar of days off into the table; days given by people or imports stay."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{workdays.load_builtin()} special days added or changed")
