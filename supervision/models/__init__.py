"""Rules and their versions, what the nights found, warnings and their lives, advice given."""

from supervision.models.advice import AdviceRecord
from supervision.models.nights import CategorySpread, RuleNight
from supervision.models.rules import Rule, RuleVersion
from supervision.models.warnings import Explanation, Suppression, Warning, WarningEvent

__all__ = [
    "AdviceRecord",
    "CategorySpread",
    "Explanation",
    "Rule",
    "RuleNight",
    "RuleVersion",
    "Suppression",
    "Warning",
    "WarningEvent",
]
