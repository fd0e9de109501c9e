"""Which rows a person sees because of the region or the organisation: the one place that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.roles import ADMIN_ROLES, OPERATOR_ROLES, SUPERVISOR_ROLES

if TYPE_CHECKING:
    from accounts.actor import Actor
    from accounts.models.organisations import OrganisationQuerySet

Row = TypeVar("Row", bound=Model)


def within_region(actor: Actor, path_field: str = "region__path") -> Q:
    """The condition that a row's region is the actor's own or lies below it; nothing without a region."""
    if actor.region is None:
        return Q(pk__in=[])
    return Q(**{f"{path_field}__startswith": actor.region.path})


def in_region_of(queryset: QuerySet[Row], actor: Actor, path_field: str = "region__path") -> QuerySet[Row]:
    """Rows of the actor's region and below, for supervisors and the operator's staff; for others none."""
    if not actor.has_role(*ADMIN_ROLES):
        return queryset.none()
    return queryset.filter(within_region(actor, path_field))


def organisations_visible_to(queryset: OrganisationQuerySet, actor: Actor) -> OrganisationQuerySet:
    """One's own organisations; supervisors those of their region and below; the operator's staff all."""
    if actor.has_role(*OPERATOR_ROLES):
        return queryset
    own = Q(pk__in=[organisation.pk for organisation in actor.organisations])
    if actor.has_role(*SUPERVISOR_ROLES):
        return queryset.filter(own | within_region(actor))
    return queryset.filter(own)
