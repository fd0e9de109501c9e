"""The ledger of observations and events, priors, snapshots and grades."""

from credit.models.ledger import BonusProposal, CreditEvent, CreditObservation, EventKind, Severity
from credit.models.priors import CreditMembership, CreditPrior
from credit.models.snapshots import (
    CreditContribution,
    CreditProgress,
    CreditSnapshot,
    CreditState,
    CreditSum,
    GradeChange,
)
from credit.models.versions import Component, CreditModelVersion

__all__ = [
    "BonusProposal",
    "Component",
    "CreditContribution",
    "CreditEvent",
    "CreditMembership",
    "CreditModelVersion",
    "CreditObservation",
    "CreditPrior",
    "CreditProgress",
    "CreditSnapshot",
    "CreditState",
    "CreditSum",
    "EventKind",
    "GradeChange",
    "Severity",
]
