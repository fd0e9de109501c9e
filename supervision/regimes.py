"""Which parameters held where and when: versions by region and date, a lower tier only ever tighter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from accounts.models import Region
from supervision.models import Rule as RuleRow
from supervision.models import RuleVersion
from supervision.rules.base import Parameters, Rule, tighter_value
from supervision.rules.regime import BEGINNING, END, Regime, Regimes


def regimes(rule: type[Rule] | Rule) -> Regimes:
    """The regimes of a rule from its approved versions."""
    row = RuleRow.objects.get(slug=rule.slug)
    versions = list(
        RuleVersion.objects.approved().filter(rule=row).select_related("region").order_by("number")
    )
    regions = list(Region.objects.values_list("id", "path", "code"))
    cuts = {BEGINNING}
    for version in versions:
        cuts.add(version.effective_from or BEGINNING)
        if version.effective_to:
            cuts.add(version.effective_to + timedelta(days=1))
    starts = sorted(cuts)
    found: list[Regime] = []
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        last = following - timedelta(days=1) if following else END
        groups: dict[tuple[int, Any], set[int]] = {}
        for region_id, path, _code in regions:
            chosen = _in_force(rule, versions, path, start)
            groups.setdefault(chosen, set()).add(region_id)
        found += [Regime(v, p, frozenset(ids), start, last) for (v, p), ids in groups.items()]
    return Regimes(_joined(found))


def parameters_for(rule: type[Rule] | Rule, region: Region | None, day: date) -> Parameters:
    """What holds in a region on a day; without a region what is shipped."""
    versions = list(
        RuleVersion.objects.approved()
        .filter(rule__slug=rule.slug)
        .select_related("region")
        .order_by("number")
    )
    _version, parameters = _in_force(rule, versions, region.path if region else "", day)
    found: Parameters = parameters
    return found


def _in_force(
    rule: type[Rule] | Rule, versions: Sequence[RuleVersion], path: str, day: date
) -> tuple[int, Any]:
    """(version, parameters) of a region: the shipped ones, then each tier's, where it is tighter."""
    valid = [
        v
        for v in versions
        if (v.effective_from or BEGINNING) <= day and (v.effective_to is None or day <= v.effective_to)
    ]
    shipped = [v for v in valid if v.region_id is None]
    if not shipped:
        raise LookupError(f"the rule {rule.slug} has no version for every region")
    version = shipped[-1]
    values: dict[str, Any] = rule.parameters.with_values(version.parameters).as_dict()
    by_code: dict[str, RuleVersion] = {}
    for candidate in valid:
        if candidate.region is not None:
            by_code[candidate.region.code] = candidate
    for tier, code in enumerate(path.strip("/").split("/") if path else []):
        own = by_code.get(code)
        if own is None:
            continue
        version = own
        for name, value in own.parameters.items():
            if name not in rule.regional():
                continue
            # The root sets what is shipped anew, in either direction; the tiers below only tighten.
            values[name] = value if tier == 0 else tighter_value(rule.tighter(name), values[name], value)
    return version.pk, rule.parameters.with_values(values)


def _joined(found: list[Regime]) -> list[Regime]:
    """Neighbouring stretches that differ in nothing but their dates, as one."""
    joined: dict[tuple[int, Any, frozenset[int]], list[Regime]] = {}
    for stretch in found:
        regime = stretch
        same = joined.setdefault((regime.version_id, regime.parameters, regime.regions), [])
        if same and same[-1].last + timedelta(days=1) == regime.first:
            before = same.pop()
            regime = Regime(regime.version_id, regime.parameters, regime.regions, before.first, regime.last)
        same.append(regime)
    return [regime for same in joined.values() for regime in same]
