"""Why an offer is not in a hall: each rule asked of each listing, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Q, Value, When
from django.db.models.fields import BooleanField

from catalog.halls.rules import condition_of, kinds, offered
from catalog.models import Hall, HallRule, Listing

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Reason:
    """A rule that an offer does not meet: what it asks for, and what can be done."""

    label: str
    wanted: str
    remedy: str


def _condition(hall: Hall) -> Q:
    condition = Q()
    for rule in hall.rules.all():
        condition &= condition_of(rule.kind, rule.values)
    return condition


def refused(hall: Hall, supplier_id: int) -> QuerySet[Listing]:
    """A supplier's offers that a hall does not admit; `met_<rule>` on each row tells which rule it meets."""
    rows = offered().filter(supplier_id=supplier_id)
    marks: dict[str, Any] = {
        f"met_{rule.pk}": Case(
            When(condition_of(rule.kind, rule.values), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
        for rule in hall.rules.all()
    }
    if not marks:
        return rows.none()
    missed = Q()
    for name in marks:
        missed |= Q(**{name: False})
    return rows.annotate(**marks).filter(missed).select_related("good__category").defer("good__search")


def told(hall: Hall, listing: Listing) -> list[Reason]:
    """The reasons of one refused offer."""
    return [reason_of(rule) for rule in hall.rules.all() if not getattr(listing, f"met_{rule.pk}")]


def reason_of(rule: HallRule) -> Reason:
    """A rule in words."""
    if rule.kind not in kinds:
        return Reason(rule.kind, "、".join(rule.values), "")
    kind = kinds[rule.kind]
    return Reason(str(kind.label), kind.words(rule.values), str(kind.remedy))


def counts(supplier_id: int) -> list[dict[str, Any]]:
    """Each active hall with its rules and how many of a supplier's offers it admits and refuses."""
    halls = list(Hall.objects.filter(active=True).prefetch_related("rules"))
    rows = offered().filter(supplier_id=supplier_id)
    asked = {f"hall_{hall.pk}": Count("pk", filter=_condition(hall) or None) for hall in halls}
    found = rows.aggregate(total=Count("pk"), **asked)
    return [
        {
            "hall": hall,
            "rules": [reason_of(rule) for rule in hall.rules.all()],
            "admitted": found[f"hall_{hall.pk}"],
            "refused": found["total"] - found[f"hall_{hall.pk}"],
        }
        for hall in halls
    ]
