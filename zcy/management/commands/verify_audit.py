"""`manage.py verify_audit`: recompute the chain of seals."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zcy import audit


class Command(BaseCommand):
    help = "Recompute the seals of the audit from its entries, and name the first broken link."

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit.verify()
        if not found.intact:
            raise CommandError(f"the audit is broken: {found.broken}")
        self.stdout.write(f"the audit is intact: {found.entries} entries under {found.seals} seals")
