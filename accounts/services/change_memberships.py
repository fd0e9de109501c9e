"""Who holds which role in an organisation: given and taken by its administrator."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.errors import LastAdministrator, NotYourPeople, OwnRoles, PowersAreSeparate, RoleDoesNotFit
from accounts.models import Membership, Organisation, User
from accounts.roles import ROLES_OF_KIND, OrganisationKind
from accounts.services.delegate import end_all
from accounts.services.invite_person import ADMINISTRATOR_OF_KIND, require_administrator
from zcy import audit


def set_roles(*, actor: Actor, user: User, roles: Iterable[str]) -> None:
    """Give one of the organisation's people exactly these roles; none removes the person from it.

    Raises:
        NotYourPeople: the actor does not manage these people, or the person is not one of them.
        RoleDoesNotFit: organisations of this kind do not have a role.
        LastAdministrator: nobody would be left to manage the people.
        PowersAreSeparate: the account would hold two of the three powers.
        OwnRoles: the operator's security administrator would get more of them.
    """
    require_administrator(actor)
    assert actor.organisation is not None
    kind = OrganisationKind(actor.kind)
    wanted = set(roles)
    if not wanted <= set(ROLES_OF_KIND[kind]):
        raise RoleDoesNotFit(field="roles")
    with transaction.atomic():
        # One organisation's roles change one after the other, or two administrators could remove each other.
        Organisation.objects.select_for_update().get(pk=actor.organisation.pk)
        held = Membership.objects.filter(user=user, organisation=actor.organisation)
        before = set(held.values_list("role", flat=True))
        if not before:
            raise NotYourPeople
        administrator = ADMINISTRATOR_OF_KIND[kind]
        # Neither the operator's own, nor whoever administers in a colleague's place.
        careful = kind is OrganisationKind.OPERATOR or administrator in actor.acting_for
        if careful and user.pk == actor.user_id and wanted - before:
            raise OwnRoles(field="roles")
        if administrator in before and administrator not in wanted:
            others = Membership.objects.filter(
                organisation=actor.organisation, role=administrator, user__is_active=True
            ).exclude(user=user)
            if not others.exists():
                raise LastAdministrator(field="roles")
        held.exclude(role__in=wanted).delete()
        if not wanted:
            end_all(user=user, organisation=actor.organisation)
        try:
            with transaction.atomic():
                Membership.objects.bulk_create(
                    Membership(user=user, organisation=actor.organisation, role=role)
                    for role in wanted - before
                )
        except IntegrityError as error:
            raise PowersAreSeparate(field="roles") from error
        audit.record(
            actor=actor,
            action="person.roles_changed",
            subject=user,
            data={"before": sorted(before), "after": sorted(wanted)},
        )
