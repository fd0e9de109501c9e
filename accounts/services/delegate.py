"""Somebody who is away lets a colleague act in their place, for a while that ends by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.errors import DelegationRefused, NotYourPeople
from accounts.models import Delegation, Membership, Organisation, User
from accounts.notices import notify
from accounts.roles import SECOND_FACTOR_ROLES, SEPARATE_POWERS, OrganisationKind
from accounts.services.invite_person import ADMINISTRATOR_OF_KIND
from zcy import audit, clock
from zcy.errors import Conflict, Missing, NotAllowed
from zcy.formats import local

LONGEST: Final = timedelta(days=180)


def delegate(
    *,
    actor: Actor,
    deputy: User,
    roles: Iterable[str],
    begins_at: datetime,
    ends_at: datetime,
    note: str = "",
) -> Delegation:
    """Hand some of one's own roles to a colleague for a while.

    Raises:
        NotAllowed: the actor belongs to no organisation.
        NotYourPeople: the deputy is no colleague.
        DelegationRefused: roles that the actor does not hold personally, one of the three separate powers, roles
            that need a second factor which the deputy has not set up; or days that do not fit.
    """
    wanted = sorted(set(roles))
    if actor.user is None or actor.organisation is None:
        raise NotAllowed
    moment = clock.now()
    if ends_at <= begins_at or ends_at <= moment:
        raise DelegationRefused(_("The end lies before the beginning, or is over."), field="ends_on")
    if ends_at - max(begins_at, moment) > LONGEST + timedelta(days=1):
        raise DelegationRefused(_("A delegation lasts at most 180 days."), field="ends_on")
    if not wanted:
        raise DelegationRefused(_("Choose at least one role."), field="roles")
    with transaction.atomic():
        # The same lock as for changes of roles: what is handed over is still held.
        Organisation.objects.select_for_update().get(pk=actor.organisation.pk)
        own = set(
            Membership.objects.filter(user=actor.user, organisation=actor.organisation).values_list(
                "role", flat=True
            )
        )
        if not set(wanted) <= own:
            raise DelegationRefused(
                _("You can only delegate roles that you hold yourself, not those you hold for others."),
                field="roles",
            )
        if not set(wanted).isdisjoint(SEPARATE_POWERS):
            raise DelegationRefused(
                _("System, security and audit administrators delegate nothing: three powers, three people."),
                field="roles",
            )
        colleague = Membership.objects.filter(
            user=deputy, organisation=actor.organisation, user__is_active=True
        )
        if deputy.pk == actor.user_id or not colleague.exists():
            raise NotYourPeople(_("Choose a colleague of your own organisation."), field="deputy")
        if not set(wanted).isdisjoint(SECOND_FACTOR_ROLES) and not _has_second_factor(deputy):
            raise DelegationRefused(
                _("This role needs a second factor, and %(name)s has not set one up.") % {"name": deputy},
                field="deputy",
            )
        delegation = Delegation.objects.create(
            organisation=actor.organisation,
            giver=actor.user,
            deputy=deputy,
            roles=wanted,
            begins_at=begins_at,
            ends_at=ends_at,
            note=note.strip()[:200],
        )
        audit.record(
            actor=actor,
            action="delegation.made",
            subject=delegation,
            data={"deputy": deputy.pk, "roles": wanted, "from": begins_at, "to": ends_at},
        )
        notify(
            [deputy],
            "delegation_given",
            data={"name": str(actor.user), "begin": local(begins_at), "end": local(ends_at)},
            url="/account/delegations/",
            key=f"delegation-{delegation.pk}",
            organisation=actor.organisation,
        )
    return delegation


def _has_second_factor(user: User) -> bool:
    return bool(is_mfa_enabled(user)) or (settings.DEMONSTRATION and user.demonstration)


def end_delegation(*, actor: Actor, delegation_id: int) -> Delegation:
    """End it now: the giver, the deputy, and whoever administers the organisation's people may.

    Raises:
        Missing: there is none that the actor may end.
        Conflict: it is over.
    """
    with transaction.atomic():
        delegation = (
            Delegation.objects.select_for_update(of=("self",))
            .select_related("giver")
            .filter(pk=delegation_id, organisation_id=actor.organisation_id or 0)
            .first()
        )
        if delegation is None or not (
            actor.user_id in (delegation.giver_id, delegation.deputy_id) or _administers(actor)
        ):
            raise Missing
        if delegation.ended_at is not None or delegation.ends_at <= clock.now():
            raise Conflict(_("This delegation is over already."))
        delegation.ended_at = clock.now()
        delegation.save(update_fields=["ended_at"])
        audit.record(actor=actor, action="delegation.ended", subject=delegation)
        if actor.user_id != delegation.deputy_id:
            notify(
                [delegation.deputy_id],
                "delegation_ended",
                data={"name": str(delegation.giver)},
                url="/account/delegations/",
                key=f"delegation-{delegation.pk}-ended",
                organisation=actor.organisation,
            )
    return delegation


def end_all(*, user: User, organisation: Organisation) -> int:
    """End what somebody who leaves has given and taken; in the caller's transaction."""
    running = Delegation.objects.not_over().filter(organisation=organisation)
    return (running.filter(giver=user) | running.filter(deputy=user)).update(ended_at=clock.now())


def _administers(actor: Actor) -> bool:
    return bool(actor.kind) and actor.has_role(ADMINISTRATOR_OF_KIND[OrganisationKind(actor.kind)])
