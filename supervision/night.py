"""The rules' parts of the night: evaluate, write figures and warnings, look again at what stands, rank."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Min, Q
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from supervision import spread
from supervision.bulk import replace_rows
from supervision.models import Rule as RuleRow
from supervision.models import RuleNight, Warning, WarningEvent
from supervision.regimes import regimes
from supervision.rules import RULES
from supervision.rules.base import Finding, Rule, RuleContext, Tally
from supervision.services.deadlines import escalate_overdue, lift_suppressions
from supervision.services.raise_warnings import one_per_order, raise_warnings
from supervision.services.record_advice import settle_old_advice
from supervision.vocabulary import LIVE_STATES, Outcome, WarningState
from zcy import clock
from zcy.registries import NightContext, NightlyPart

Key = tuple[date, int, str, str]


def run_rule(slug: str, night: NightContext) -> dict[str, Any]:
    """One rule (and shard) over a gap of nights; a second run changes nothing."""
    rule = RULES[slug]
    context = RuleContext(
        night.first, night.last, regimes(rule).of_shard(night.shard, night.shards), night.shard, night.shards
    )
    again = look_again(rule, context)
    findings: list[Finding] = []
    tallies: dict[Key, list[Any]] = {}
    for item in rule.evaluate(context):
        if isinstance(item, Finding):
            findings.append(item)
            if rule.counts_flagged:
                continue
            tally = Tally(item.known, item.region_id, Outcome.FLAGGED, item.amount)
        else:
            tally = item
        count = tallies.setdefault(
            (tally.night, tally.region_id, tally.outcome, tally.reason), [0, Decimal(0)]
        )
        count[0] += tally.count
        count[1] += tally.amount
    written = _write_tallies(rule, context, tallies)
    findings = one_per_order(findings)
    # First what is no longer so: an order whose night has moved would else seem to be flagged already.
    again += _close_vanished(rule, context, findings)
    raised = raise_warnings(rule, findings)
    return {
        "rows": written + raised.new + raised.refreshed + again,
        "warnings": raised.new,
        **_figures(tallies),
    }


def look_again(rule: Rule, context: RuleContext) -> int:
    """Warnings of earlier nights with the data of today: severity grows with time, corrected data close them.

    Returns:
        How many warnings changed.
    """
    standing = list(
        Warning.objects.filter(
            rule__slug=rule.slug,
            known_on__lt=context.first,
            last_seen__lt=context.first,
            self_closed=False,
            state__in=[*LIVE_STATES, WarningState.SUPPRESSED],
            region_id__in={region for regime in context.regimes for region in regime.regions},
        )
    )
    standing = rule.again(standing)
    if not standing:
        return 0
    subjects = {_subject(warning) for warning in standing}
    first = min(warning.first_seen for warning in standing)
    wide = RuleContext(first, context.last, context.regimes, only=frozenset(subjects))
    found = [item for item in rule.evaluate(wide) if isinstance(item, Finding)]
    kept = {(finding.key, finding.night): finding for finding in found}
    gone = [w for w in standing if (w.subject_key, w.first_seen) not in kept]
    same = {(w.subject_key, w.first_seen) for w in standing}
    raised = raise_warnings(rule, [finding for key, finding in kept.items() if key in same])
    _close_corrected(gone)
    # The same subject flagged on another night after the correction is an episode of its own.
    moved = raise_warnings(
        rule, [f for key, f in kept.items() if key not in same and f.key in {w.subject_key for w in gone}]
    )
    return raised.refreshed + len(gone) + moved.new


def _close_vanished(rule: Rule, context: RuleContext, findings: list[Finding]) -> int:
    """Nights that are computed anew no longer show what corrected data have taken away."""
    nights = (context.first, context.last)
    before = Warning.objects.filter(
        Q(known_on__range=nights) | Q(last_seen__range=nights),
        rule__slug=rule.slug,
        self_closed=False,
        state__in=[*LIVE_STATES, WarningState.SUPPRESSED],
        region_id__in={region for regime in context.regimes for region in regime.regions},
    )
    found = {(finding.key, finding.night) for finding in findings}
    gone = [
        warning for warning in before.iterator() if (warning.subject_key, warning.first_seen) not in found
    ]
    _close_corrected(gone)
    return len(gone)


def _subject(warning: Warning) -> tuple[int, ...]:
    return tuple(int(part) for part in warning.subject_key.partition(":")[2].split(";"))


def _close_corrected(gone: Iterable[Warning]) -> None:
    now = clock.now()
    with transaction.atomic():
        for warning in gone:
            WarningEvent.objects.create(
                warning=warning,
                action="closed_by_data",
                from_state=warning.state,
                to_state=WarningState.CLOSED,
            )
            warning.state, warning.self_closed, warning.closed_at = WarningState.CLOSED, True, now
            warning.due_at = None
            warning.save(update_fields=["state", "self_closed", "closed_at", "due_at"])


def _write_tallies(rule: Rule, context: RuleContext, tallies: dict[Key, list[Any]]) -> int:
    rule_id = RuleRow.objects.get(slug=rule.slug).pk
    return replace_rows(
        RuleNight,
        key=("rule_id", "night", "region_id", "outcome", "reason"),
        values=("count", "value"),
        rows=[
            (rule_id, night, region, str(outcome), reason, *count)
            for (night, region, outcome, reason), count in tallies.items()
        ],
        scope="t.rule_id = %(rule)s AND t.night BETWEEN %(first)s AND %(last)s AND t.region_id %% %(shards)s = %(shard)s",
        params={
            "rule": rule_id,
            "first": context.first,
            "last": context.last,
            "shards": context.shards,
            "shard": context.shard,
        },
    )


def _figures(tallies: dict[Key, list[Any]]) -> dict[str, Any]:
    """What the page of the night shows: number and value by outcome, and by reason."""
    sums: dict[str, list[Any]] = {}
    reasons: dict[str, list[Any]] = {}
    for (_night, _region, outcome, reason), (count, amount) in tallies.items():
        for table, name in ((sums, str(outcome)), (reasons, reason)):
            if name:
                entry = table.setdefault(name, [0, Decimal(0)])
                entry[0] += count
                entry[1] += amount
    told = {
        outcome.value: {"count": (pair := sums.get(outcome.value, [0, Decimal(0)]))[0], "value": str(pair[1])}
        for outcome in Outcome
    }
    return {
        **told,
        "reasons": {name: {"count": c, "value": str(v)} for name, (c, v) in sorted(reasons.items())},
    }


_PRIORITY = """
    WITH rate AS (
        SELECT rule_id, (count(*) FILTER (WHERE verdict = 'upheld') + 1.0)
                        / (count(*) FILTER (WHERE verdict IN ('upheld', 'dismissed')) + 2.0) AS precision
          FROM supervision_warning GROUP BY 1
    ), ranked AS (
        SELECT w.id, CASE WHEN w.unit_error THEN 0 ELSE
                   power(3, w.severity - 1) * r.precision * log(1 + greatest(w.at_stake, 0) / 100)
                   * (1 + 0.5 * (SELECT count(DISTINCT o.rule_id) FROM supervision_warning o
                                  WHERE o.subject_key = w.subject_key AND o.rule_id <> w.rule_id AND NOT o.self_closed
                                    AND abs(o.first_seen - w.first_seen) < 90))
                   * (1 + 0.25 * (SELECT count(*) FROM supervision_warning u
                                   WHERE u.subject_key = w.subject_key AND u.verdict = 'upheld'
                                     AND u.first_seen < w.first_seen)) END::float8 AS priority
          FROM supervision_warning w JOIN rate r USING (rule_id)
    )
    UPDATE supervision_warning w SET priority = k.priority FROM ranked k
     WHERE k.id = w.id AND abs(w.priority - k.priority) > 1e-9
"""


def rank(_night: NightContext | None = None) -> dict[str, Any]:
    """Order the work: severity × precision of the rule × ¥ at stake × other rules × earlier upheld ones."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PRIORITY)
        return {"rows": cursor.rowcount}


def keep_deadlines(_night: NightContext | None = None) -> dict[str, Any]:
    """Escalate what is overdue, wake what was suppressed long enough."""
    return {"rows": lift_suppressions() + escalate_overdue() + settle_old_advice()}


def _ranked_and_due(night: NightContext) -> dict[str, Any]:
    ranked, due = rank(night), keep_deadlines(night)
    return {"rows": ranked["rows"] + due["rows"], "ranked": ranked["rows"], "escalated": due["rows"]}


def history_start() -> date | None:
    """The date of the oldest order: the first night that there is anything to look at."""
    oldest = Order.objects.aggregate(oldest=Min("placed_at"))["oldest"]
    return clock.local_date(oldest) if oldest else None


def parts() -> list[NightlyPart]:
    """What supervision registers with the night."""
    return [
        NightlyPart("rules_spread", _("Spread of prices by category"), 1, spread.run_night),
        *[
            NightlyPart(f"rules_{slug}", rule.title, 2, partial(run_rule, slug), shards=rule.shards)
            for slug, rule in RULES.items()
        ],
        NightlyPart("rules_ranking", _("Priorities and deadlines of warnings"), 3, _ranked_and_due),
    ]
