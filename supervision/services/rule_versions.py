"""差别化监管: a region tightens a rule, as a draft that a second person approves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from accounts.roles import Role
from supervision.advice import forget_limits
from supervision.errors import BadDates, BadParameter, FourEyes, LooserParameter, WrongStep
from supervision.models import Rule as RuleRow
from supervision.models import RuleVersion
from supervision.regimes import parameters_for
from supervision.rules import RULES
from supervision.rules.base import Rule, tighter_value
from supervision.services.steps import text_or_refuse
from zcy import audit, clock
from zcy.errors import DomainError, Missing, NotAllowed

if TYPE_CHECKING:
    from accounts.actor import Actor


class NothingChanged(DomainError):
    code = "nothing_changed"
    message = _("The draft changes no parameter.")


def draft_version(
    *,
    actor: Actor,
    slug: str,
    region: Region,
    parameters: Mapping[str, Any],
    effective_from: date,
    effective_to: date | None = None,
    legal_basis: str,
) -> RuleVersion:
    """Write a draft for a region; it changes nothing until somebody else approves it.

    Args:
        actor: a supervision lead whose region is that one or lies above it.
        slug: the rule.
        region: where it shall hold, and below.
        parameters: only those that differ from what the region has now.
        effective_from: tomorrow or later.
        effective_to: the last day, or None.
        legal_basis: why, at least ten characters.

    Raises:
        NotAllowed, Missing, BadParameter, LooserParameter, BadDates, TextMissing, NothingChanged.
    """
    if slug not in RULES:
        raise Missing
    _need_lead(actor, region)
    if effective_from <= clock.today() or (effective_to is not None and effective_to < effective_from):
        raise BadDates(field="effective_from")
    rule = RULES[slug]
    changed = _checked(rule, region, parameters, effective_from)
    with transaction.atomic():
        row = RuleRow.objects.select_for_update().get(slug=slug)
        number = (row.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        version = RuleVersion.objects.create(
            rule=row,
            number=number,
            region=region,
            parameters=changed,
            effective_from=effective_from,
            effective_to=effective_to,
            legal_basis=text_or_refuse(legal_basis, "legal_basis"),
            code_hash=rule.code_hash(),
            author_id=actor.user_id,
        )
        audit.record(
            actor=actor, action="rule_version.drafted", subject=version, data={"rule": slug, **changed}
        )
        return version


def approve_version(*, actor: Actor, version_id: int) -> RuleVersion:
    """Put a draft in force from its day on; the author may not.

    Raises:
        NotAllowed, Missing, FourEyes, WrongStep, LooserParameter.
    """
    with transaction.atomic():
        version = (
            RuleVersion.objects.select_for_update(of=("self",))
            .select_related("rule", "region")
            .filter(pk=version_id)
            .first()
        )
        if version is None or version.region is None:
            raise Missing
        _need_lead(actor, version.region)
        if version.author_id == actor.user_id:
            raise FourEyes
        if version.approved_at is not None:
            raise WrongStep
        if version.effective_from is None or version.effective_from <= clock.today():
            # Nights that have been computed are not judged by a rule that nobody had approved then.
            raise BadDates
        _checked(RULES[version.rule.slug], version.region, version.parameters, version.effective_from)
        version.approver_id, version.approved_at = actor.user_id, clock.now()
        version.save(update_fields=["approver", "approved_at"])
        transaction.on_commit(forget_limits)
        audit.record(
            actor=actor, action="rule_version.approved", subject=version, data={"rule": version.rule.slug}
        )
        return version


def _need_lead(actor: Actor, region: Region) -> None:
    if not actor.has_role(Role.SUPERVISION_LEAD) or not actor.covers_region(region):
        raise NotAllowed


def _checked(rule: Rule, region: Region, parameters: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The values that differ, each of its type, none looser than what the tier above has."""
    above = parameters_for(rule, region.parent, day).as_dict()
    defaults = rule.parameters().as_dict()
    changed: dict[str, Any] = {}
    for entry in fields(rule.parameters):
        if entry.name not in parameters or parameters[entry.name] in (None, ""):
            continue
        if entry.name not in rule.regional():
            raise BadParameter(field=entry.name)
        try:
            value = type(defaults[entry.name])(parameters[entry.name])
        except (TypeError, ValueError) as error:
            raise BadParameter(field=entry.name) from error
        if value < 0 or not math.isfinite(value):
            raise BadParameter(field=entry.name)
        if value == above[entry.name]:
            continue
        direction = rule.tighter(entry.name)
        if region.parent_id is not None and tighter_value(direction, value, above[entry.name]) != value:
            raise LooserParameter(field=entry.name)
        changed[entry.name] = value
    if not changed:
        raise NothingChanged
    return changed
