"""Tells a supplier's people what has happened to its credit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.models import Organisation
from accounts.roles import SUPPLIER_ROLES
from credit.models import CreditEvent, EventKind, GradeChange
from zcy import clock

URL: Final = "/supplier/credit/"
ROSE: Final = "credit_grade_rose"
FALLS: Final = "credit_grade_falls"
VETO: Final = "credit_grade_veto"
DEDUCTION: Final = "credit_deduction"
BONUS: Final = "credit_bonus"
# Changes of nights that were only caught up are history, not news.
NEWS: Final = timedelta(days=14)


def register() -> None:
    """Called once, when the app is ready."""
    for name, text, tone in (
        (ROSE, _("Your credit grade rose from %(before)s to %(after)s on %(effective_on)s."), "good"),
        (FALLS, _("Your credit grade will fall from %(before)s to %(after)s on %(effective_on)s."), "watch"),
        (
            VETO,
            _("Your credit grade is D from %(effective_on)s: excluded, or the licence has expired."),
            "serious",
        ),
        (DEDUCTION, _("%(points)s credit points are deducted from %(effective_on)s: %(reason)s"), "watch"),
        (BONUS, _("You were given %(points)s credit bonus points: %(reason)s"), "good"),
    ):
        notices.kinds.register(notices.NoticeKind(name, text, tone))


def announce(changes: Sequence[GradeChange]) -> int:
    """Notify everybody who acts for the suppliers, once per change; returns how many notices were new."""
    news = [
        change
        for change in changes
        if change.decided_on >= clock.today() - NEWS and change.reason != "newcomer"
    ]
    suppliers = Organisation.objects.in_bulk({change.supplier_id for change in news})
    return sum(
        notices.notify(
            (suppliers[change.supplier_id], SUPPLIER_ROLES),
            VETO if change.reason == "veto" else ROSE if change.effective_on == change.decided_on else FALLS,
            data={
                "before": change.before,
                "after": change.after,
                "effective_on": change.effective_on.isoformat(),
            },
            url=URL,
            key=f"credit:{change.supplier_id}:{change.decided_on}:{change.after}",
        )
        for change in news
    )


def tell_of_event(event: CreditEvent) -> int:
    """Notify the supplier of points that were taken or given."""
    return notices.notify(
        (event.supplier, SUPPLIER_ROLES),
        BONUS if event.kind == EventKind.BONUS else DEDUCTION,
        data={
            "points": f"{event.points:g}" if isinstance(event.points, float) else str(event.points),
            "reason": event.reason,
            "effective_on": event.effective_on.isoformat(),
        },
        url=URL,
        key=f"credit-event:{event.pk}",
    )
