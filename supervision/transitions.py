"""The life of a warning as a table: which step leads from which states to which."""

from __future__ import annotations

from typing import Final, NamedTuple

from supervision.vocabulary import LIVE_STATES, WarningState

S = WarningState


class Step(NamedTuple):
    """One kind of step; `lead_only` from the states named there."""

    sources: frozenset[str]
    target: str
    lead_only: frozenset[str] = frozenset()


STEPS: Final[dict[str, Step]] = {
    "assigned": Step(frozenset([S.OPEN, S.ASSIGNED, S.EXPLAINED, S.ESCALATED]), S.ASSIGNED),
    "explanation_requested": Step(frozenset([S.ASSIGNED, S.EXPLAINED, S.ESCALATED]), S.REQUESTED),
    "explained": Step(frozenset([S.REQUESTED, S.ESCALATED]), S.EXPLAINED),
    "verified": Step(
        frozenset([S.ASSIGNED, S.REQUESTED, S.EXPLAINED, S.ESCALATED]), S.VERIFIED, frozenset([S.ESCALATED])
    ),
    "closed": Step(frozenset([S.VERIFIED]), S.CLOSED),
    "escalated": Step(frozenset([S.OPEN, S.ASSIGNED, S.REQUESTED, S.EXPLAINED]), S.ESCALATED),
    "suppressed": Step(frozenset(LIVE_STATES), S.SUPPRESSED),
}
