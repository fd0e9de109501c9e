"""The automatic checks of listings: what they doubt, and how it is mended."""

from catalog.checks.base import Check, CheckResult, Subject
from catalog.checks.registry import checks
from catalog.checks.run import CHUNK, Doubt, check_all, check_listings, results_of, verdict_of
from catalog.checks.settings import CheckSettings
from catalog.checks.subjects import subjects_from, typed_subject

__all__ = [
    "CHUNK",
    "Check",
    "CheckResult",
    "CheckSettings",
    "Doubt",
    "Subject",
    "check_all",
    "check_listings",
    "checks",
    "results_of",
    "subjects_from",
    "typed_subject",
    "verdict_of",
]
