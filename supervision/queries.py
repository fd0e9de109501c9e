"""The read side of supervision: lists, counts, rules in force, how precise each rule is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Region
from supervision.models import RuleNight, RuleVersion, Warning
from supervision.regimes import parameters_for
from supervision.rules import RULES
from supervision.rules.base import Rule
from supervision.vocabulary import NOT_EVALUABLE, UNIT_WORDS, Dimension, Outcome, Verdict, WarningState
from zcy import clock
from zcy.intervals import wilson

if TYPE_CHECKING:
    from accounts.actor import Actor

ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "due": ("due_at", "-priority", "id"),
    "-priority": ("-priority", "id"),
    "-severity": ("-severity", "-priority", "id"),
    "-at_stake": ("-at_stake", "id"),
    "-first_seen": ("-first_seen", "id"),
    "first_seen": ("first_seen", "id"),
}


# --- Rules ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ParameterInForce:
    """One parameter as people read it."""

    name: str
    label: str
    value: Any
    unit: str
    tighter: str


@dataclass(frozen=True)
class RuleInForce:
    """A rule as it holds today in a region, or everywhere (empty region)."""

    slug: str
    title: str
    description: str
    definition: str
    dimension: str
    dimension_label: str
    region: str
    version: int
    effective_from: date | None
    legal_basis: str
    parameters: Sequence[ParameterInForce]

    @property
    def parameters_text(self) -> str:
        return "; ".join(f"{p.label}: {p.value} {p.unit}".strip() for p in self.parameters)


def parameters_of(rule: Rule, region: Region | None, day: date) -> list[ParameterInForce]:
    """A rule's parameters in force in a region."""
    found = parameters_for(rule, region, day)
    return [
        ParameterInForce(
            entry.name,
            str(entry.metadata["label"]),
            getattr(found, entry.name),
            str(UNIT_WORDS.get(entry.metadata["unit"], entry.metadata["unit"])),
            entry.metadata["tighter"],
        )
        for entry in fields(found)
    ]


def rules_in_force() -> list[RuleInForce]:
    """Every rule: as shipped, and as each region has set it."""
    today = clock.today()
    rows = (
        RuleVersion.objects.approved()
        .select_related("rule", "region")
        .order_by("rule__dimension", "rule__slug")
    )
    newest: dict[tuple[str, int | None], RuleVersion] = {}
    for version in rows.order_by("rule__dimension", "rule__slug", "region__code", "number"):
        begun = version.effective_from is None or version.effective_from <= today
        if (
            begun
            and (version.effective_to is None or today <= version.effective_to)
            and version.rule.slug in RULES
        ):
            newest[version.rule.slug, version.region_id] = version
    return [_in_force(version, today) for version in newest.values()]


def _in_force(version: RuleVersion, today: date) -> RuleInForce:
    rule = RULES[version.rule.slug]
    return RuleInForce(
        slug=rule.slug,
        title=str(rule.title),
        description=str(rule.description),
        definition=rule.definition(),
        dimension=rule.dimension,
        dimension_label=str(Dimension(rule.dimension).label),
        region=version.region.name if version.region else "",
        version=version.number,
        effective_from=version.effective_from,
        legal_basis=str(rule.legal_basis) if version.region is None else version.legal_basis,
        parameters=parameters_of(rule, version.region, today),
    )


@dataclass(frozen=True)
class Precision:
    """How many decided warnings of a rule were upheld."""

    upheld: int
    decided: int

    @property
    def share(self) -> float | None:
        return self.upheld / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.upheld, self.decided)

    @property
    def needs_review(self) -> bool:
        """Its upper bound is below 30% with at least 20 decisions."""
        return self.decided >= 20 and self.interval[1] < 0.30


def precision_by_rule() -> dict[str, Precision]:
    """Confirmed precision of each rule that has decisions."""
    rows = (
        Warning.objects.filter(verdict__in=[Verdict.UPHELD, Verdict.DISMISSED])
        .values("rule__slug")
        .annotate(decided=Count("id"), upheld=Count("id", filter=Q(verdict=Verdict.UPHELD)))
    )
    return {row["rule__slug"]: Precision(row["upheld"], row["decided"]) for row in rows}


@dataclass(frozen=True)
class NightFigure:
    """An outcome of a rule in number and value."""

    rule: str
    outcome: str
    reason: str
    count: int
    value: Decimal


def night_figures(actor: Actor, first: date, last: date, slug: str = "") -> list[NightFigure]:
    """What the nights found in the actor's regions, by rule, outcome and reason."""
    if actor.region is None:
        return []
    rows = RuleNight.objects.filter(night__range=(first, last), region__path__startswith=actor.region.path)
    if slug:
        rows = rows.filter(rule__slug=slug)
    sums = rows.values("rule__slug", "outcome", "reason").annotate(count=Sum("count"), value=Sum("value"))
    return [
        NightFigure(
            str(RULES[row["rule__slug"]].title),
            str(Outcome(row["outcome"]).label),
            str(NOT_EVALUABLE.get(row["reason"], row["reason"])),
            row["count"],
            row["value"],
        )
        for row in sums.order_by("rule__slug", "outcome", "reason")
        if row["rule__slug"] in RULES
    ]


# --- Warnings -------------------------------------------------------------------------------------------------------


def work_list(actor: Actor, filters: dict[str, Any]) -> QuerySet[Warning]:
    """Warnings of the actor's region and below, by the filters of `WarningFilter`."""
    rows: QuerySet[Warning] = Warning.objects.visible_to(actor).select_related(
        "rule", "region", "buyer", "supplier", "category", "assignee"
    )
    rows = _by_view(rows, filters.get("view") or "live")
    for name in ("dimension", "severity", "state"):
        if filters.get(name):
            rows = rows.filter(**{name: filters[name]})
    if filters.get("rule"):
        rows = rows.filter(rule__slug=filters["rule"])
    if filters.get("region"):
        rows = rows.filter(region__path__startswith=filters["region"].path)
    if filters.get("deadline"):
        rows = rows.filter(_due(filters["deadline"]))
    if filters.get("mine"):
        rows = rows.filter(assignee_id=actor.user_id)
    if filters.get("q"):
        text = filters["q"]
        rows = rows.filter(
            Q(subject_ids__contains=[text])
            | Q(buyer__name__icontains=text)
            | Q(supplier__name__icontains=text)
        )
    return rows


def _by_view(rows: QuerySet[Warning], view: str) -> QuerySet[Warning]:
    if view == "historic":
        return rows.filter(historic=True, unit_error=False)
    if view == "decided":
        return rows.filter(historic=False, state__in=[WarningState.VERIFIED, WarningState.CLOSED])
    if view == "suppressed":
        return rows.filter(state=WarningState.SUPPRESSED)
    if view == "unit_errors":
        return rows.filter(unit_error=True)
    return rows.filter(historic=False, unit_error=False).exclude(
        state__in=[WarningState.VERIFIED, WarningState.CLOSED, WarningState.SUPPRESSED]
    )


def _due(word: str) -> Q:
    now, today = clock.now(), clock.today()
    if word == "overdue":
        return Q(due_at__lt=now)
    if word == "today":
        return Q(due_at__gte=now, due_at__lte=clock.end_of(today))
    return Q(due_at__gte=now, due_at__lte=clock.end_of(today + timedelta(days=7)))


def counts_by_dimension(actor: Actor) -> list[dict[str, Any]]:
    """Five tiles: what waits in each dimension, and how much of it is serious."""
    rows = (
        _by_view(Warning.objects.visible_to(actor), "live")
        .values("dimension")
        .annotate(count=Count("id"), serious=Count("id", filter=Q(severity=3)))
    )
    found = {row["dimension"]: (row["count"], row["serious"]) for row in rows}
    return [
        {
            "code": dimension.value,
            "label": dimension.label,
            "count": found.get(dimension.value, (0, 0))[0],
            "serious": found.get(dimension.value, (0, 0))[1],
        }
        for dimension in Dimension
    ]


def counts_by_region(actor: Actor) -> list[tuple[Region, int]]:
    """What waits in the actor's region itself and in each region right below it."""
    own = actor.region
    if own is None:
        return []
    rows = (
        _by_view(Warning.objects.visible_to(actor), "live").values("region__path").annotate(count=Count("id"))
    )
    counts: dict[str, int] = {}
    for row in rows:
        below = row["region__path"].removeprefix(own.path).split("/")[0]
        counts[below] = counts.get(below, 0) + row["count"]
    regions = {
        region.code: region for region in Region.objects.filter(Q(parent=own) | Q(pk=own.pk)).order_by("code")
    }
    listed = [(own, counts.get("", 0))] if counts.get("") else []
    return listed + [(region, counts.get(code, 0)) for code, region in regions.items() if code != own.code]


def subject_of(warning: Warning) -> str:
    """Whom and what a warning is about, in words."""
    who = warning.buyer.name if warning.buyer else ""
    if warning.order_id is not None:
        supplier = warning.supplier.name if warning.supplier else ""
        return _("Order %(number)s of %(buyer)s with %(supplier)s") % {
            "number": warning.ids,
            "buyer": who,
            "supplier": supplier,
        }
    if warning.category is not None:
        return _("%(buyer)s, %(category)s") % {"buyer": who, "category": warning.category.name}
    return warning.ids
