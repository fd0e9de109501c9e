"""Write the rules of this release into the database, with a new shipped version where the code has changed."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils.translation import override

from supervision.models import Rule, RuleVersion
from supervision.rules import RULES
from zcy import clock


def sync_rules(**_signal: Any) -> None:
    """After every migrate: shipped versions are in force from the beginning, in every region."""
    if RuleVersion._meta.db_table not in connection.introspection.table_names():
        return
    with transaction.atomic(), override("zh-hans"):
        for slug, rule in RULES.items():
            row, _created = Rule.objects.get_or_create(slug=slug, defaults={"dimension": rule.dimension})
            latest = row.versions.filter(region__isnull=True).order_by("-number").first()
            code_hash = rule.code_hash()
            if latest is not None and latest.code_hash == code_hash:
                continue
            newest = row.versions.order_by("-number").values_list("number", flat=True).first() or 0
            RuleVersion.objects.create(
                rule=row,
                number=newest + 1,
                parameters=rule.parameters().as_dict(),
                legal_basis=str(rule.legal_basis),
                code_hash=code_hash,
                approved_at=clock.now(),
            )
