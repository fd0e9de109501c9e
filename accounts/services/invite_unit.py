"""A county's supervisor invites a unit; taking it up makes the buyer and its first administrator."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.errors import CodeTaken, InvitationIsOver
from accounts.models import Organisation, Region, UnitInvitation, User
from accounts.notices import notify
from accounts.roles import SUPERVISOR_ROLES, OrganisationKind, Role
from accounts.services.invite_person import accept_invitation, hash_of, invite_from_outside
from zcy import audit, clock
from zcy.errors import Conflict, Missing, NotAllowed

VALID_FOR: Final = timedelta(days=14)


@dataclass(frozen=True)
class InvitedUnit:
    """The invitation and the secret of its link, which is shown once."""

    invitation: UnitInvitation
    token: str


def invite_unit(
    *,
    actor: Actor,
    name: str,
    uscc: str,
    region: Region,
    manager_name: str,
    manager_email: str = "",
    address: str = "",
) -> InvitedUnit:
    """Invite a unit of the supervisor's region or below.

    Args:
        actor: a supervisor.
        name: of the unit.
        uscc: its unified social credit code, checked.
        region: where it belongs.
        manager_name: its first administrator.
        manager_email: where the supervisor sends the link.
        address: of the unit.

    Raises:
        NotAllowed: no supervisor, or the region is not theirs.
        CodeTaken: a buyer with this code is there already.
        Conflict: the unit is invited already.
    """
    if not actor.has_role(*SUPERVISOR_ROLES) or actor.user is None or actor.organisation is None:
        raise NotAllowed
    if not actor.covers_region(region):
        raise NotAllowed(_("Invite units of your own region or of those below it."))
    if Organisation.objects.buyers().filter(uscc=uscc).exclude(uscc="").exists():
        raise CodeTaken(field="uscc")
    # One that has run out gives way to a new one.
    UnitInvitation.objects.filter(
        uscc=uscc, accepted_at=None, withdrawn_at=None, expires_at__lte=clock.now()
    ).update(withdrawn_at=clock.now())
    token = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            invitation = UnitInvitation.objects.create(
                name=name,
                uscc=uscc,
                region=region,
                address=address,
                manager_name=manager_name,
                manager_email=manager_email,
                token_hash=hash_of(token),
                invited_by=actor.user,
                bureau=actor.organisation,
                expires_at=clock.now() + VALID_FOR,
            )
            audit.record(
                actor=actor, action="unit.invited", subject=invitation, data={"name": name, "uscc": uscc}
            )
    except IntegrityError as error:
        raise Conflict(
            _("This unit is invited already: send that invitation again."), field="uscc"
        ) from error
    return InvitedUnit(invitation, token)


def withdraw_unit(*, actor: Actor, invitation_id: int) -> None:
    """Close an invitation that nobody has taken up.

    Raises:
        Missing: none of the supervisor's region.
        InvitationIsOver: taken up or withdrawn.
    """
    with transaction.atomic():
        invitation = _locked(actor, invitation_id)
        invitation.withdrawn_at = clock.now()
        invitation.save(update_fields=["withdrawn_at"])
        audit.record(actor=actor, action="unit.withdrawn", subject=invitation)


def send_unit_again(*, actor: Actor, invitation_id: int) -> InvitedUnit:
    """A new link for the same invitation; the old one opens nothing any more.

    Raises:
        Missing, InvitationIsOver: as above.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = _locked(actor, invitation_id)
        invitation.token_hash = hash_of(token)
        invitation.sent_at = clock.now()
        invitation.expires_at = clock.now() + VALID_FOR
        invitation.save(update_fields=["token_hash", "sent_at", "expires_at"])
        audit.record(actor=actor, action="unit.invited_again", subject=invitation)
    return InvitedUnit(invitation, token)


def find_unit_invitation(token: str) -> UnitInvitation:
    """The open invitation of a link.

    Raises:
        InvitationIsOver: there is none.
    """
    found = (
        UnitInvitation.objects.open()
        .select_related("region", "bureau")
        .filter(token_hash=hash_of(token))
        .first()
    )
    if found is None:
        raise InvitationIsOver
    return found


def accept_unit(
    *, token: str, username: str = "", password: str = "", user: User | None = None
) -> tuple[Organisation, User]:
    """Make the unit and its first administrator, with a new account or the one that is signed in.

    Raises:
        InvitationIsOver: used, withdrawn or too old.
        CodeTaken: the unit came in another way meanwhile.
        NameTaken: somebody else took the user name at the same moment.
    """
    with transaction.atomic():
        invitation = (
            UnitInvitation.objects.open()
            .select_for_update(of=("self",))
            .select_related("region", "invited_by", "bureau")
            .filter(token_hash=hash_of(token))
            .first()
        )
        if invitation is None:
            raise InvitationIsOver
        try:
            with transaction.atomic():
                organisation = Organisation.objects.create(
                    kind=OrganisationKind.BUYER,
                    name=invitation.name,
                    uscc=invitation.uscc,
                    region=invitation.region,
                    address=invitation.address,
                )
        except IntegrityError as error:
            raise CodeTaken from error
        invited = invite_from_outside(
            organisation=organisation,
            name=invitation.manager_name,
            email=invitation.manager_email,
            role=Role.MANAGER,
        )
        member = accept_invitation(token=invited.token, username=username, password=password, user=user)
        invitation.accepted_at, invitation.organisation = clock.now(), organisation
        invitation.save(update_fields=["accepted_at", "organisation"])
        audit.record(
            actor=None,
            action="unit.joined",
            subject=invitation,
            data={"organisation": organisation.pk, "user": member.pk},
        )
        notify(
            [invitation.invited_by],
            "unit_joined",
            data={"name": organisation.name},
            url="/supervisor/units/",
            key=f"unit-{invitation.pk}",
            organisation=invitation.bureau,
        )
    return organisation, member


def _locked(actor: Actor, invitation_id: int) -> UnitInvitation:
    found = (
        UnitInvitation.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(pk=invitation_id)
        .first()
    )
    if found is None:
        raise Missing
    if found.accepted_at is not None or found.withdrawn_at is not None:
        raise InvitationIsOver
    return found
