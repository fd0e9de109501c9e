"""Who acts: a person, the organisation the person acts for just now, and the roles held there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest

from accounts.models import Delegation, Membership, Organisation, Region, User
from accounts.roles import ROLES_OF_KIND, SEPARATE_POWERS, OrganisationKind
from zcy.prepared import prepared_cursor

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


@dataclass(frozen=True)
class Absent:
    """Somebody for whom the person stands in just now."""

    user_id: int
    name: str


@dataclass(frozen=True)
class Actor:
    """A person with one active organisation. Everything that services and querysets ask about authority."""

    user: User | None = None
    organisation: Organisation | None = None
    roles: frozenset[str] = frozenset()
    # Everything the person could switch to, and every role held anywhere (for the second factor).
    organisations: tuple[Organisation, ...] = ()
    all_roles: frozenset[str] = field(default_factory=frozenset)
    # Those of `roles` that the person holds only in the place of a colleague who is away.
    acting_for: Mapping[str, Absent] = field(default_factory=dict, hash=False)

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

    def stands_for(self, user_id: int | None) -> bool:
        """Whether somebody is the person, or a colleague for whom the person stands in: four eyes are not theirs."""
        if user_id is None:
            return False
        return user_id == self.user_id or any(
            absent.user_id == user_id for absent in self.acting_for.values()
        )

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
    deputised: list[tuple[int, str, Absent]] = []
    for number, role, giver, giver_name, *values in _memberships(user):
        if number not in organisations:
            organisations[number] = _organisation(values)
        # A role opens nothing in an organisation of the wrong kind, whatever an import brought.
        if role not in ROLES_OF_KIND[OrganisationKind(organisations[number].kind)]:
            continue
        if giver is None:
            held.append((number, role))
        elif role not in SEPARATE_POWERS:
            deputised.append((number, role, Absent(giver, giver_name)))
    active = organisations.get(organisation_id or 0) or next(iter(organisations.values()), None)
    own = frozenset(role for number, role in held if active and number == active.pk)
    acting_for = {
        role: absent
        for number, role, absent in deputised
        if active and number == active.pk and role not in own
    }
    return Actor(
        user=user,
        organisation=active,
        roles=own | acting_for.keys(),
        organisations=tuple(organisations.values()),
        all_roles=frozenset(role for _number, role in held) | {role for _number, role, _absent in deputised},
        acting_for=acting_for,
    )


def _memberships(user: User) -> list[tuple[Any, ...]]:
    """(organisation, role, giver, giver's name, columns of the organisation, columns of its region), by organisation.

    The giver is empty for the person's own roles, and names the colleague for roles held in their place. Every page
    asks, and composing the statement anew would cost more than answering it.
    """
    with prepared_cursor(user._state.db or DEFAULT_DB_ALIAS) as cursor:
        cursor.execute(_statement(), [user.pk, user.pk])
        return list(cursor.fetchall())


@cache
def _statement() -> str:
    """A role is held in somebody's place only while both work there and the giver holds it."""
    organisation, region = (
        ", ".join(f'{alias}."{name}"' for name in _columns(model))
        for alias, model in (("o", Organisation), ("r", Region))
    )
    membership, delegation = Membership._meta.db_table, Delegation._meta.db_table
    return f"""
        SELECT o.id, m.role, m.giver, m.giver_name, {organisation}, {region}
          FROM (SELECT organisation_id, role, id, NULL::bigint AS giver, NULL::text AS giver_name
                  FROM {membership} WHERE user_id = %s
                 UNION ALL
                SELECT d.organisation_id, given.role, given.id, d.giver_id, coalesce(nullif(u.name, ''), u.username)
                  FROM {delegation} d
                  JOIN {User._meta.db_table} u ON u.id = d.giver_id AND u.is_active
                  JOIN {membership} given ON given.user_id = d.giver_id AND given.role = ANY(d.roles)
                       AND given.organisation_id = d.organisation_id
                 WHERE d.deputy_id = %s AND d.ended_at IS NULL AND d.begins_at <= now() AND d.ends_at > now()
                   AND EXISTS (SELECT 1 FROM {membership} own
                                WHERE own.user_id = d.deputy_id AND own.organisation_id = d.organisation_id)) m
          JOIN {Organisation._meta.db_table} o ON o.id = m.organisation_id AND o.active
          JOIN {Region._meta.db_table} r ON r.id = o.region_id
         ORDER BY o.id, m.giver NULLS FIRST, m.id
    """


@cache
def _columns(model: type[Organisation] | type[Region]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


def _organisation(values: Sequence[Any]) -> Organisation:
    end = len(_columns(Organisation))
    organisation = Organisation.from_db(DEFAULT_DB_ALIAS, _columns(Organisation), values[:end])
    organisation.region = Region.from_db(DEFAULT_DB_ALIAS, _columns(Region), values[end:])
    return organisation


def acting(request: HttpRequest) -> Actor:
    """Who makes the request; the middleware has put it there."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
