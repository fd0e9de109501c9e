"""Make a supervisor responsible for warnings, one or many at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Membership, Region, User
from accounts.roles import SUPERVISOR_ROLES
from supervision.errors import NotASupervisor
from supervision.models import Warning
from supervision.services.deadlines import verify_by
from supervision.services.steps import take, warning_for
from zcy import clock

if TYPE_CHECKING:
    from accounts.actor import Actor


def assignable_to(region: Region) -> QuerySet[User]:
    """Supervisors whose region is this one or lies above it."""
    codes = region.path.strip("/").split("/")
    held = Membership.objects.filter(
        role__in=SUPERVISOR_ROLES, organisation__active=True, organisation__region__code__in=codes
    )
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("name", "pk")


def assign_warnings(*, actor: Actor, warning_ids: Iterable[int], assignee_id: int) -> list[Warning]:
    """Assign all of the warnings, or none.

    Args:
        actor: a supervisor of their regions.
        warning_ids: the warnings.
        assignee_id: who shall handle them: somebody of a finance bureau of the region or above it.

    Raises:
        NotAllowed, Missing, WrongStep, NotASupervisor.
    """
    now = clock.now()
    done = []
    with transaction.atomic():
        for warning_id in sorted(set(warning_ids)):
            warning = warning_for(actor, warning_id)
            if not assignable_to(warning.region).filter(pk=assignee_id).exists():
                raise NotASupervisor(field="assignee")
            data = {"assignee": assignee_id}
            done.append(
                take(
                    warning,
                    "assigned",
                    actor=actor,
                    data=data,
                    assignee_id=assignee_id,
                    due_at=verify_by(now),
                )
            )
    return done
