"""Who acts: a person, the organisation the person acts for just now, and the roles held there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.http import HttpRequest

from accounts.models import Membership, Organisation, Region, User
from accounts.roles import ROLES_OF_KIND, OrganisationKind

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


@dataclass(frozen=True)
class Actor:
    """A person with one active organisation. Everything that services and querysets ask about authority."""

    user: User | None = None
    organisation: Organisation | None = None
    roles: frozenset[str] = frozenset()
    # Everything the person could switch to, and every role held anywhere (for the second factor).
    organisations: tuple[Organisation, ...] = ()
    all_roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_authenticated(self) -> bool:
        return self.user is not None

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def organisation_id(self) -> int | None:
        return self.organisation.pk if self.organisation else None

    @property
    def region(self) -> Region | None:
        return self.organisation.region if self.organisation else None

    @property
    def kind(self) -> str:
        """The kind of the active organisation, or an empty text."""
        return self.organisation.kind if self.organisation else ""

    @property
    def name(self) -> str:
        return str(self.user) if self.user else ""

    def has_role(self, *roles: str) -> bool:
        """Whether the person holds one of the roles in the active organisation."""
        return not self.roles.isdisjoint(roles)

    def covers_region(self, region: Region) -> bool:
        """Whether the region is the actor's own or lies below it."""
        return self.region is not None and region.path.startswith(self.region.path)


class AnonymousActor(Actor):
    """Somebody who has not signed in."""


ANONYMOUS = AnonymousActor()


class ActorRequest(HttpRequest):
    """What a view gets after our middleware; for annotations only."""

    actor: Actor
    htmx: HtmxDetails


def actor_of(user: User, organisation_id: int | None = None) -> Actor:
    """Look up what a person may do, in one SQL statement.

    Args:
        user: the person.
        organisation_id: the organisation to act for; the first one where it is None or no longer the person's.
    """
    memberships = (
        Membership.objects.filter(user=user, organisation__active=True)
        .select_related("organisation__region")
        .order_by("organisation_id", "id")
    )
    return _actor_from(user, list(memberships), organisation_id)


def _actor_from(user: User, memberships: Iterable[Membership], organisation_id: int | None) -> Actor:
    organisations = {membership.organisation_id: membership.organisation for membership in memberships}
    active = organisations.get(organisation_id or 0) or next(iter(organisations.values()), None)
    return Actor(
        user=user,
        organisation=active,
        roles=frozenset(
            m.role for m in memberships if active and m.organisation_id == active.pk and _fits(m)
        ),
        organisations=tuple(organisations.values()),
        all_roles=frozenset(m.role for m in memberships if _fits(m)),
    )


def _fits(membership: Membership) -> bool:
    """A role opens nothing in an organisation of the wrong kind, whatever an import brought."""
    return membership.role in ROLES_OF_KIND[OrganisationKind(membership.organisation.kind)]
