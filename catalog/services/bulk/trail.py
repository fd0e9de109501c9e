"""The audit of many acts of one kind, in one statement."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import structlog
from django.db import connection
from django.db.models import Model

from zcy import audit
from zcy.models import AuditEntry

_INSERT: Final = f"""
    INSERT INTO {AuditEntry._meta.db_table}
           (action, actor_id, actor_name, organisation_id, region_code, subject_type, subject_id, data, request_id, ip)
    SELECT %(action)s, %(actor)s, %(name)s, %(organisation)s, %(region)s, %(type)s, s.id::text,
           coalesce(s.data, '{{}}'), %(request)s, %(ip)s
      FROM unnest(%(ids)s::bigint[], %(data)s::jsonb[]) AS s(id, data)
"""


def record_many(
    *,
    actor: audit.Acting,
    action: str,
    model: type[Model],
    subjects: Mapping[int, Mapping[str, Any] | None],
) -> None:
    """As `audit.record`, once for each subject (its id → what is worth knowing), in the caller's transaction."""
    if not subjects:
        return
    context = structlog.contextvars.get_contextvars()
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "action": action,
                "actor": actor.user_id,
                "name": actor.name[:150],
                "organisation": actor.organisation_id,
                "region": actor.region.code if actor.region else "",
                "type": model._meta.label_lower,
                "request": str(context.get("request_id", ""))[:64],
                "ip": context.get("ip") or None,
                "ids": list(subjects),
                "data": [
                    None if data is None else json.dumps(audit.plain(data)) for data in subjects.values()
                ],
            },
        )
