"""Who acts: a person, the organisation the person acts for just now, and the roles held there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connections
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
    organisations: dict[int, Organisation] = {}
    held: list[tuple[int, str]] = []
    for number, role, *values in _memberships(user):
        if number not in organisations:
            organisations[number] = _organisation(values)
        # A role opens nothing in an organisation of the wrong kind, whatever an import brought.
        if role in ROLES_OF_KIND[OrganisationKind(organisations[number].kind)]:
            held.append((number, role))
    active = organisations.get(organisation_id or 0) or next(iter(organisations.values()), None)
    return Actor(
        user=user,
        organisation=active,
        roles=frozenset(role for number, role in held if active and number == active.pk),
        organisations=tuple(organisations.values()),
        all_roles=frozenset(role for _number, role in held),
    )


def _memberships(user: User) -> list[tuple[Any, ...]]:
    """(organisation, role, columns of the organisation, columns of its region) of a person, by organisation.

    Every page asks, and composing the statement anew would cost more than answering it.
    """
    with connections[user._state.db or DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_statement(), [user.pk])
        return list(cursor.fetchall())


@cache
def _statement() -> str:
    organisation, region = (
        ", ".join(f'{alias}."{name}"' for name in _columns(model))
        for alias, model in (("o", Organisation), ("r", Region))
    )
    return f"""
        SELECT o.id, m.role, {organisation}, {region}
          FROM {Membership._meta.db_table} m
          JOIN {Organisation._meta.db_table} o ON o.id = m.organisation_id AND o.active
          JOIN {Region._meta.db_table} r ON r.id = o.region_id
         WHERE m.user_id = %s ORDER BY o.id, m.id
    """


@cache
def _columns(model: type[Organisation] | type[Region]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


def _organisation(values: Sequence[Any]) -> Organisation:
    end = len(_columns(Organisation))
    organisation = Organisation.from_db(DEFAULT_DB_ALIAS, _columns(Organisation), values[:end])
    organisation.region = Region.from_db(DEFAULT_DB_ALIAS, _columns(Region), values[end:])
    return organisation
