"""A supplier is suspended when a second person confirms, and resumes in the same way, or by the calendar.

Two causes never overwrite each other: each has rows of its own, and `SupplierStanding.suspended` is nothing but the
answer to "is any of them in force", written here alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.errors import SecondPersonNeeded
from accounts.models import Organisation, Suspension, SuspensionCause
from accounts.notices import notify
from accounts.roles import SUPPLIER_ROLES, OrganisationKind, Role
from accounts.signals import suppliers_stopped_or_resumed
from zcy import audit, clock
from zcy.errors import Conflict, DomainError, Missing, NotAllowed

SUSPENDERS: Final = frozenset([Role.ONBOARDING, Role.SUPERVISOR, Role.SUPERVISION_LEAD])
_REFRESH: Final = """
    WITH concerned AS (
        SELECT DISTINCT s.organisation_id FROM accounts_suspension s
         WHERE s.organisation_id = ANY(%(ids)s) OR %(everybody)s
    ), wanted AS (
        SELECT c.organisation_id, EXISTS (
            SELECT 1 FROM accounts_suspension s
             WHERE s.organisation_id = c.organisation_id AND s.confirmed_at IS NOT NULL AND s.lifted_at IS NULL
               AND s.begins_on <= %(day)s AND (s.ends_on IS NULL OR s.ends_on >= %(day)s)
        ) AS suspended FROM concerned c
    )
    INSERT INTO accounts_supplierstanding AS t
           (supplier_id, grade, provisional, ranking_factor, deposit_rate, suspended)
    SELECT w.organisation_id, 'BBB', true, 1, 1, w.suspended FROM wanted w
     WHERE w.suspended OR EXISTS (
         SELECT 1 FROM accounts_supplierstanding k WHERE k.supplier_id = w.organisation_id)
     ORDER BY w.organisation_id
    ON CONFLICT (supplier_id) DO UPDATE SET suspended = excluded.suspended
     WHERE t.suspended IS DISTINCT FROM excluded.suspended
    RETURNING supplier_id
"""


def propose_suspension(
    *,
    actor: Actor | None,
    organisation: Organisation,
    cause: str,
    reason: str,
    begins_on: date,
    ends_on: date | None = None,
) -> Suspension:
    """Propose to suspend a supplier; it holds when a second person confirms.

    Args:
        actor: onboarding staff or a supervisor of the region; None: the night, where credit is the cause.
        organisation: a supplier.
        cause: of `SuspensionCause`.
        reason: which the supplier reads.
        begins_on: the first day.
        ends_on: the last day; None: until it is lifted.

    Raises:
        NotAllowed: not the actor's to decide.
        DomainError: no supplier, no reason, or the days do not fit.
        Conflict: an open suspension of this cause is there already.
    """
    if actor is not None:
        _require(actor, organisation)
    if organisation.kind != OrganisationKind.SUPPLIER:
        raise DomainError(_("Only suppliers are suspended."), field="organisation")
    if not reason.strip():
        raise DomainError(_("Write the reason: the supplier reads it."), field="reason")
    if ends_on is not None and ends_on < begins_on:
        raise DomainError(_("The suspension ends before it begins."), field="ends_on")
    try:
        with transaction.atomic():
            suspension = Suspension.objects.create(
                organisation=organisation,
                cause=SuspensionCause(cause),
                reason=reason.strip()[:1000],
                begins_on=begins_on,
                ends_on=ends_on,
                proposed_by=actor.user if actor else None,
            )
            _record(actor, suspension, "proposed")
    except IntegrityError as error:
        raise Conflict(
            _("A suspension for this cause is open already: lift it, or decide about it.")
        ) from error
    return suspension


def decide_suspension(*, actor: Actor, suspension_id: int, confirm: bool) -> Suspension:
    """The second person confirms or refuses; a confirmed one holds from its first day.

    Raises:
        NotAllowed, Missing: not the actor's to decide.
        SecondPersonNeeded: the actor proposed it.
        Conflict: it was decided already.
    """
    with transaction.atomic():
        suspension = _locked(actor, suspension_id)
        if suspension.proposed_by_id == actor.user_id:
            raise SecondPersonNeeded
        if suspension.confirmed_at or suspension.refused_at:
            raise Conflict
        if confirm:
            suspension.confirmed_at, suspension.confirmed_by = clock.now(), actor.user
        else:
            suspension.refused_at, suspension.refused_by = clock.now(), actor.user
        suspension.save()
        _record(actor, suspension, "confirmed" if confirm else "refused")
        if confirm:
            refresh_suspended([suspension.organisation_id])
            _tell(suspension, "supplier_suspended", suspension.reason)
    return suspension


def propose_lifting(*, actor: Actor, suspension_id: int, reason: str) -> Suspension:
    """Propose to lift a suspension, with the reason.

    Raises:
        NotAllowed, Missing: not the actor's to decide.
        DomainError: no reason.
        Conflict: it is not in force or to come, or its lifting is proposed already.
    """
    if not reason.strip():
        raise DomainError(_("Write why the suspension is lifted: the supplier reads it."), field="reason")
    with transaction.atomic():
        suspension = _locked(actor, suspension_id)
        if suspension.confirmed_at is None or suspension.is_over or suspension.lift_proposed_by_id:
            raise Conflict
        suspension.lift_proposed_by, suspension.lift_reason = actor.user, reason.strip()[:1000]
        suspension.save()
        _record(actor, suspension, "lifting_proposed")
    return suspension


def decide_lifting(*, actor: Actor, suspension_id: int, confirm: bool) -> Suspension:
    """The second person lifts the suspension, or leaves it in force.

    Raises:
        NotAllowed, Missing: not the actor's to decide.
        SecondPersonNeeded: the actor proposed it.
        Conflict: nobody proposed it, or it was decided already.
    """
    with transaction.atomic():
        suspension = _locked(actor, suspension_id)
        if suspension.lift_proposed_by_id is None or suspension.lifted_at is not None:
            raise Conflict
        if suspension.lift_proposed_by_id == actor.user_id and confirm:
            raise SecondPersonNeeded
        if confirm:
            suspension.lifted_at, suspension.lifted_by = clock.now(), actor.user
            _record(actor, suspension, "lifted")
        else:
            _record(actor, suspension, "lifting_refused")
            suspension.lift_proposed_by, suspension.lift_reason = None, ""
        suspension.save()
        if confirm:
            refresh_suspended([suspension.organisation_id])
            _tell(suspension, "suspension_lifted", suspension.lift_reason)
    return suspension


def refresh_suspended(organisations: Iterable[int] | None = None) -> list[int]:
    """Write `SupplierStanding.suspended` from the suspensions in force today; None: of every supplier that has any.

    Returns:
        The suppliers that stopped or resumed; `suppliers_stopped_or_resumed` is sent with them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _REFRESH,
            {
                "ids": list(organisations or []),
                "everybody": organisations is None,
                "day": clock.today(),
            },
        )
        changed = [row[0] for row in cursor.fetchall()]
        if changed:
            suppliers_stopped_or_resumed.send(sender=Suspension, suppliers=changed)
    return changed


def _require(actor: Actor, organisation: Organisation) -> None:
    if not actor.has_role(*SUSPENDERS):
        raise NotAllowed
    if not actor.has_role(Role.ONBOARDING) and not actor.covers_region(organisation.region):
        raise NotAllowed


def _locked(actor: Actor, suspension_id: int) -> Suspension:
    if not actor.has_role(*SUSPENDERS):
        raise NotAllowed
    found = (
        Suspension.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("organisation__region")
        .filter(pk=suspension_id)
        .first()
    )
    if found is None:
        raise Missing
    return found


def _record(actor: Actor | None, suspension: Suspension, verb: str) -> None:
    audit.record(
        actor=actor,
        action=f"suspension.{verb}",
        subject=suspension,
        data={
            "organisation": suspension.organisation_id,
            "cause": suspension.cause,
            "reason": suspension.lift_reason if verb.startswith("lift") else suspension.reason,
        },
    )


def _tell(suspension: Suspension, kind: str, reason: str) -> None:
    notify(
        (suspension.organisation, SUPPLIER_ROLES),
        kind,
        data={"name": suspension.organisation.name, "day": suspension.begins_on, "reason": reason},
        url=f"/stores/{suspension.organisation_id}/",
        key=f"{kind}-{suspension.pk}",
    )
