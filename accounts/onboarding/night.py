"""Each night: bans and suspensions that begin or end, and licences that run out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection, transaction

from accounts.models import Notice
from accounts.onboarding.findings import SOON
from accounts.services.exclusions import follow_all_exclusions
from accounts.services.suspensions import refresh_suspended
from zcy.registries import NightContext

RENEWAL: Final = "/suppliers/application/"
BATCH: Final = 1_000
# Licences in force of active suppliers, and the end that an import or the staff have written where there is no paper;
# with each administrator who is to be told. An application in review has the renewed one already.
_ENDING: Final = """
    WITH papers AS (
        SELECT l.organisation_id, l.number AS licence, l.expires_on, 'licence-' || l.id AS key
          FROM accounts_licence l
         WHERE l.accepted_at IS NOT NULL AND l.replaced_at IS NULL AND l.expires_on < %(soon)s
        UNION ALL
        SELECT o.id, o.name, o.licence_expires_on, 'licence-of-' || o.id || '-' || o.licence_expires_on
          FROM accounts_organisation o
         WHERE o.kind = 'supplier' AND o.licence_expires_on < %(soon)s
           AND NOT EXISTS (SELECT 1 FROM accounts_licence l WHERE l.organisation_id = o.id
                              AND l.kind = 'business' AND l.accepted_at IS NOT NULL AND l.replaced_at IS NULL)
    )
    SELECT m.user_id, p.organisation_id, p.licence, p.expires_on, p.key
      FROM papers p
      JOIN accounts_organisation o ON o.id = p.organisation_id AND o.active
      JOIN accounts_membership m ON m.organisation_id = o.id AND m.role = 'supplier_admin'
      JOIN accounts_user u ON u.id = m.user_id AND u.is_active AND u.password NOT LIKE '!%%'
     WHERE p.expires_on >= %(oldest)s
       AND NOT EXISTS (SELECT 1 FROM accounts_application a
                        WHERE a.organisation_id = o.id AND a.state = 'submitted')
     ORDER BY p.expires_on, m.user_id
"""
# Whoever has been silent for so long after the end is not reminded any more.
LATE: Final = timedelta(days=30)


def run_night(context: NightContext) -> Mapping[str, Any]:
    """The part of a night; a second run changes nothing."""
    morning = context.last + timedelta(days=1)
    banned = follow_all_exclusions()
    stopped = refresh_suspended()
    told = remind(morning)
    return {"rows": len(banned) + len(stopped) + told, "notices": told}


def remind(day: date) -> int:
    """Tell suppliers' administrators of licences that end within 60 days, and once more when they have ended.

    Args:
        day: the day on which they read it.

    Returns:
        How many notices there are that were not there before.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ENDING, {"soon": day + SOON, "oldest": day - LATE})
            rows = cursor.fetchall()
        before = Notice.objects.filter(kind__in=["licence_expiring", "licence_expired"]).count()
        Notice.objects.bulk_create(
            [
                Notice(
                    user_id=user,
                    organisation_id=organisation,
                    kind="licence_expired" if ends < day else "licence_expiring",
                    data={"licence": licence, "day": ends.isoformat()},
                    url=RENEWAL,
                    key=f"{key}-{'expired' if ends < day else 'expiring'}",
                )
                for user, organisation, licence, ends, key in rows
            ],
            ignore_conflicts=True,
            batch_size=BATCH,
        )
        after = Notice.objects.filter(kind__in=["licence_expiring", "licence_expired"]).count()
    return after - before
