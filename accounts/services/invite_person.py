"""An organisation's administrator invites somebody; the link is shown once and is not kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.errors import InvitationIsOver, NameTaken, NotYourPeople, PowersAreSeparate, RoleDoesNotFit
from accounts.models import Invitation, Membership, Organisation, User
from accounts.roles import ROLES_OF_KIND, OrganisationKind, Role
from zcy import audit, clock

VALID_FOR: Final = timedelta(days=7)
# Who manages the people of an organisation, by its kind.
ADMINISTRATOR_OF_KIND: Final = {
    OrganisationKind.BUYER: Role.MANAGER,
    OrganisationKind.SUPPLIER: Role.SUPPLIER_ADMIN,
    OrganisationKind.SUPERVISOR: Role.SUPERVISION_LEAD,
    OrganisationKind.OPERATOR: Role.SECURITY_ADMIN,
}


@dataclass(frozen=True)
class Invited:
    """The invitation and the secret of its link."""

    invitation: Invitation
    token: str


def require_administrator(actor: Actor) -> None:
    """Refuse everybody but the administrator of the organisation the person acts for.

    Raises:
        NotYourPeople: the person is not.
    """
    if not actor.kind or not actor.has_role(ADMINISTRATOR_OF_KIND[OrganisationKind(actor.kind)]):
        raise NotYourPeople


def invite_person(*, actor: Actor, name: str, email: str, role: str) -> Invited:
    """Invite somebody to a role in the actor's organisation.

    Raises:
        NotYourPeople: the actor does not manage the organisation's people.
        RoleDoesNotFit: organisations of this kind do not have the role.
    """
    require_administrator(actor)
    assert actor.organisation is not None
    return _invite(actor, actor.organisation, name=name, email=email, role=role)


def invite_from_outside(*, organisation: Organisation, name: str, role: str, email: str = "") -> Invited:
    """Invite somebody to an organisation that has nobody yet who could: whoever runs the machine does it.

    Raises:
        RoleDoesNotFit: organisations of this kind do not have the role.
    """
    return _invite(None, organisation, name=name, email=email, role=role)


def _invite(actor: Actor | None, organisation: Organisation, *, name: str, email: str, role: str) -> Invited:
    # An import may have brought a kind that has no roles.
    if role not in ROLES_OF_KIND.get(organisation.kind, ()):
        raise RoleDoesNotFit(field="role")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            organisation=organisation,
            name=name,
            email=email,
            role=role,
            token_hash=hash_of(token),
            invited_by=actor.user if actor else None,
            expires_at=clock.now() + VALID_FOR,
        )
        audit.record(
            actor=actor, action="person.invited", subject=invitation, data={"name": name, "role": role}
        )
    return Invited(invitation, token)


def withdraw_invitation(*, actor: Actor, invitation: Invitation) -> None:
    """Close an open invitation of the actor's organisation.

    Raises:
        NotYourPeople: it is another organisation's.
        InvitationIsOver: it is no longer open.
    """
    require_administrator(actor)
    if invitation.organisation_id != actor.organisation_id:
        raise NotYourPeople
    with transaction.atomic():
        closed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(
            withdrawn_at=clock.now()
        )
        if not closed:
            raise InvitationIsOver
        audit.record(actor=actor, action="invitation.withdrawn", subject=invitation)


def invite_again(*, actor: Actor, invitation: Invitation) -> Invited:
    """A new link for an invitation that nobody has taken up; the old link opens nothing any more.

    Raises:
        NotYourPeople: it is another organisation's.
        InvitationIsOver: it was taken up or withdrawn.
    """
    require_administrator(actor)
    if invitation.organisation_id != actor.organisation_id:
        raise NotYourPeople
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        expires = clock.now() + VALID_FOR
        renewed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(
            token_hash=hash_of(token), expires_at=expires
        )
        if not renewed:
            raise InvitationIsOver
        invitation.refresh_from_db()
        audit.record(actor=actor, action="person.invited_again", subject=invitation)
    return Invited(invitation, token)


def find_invitation(token: str) -> Invitation:
    """The open invitation of a link.

    Raises:
        InvitationIsOver: there is none.
    """
    found = open_invitations().select_related("organisation").filter(token_hash=hash_of(token)).first()
    if found is None:
        raise InvitationIsOver
    return found


def accept_invitation(
    *, token: str, username: str = "", password: str = "", user: User | None = None
) -> User:
    """Take up an invitation, with a new account or with the account of somebody who is signed in.

    Raises:
        InvitationIsOver: used, withdrawn or too old; or taken up by somebody else at the same moment.
        PowersAreSeparate: the account holds another of the three powers already.
        NameTaken: somebody else took the user name at the same moment.
    """
    with transaction.atomic():
        invitation = open_invitations().select_for_update().filter(token_hash=hash_of(token)).first()
        if invitation is None:
            raise InvitationIsOver
        if user is None:
            user = _new_account(invitation, username, password)
        try:
            with transaction.atomic():
                Membership.objects.get_or_create(
                    user=user, organisation_id=invitation.organisation_id, role=invitation.role
                )
        except IntegrityError as error:
            raise PowersAreSeparate from error
        invitation.accepted_at, invitation.user = clock.now(), user
        invitation.save(update_fields=["accepted_at", "user"])
        audit.record(actor=None, action="invitation.accepted", subject=invitation, data={"user": user.pk})
    return user


def _new_account(invitation: Invitation, username: str, password: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(
                username=username, password=password, name=invitation.name, email=invitation.email
            )
    except IntegrityError as error:
        raise NameTaken(field="username") from error


def open_invitations() -> QuerySet[Invitation]:
    """Invitations that may still be taken up."""
    return Invitation.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now())


def hash_of(token: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()
