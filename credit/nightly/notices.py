"""Tells a supplier's people that the grade has changed, or will."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from accounts.models import Membership, Notice
from accounts.roles import SUPPLIER_ROLES
from credit.models import GradeChange
from zcy import clock

KIND: Final = "credit_grade_changed"
# Changes of nights that were only caught up are history, not news.
NEWS: Final = timedelta(days=7)


def announce(changes: Sequence[GradeChange]) -> int:
    """Notify everybody who acts for the suppliers, once per change."""
    recent = clock.today() - NEWS * 2
    news = [change for change in changes if change.decided_on >= recent]
    if not news:
        return 0
    people: dict[int, set[int]] = {}
    rows = Membership.objects.filter(
        organisation__in=[change.supplier_id for change in news],
        role__in=SUPPLIER_ROLES,
        user__is_active=True,
    )
    for organisation, user in rows.values_list("organisation_id", "user_id"):
        people.setdefault(organisation, set()).add(user)
    notices = [
        Notice(
            user_id=user,
            organisation_id=change.supplier_id,
            kind=KIND,
            data={
                "before": change.before,
                "after": change.after,
                "decided_on": change.decided_on.isoformat(),
                "effective_on": change.effective_on.isoformat(),
                "reason": change.reason,
            },
            url="/supplier/credit/",
            key=f"{KIND}:{change.supplier_id}:{change.decided_on}:{change.after}",
        )
        for change in news
        for user in sorted(people.get(change.supplier_id, ()))
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    return len(notices)
