"""All checks over many listings at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from catalog.checks.base import CheckResult, Subject
from catalog.checks.registry import checks
from catalog.checks.subjects import subjects_of
from catalog.models.checks import Finding
from catalog.review_reasons import BY_CODE
from catalog.transitions import Verdict
from zcy import clock

CHUNK: Final = 1000


@dataclass(frozen=True)
class Doubt:
    """What a check doubts: a code of `catalog.review_reasons`, what it saw, in words, and whether it blocks."""

    check: str
    reason: str
    saw: str = ""
    blocks: bool = False

    @property
    def field(self) -> str:
        return BY_CODE[self.reason].field

    @property
    def title(self) -> str:
        return str(BY_CODE[self.reason].title)

    @property
    def remedy(self) -> str:
        return str(BY_CODE[self.reason].remedy)


def check_listings(listing_ids: Collection[int]) -> dict[int, list[Doubt]]:
    """What is doubtful about saved listings, in a fixed number of statements for each thousand.

    Those without a doubt are left out: they are not therefore clear, see `verdict_of`.
    """
    return {
        pk: doubts for pk, results in results_of(listing_ids).items() if (doubts := doubts_among(results))
    }


def results_of(listing_ids: Collection[int]) -> dict[int, list[CheckResult]]:
    """Everything that the checks say of saved listings, in a fixed number of statements for each thousand."""
    ids = sorted(set(listing_ids))
    found: dict[int, list[CheckResult]] = {}
    for start in range(0, len(ids), CHUNK):
        subjects = subjects_of(ids[start : start + CHUNK])
        found |= {
            subject.key: results for subject, results in zip(subjects, check_all(subjects), strict=True)
        }
    return found


def check_all(subjects: Sequence[Subject]) -> list[list[CheckResult]]:
    """The results for each subject, in the order of the registry."""
    day = clock.today()
    prepared = [(check, check.prepare(subjects, day)) for check in checks] if subjects else []
    return [[check.look(subject, facts, day) for check, facts in prepared] for subject in subjects]


def doubts_among(results: Iterable[CheckResult]) -> list[Doubt]:
    """What doubts or blocks, what blocks first."""
    found = [
        Doubt(result.check, result.reason, result.saw, result.finding == Finding.BLOCK)
        for result in results
        if result.troubles
    ]
    return sorted(found, key=lambda doubt: not doubt.blocks)


def without_evidence(results: Iterable[CheckResult]) -> set[str]:
    """The kinds of evidence of which no check could be made: a person decides about them."""
    known: dict[str, bool] = {}
    for result in results:
        if kind := checks[result.check].evidence:
            known[kind] = known.get(kind, False) or result.finding != Finding.NOT_COMPUTABLE
    return {kind for kind, one in known.items() if not one}


def verdict_of(results: Sequence[CheckResult]) -> Verdict:
    """What all results say together: what could not be checked by any check of its evidence is not clear."""
    findings = {result.finding for result in results}
    if Finding.BLOCK in findings:
        return Verdict.BLOCK
    if Finding.DOUBT in findings or without_evidence(results):
        return Verdict.DOUBT
    return Verdict.CLEAR
