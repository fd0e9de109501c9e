"""Findings become warnings: one row per episode, found again by its fingerprint however often a night is computed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from accounts.models import Organisation, Region
from catalog.models import Category, Good
from orders.models import Order
from supervision.models import Rule as RuleRow
from supervision.models import Suppression, Warning, WarningEvent
from supervision.rules.base import Finding, Rule
from supervision.services.deadlines import assign_by
from supervision.vocabulary import SubjectKind, WarningState
from zcy import clock

CHUNK: Final = 500
HISTORIC_DAYS: Final = 30
WORSE: Final = 1.1
REFRESHED: Final = (
    "severity",
    "last_seen",
    "times_seen",
    "value",
    "threshold",
    "sample_size",
    "evidence",
    "at_stake",
    "unit_error",
)


@dataclass
class Raised:
    """How many rows a batch of findings wrote."""

    new: int = 0
    refreshed: int = 0


def raise_warnings(rule: Rule, findings: Iterable[Finding]) -> Raised:
    """Write findings as warnings, in short transactions; those that are there are brought up to date."""
    row = RuleRow.objects.get(slug=rule.slug)
    unique = one_per_order(findings)
    raised = Raised()
    for start in range(0, len(unique), CHUNK):
        with transaction.atomic():
            _write(row, rule, unique[start : start + CHUNK], raised)
    return raised


def one_per_order(findings: Iterable[Finding]) -> list[Finding]:
    """An order is late once, whatever parameters held later: the earliest finding is its episode."""
    ordered = sorted(findings, key=lambda finding: (finding.known, finding.night, finding.subject))
    first: dict[tuple[int, ...], Finding] = {}
    kept: list[Finding] = []
    for finding in ordered:
        if finding.subject_kind is SubjectKind.ORDER:
            if finding.subject in first:
                continue
            first[finding.subject] = finding
        kept.append(finding)
    return kept


def _write(row: RuleRow, rule: Rule, findings: Sequence[Finding], raised: Raised) -> None:
    names = _Names.of(findings)
    wanted = {names.fingerprint(rule, finding): finding for finding in findings}
    present = {w.fingerprint: w for w in Warning.objects.select_for_update().filter(fingerprint__in=wanted)}
    running = _running(row, [f for key, f in wanted.items() if key not in present])
    suppressed = _suppressions(row, findings)
    now = clock.now()
    new, changed = [], []
    for fingerprint, finding in wanted.items():
        warning = present.get(fingerprint)
        if warning is not None:
            if _refresh(warning, finding, names):
                changed.append(warning)
            if warning.self_closed:
                _reopen(warning, now, silent=_is_silent(finding, suppressed))
        elif running.get(finding.key, finding.night) >= finding.night:
            new.append(_new(row, rule, finding, fingerprint, names, now, suppressed))
    created = Warning.objects.bulk_create(new)
    WarningEvent.objects.bulk_create(
        [
            WarningEvent(
                warning=w, action="raised", to_state=w.state, data={"night": w.first_seen.isoformat()}
            )
            for w in created
        ]
    )
    Warning.objects.bulk_update(changed, [*REFRESHED, "state", "self_closed", "closed_at", "due_at"])
    raised.new += len(created)
    raised.refreshed += len(changed)


def _running(row: RuleRow, findings: Sequence[Finding]) -> dict[str, Any]:
    """First nights of order warnings that stand already: the same order is not raised a second time."""
    keys = [finding.key for finding in findings if finding.subject_kind is SubjectKind.ORDER]
    rows = Warning.objects.filter(rule=row, subject_key__in=keys, self_closed=False).values_list(
        "subject_key", "first_seen"
    )
    return dict(rows)


def _new(
    row: RuleRow,
    rule: Rule,
    finding: Finding,
    fingerprint: str,
    names: _Names,
    now: datetime,
    suppressed: dict[str, Suppression],
) -> Warning:
    historic = (clock.local_date(now) - finding.night).days > HISTORIC_DAYS
    silent = _is_silent(finding, suppressed)
    return Warning(
        fingerprint=fingerprint,
        rule=row,
        version_id=finding.version_id,
        dimension=rule.dimension,
        severity=finding.severity,
        region_id=finding.region_id,
        subject_kind=finding.subject_kind,
        subject_ids=sorted(names.ids(finding)),
        subject_key=finding.key,
        order_id=finding.order_id,
        category_id=finding.category_id,
        buyer_id=finding.buyer_id,
        supplier_id=finding.supplier_id,
        first_seen=finding.night,
        last_seen=finding.last_night or finding.night,
        times_seen=finding.nights,
        known_on=finding.known,
        value=finding.value,
        threshold=finding.threshold,
        sample_size=finding.sample_size,
        evidence=names.told(finding.evidence),
        at_stake=finding.at_stake,
        unit_error=finding.unit_error,
        state=WarningState.SUPPRESSED if silent else WarningState.OPEN,
        historic=historic,
        raised_at=now,
        due_at=None if historic or silent or finding.unit_error else assign_by(now),
    )


def _is_silent(finding: Finding, suppressed: dict[str, Suppression]) -> bool:
    """Whether the rule is to keep silent about the subject, and it has not become much worse."""
    silence = suppressed.get(finding.key)
    return silence is not None and finding.value <= silence.value * WORSE


def _refresh(warning: Warning, finding: Finding, names: _Names) -> bool:
    """Bring a standing warning up to date; whether anything differed."""
    values = {
        "severity": finding.severity,
        "last_seen": max(finding.last_night or finding.night, warning.last_seen),
        "times_seen": max(finding.nights, warning.times_seen),
        "value": finding.value,
        "threshold": finding.threshold,
        "sample_size": finding.sample_size,
        "evidence": names.told(finding.evidence),
        "at_stake": finding.at_stake,
        "unit_error": finding.unit_error,
    }
    differs = any(getattr(warning, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(warning, name, value)
    return differs or warning.self_closed


def _reopen(warning: Warning, now: datetime, *, silent: bool) -> None:
    """What corrected data had closed shows again: it waits anew for somebody to take it."""
    warning.self_closed, warning.closed_at = False, None
    warning.state = WarningState.SUPPRESSED if silent else WarningState.OPEN
    waits = not (silent or warning.historic or warning.unit_error)
    warning.due_at = assign_by(now) if waits else None
    WarningEvent.objects.create(
        warning=warning, action="reopened", from_state=WarningState.CLOSED, to_state=warning.state
    )


def _suppressions(row: RuleRow, findings: Sequence[Finding]) -> dict[str, Suppression]:
    today = clock.today()
    found = Suppression.objects.filter(
        rule=row,
        subject_key__in=[finding.key for finding in findings],
        from_day__lte=today,
        to_day__gte=today,
        lifted_at__isnull=True,
    )
    return {suppression.subject_key: suppression for suppression in found}


@dataclass
class _Names:
    """What files and fingerprints call the rows of a batch."""

    regions: dict[int, str] = field(default_factory=dict)
    orders: dict[int, tuple[str, str]] = field(default_factory=dict)
    organisations: dict[int, tuple[str, str]] = field(default_factory=dict)
    categories: dict[int, str] = field(default_factory=dict)
    goods: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> _Names:
        names = cls()
        names.regions = dict(
            Region.objects.filter(pk__in={f.region_id for f in findings}).values_list("pk", "code")
        )
        orders = Order.objects.filter(pk__in={f.order_id for f in findings if f.order_id})
        for pk, source, external_id, number in orders.values_list("pk", "source", "external_id", "number"):
            names.orders[pk] = (source if external_id else "", external_id or number)
        people = {pk for f in findings if f.order_id is None for pk in (f.buyer_id, f.supplier_id) if pk}
        organisations = Organisation.objects.filter(pk__in=people)
        for pk, source, external_id, uscc in organisations.values_list("pk", "source", "external_id", "uscc"):
            names.organisations[pk] = (
                source if external_id else "",
                external_id or uscc or f"organisation-{pk}",
            )
        names.categories = dict(
            Category.objects.filter(pk__in={f.category_id for f in findings}).values_list("pk", "code")
        )
        goods = {f.evidence["good"] for f in findings if "good" in f.evidence}
        names.goods = dict(Good.objects.filter(pk__in=goods).values_list("pk", "name"))
        return names

    def parts(self, finding: Finding) -> list[tuple[str, str]]:
        """(source, id) of each part of the subject."""
        if finding.subject_kind is SubjectKind.ORDER:
            return [self.orders[finding.subject[0]]]
        parts = [self.organisations[finding.subject[0]]]
        if finding.names_category:
            parts.append(("", self.categories[finding.subject[1]]))
        return parts

    def ids(self, finding: Finding) -> list[str]:
        return [identifier for _source, identifier in self.parts(finding)]

    def told(self, evidence: dict[str, Any]) -> dict[str, Any]:
        """Evidence with the names that a page shows."""
        return (
            {**evidence, "good_name": self.goods.get(evidence["good"], "")}
            if "good" in evidence
            else evidence
        )

    def fingerprint(self, rule: Rule, finding: Finding) -> str:
        """SHA-256 of rule, region, kind, ids, category where the rule names one, first night; not of the version."""
        ids = sorted(f"{source}:{identifier}" for source, identifier in self.parts(finding))
        category = (
            self.categories[finding.category_id] if finding.names_category and finding.category_id else ""
        )
        text = "|".join(
            [
                rule.slug,
                self.regions[finding.region_id],
                finding.subject_kind,
                ";".join(ids),
                category,
                finding.night.isoformat(),
            ]
        )
        return hashlib.sha256(text.encode()).hexdigest()
