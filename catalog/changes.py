"""The table of which change of a listing needs a new review: shown to suppliers, drawn into the docs, asked by edits.

A region can let people review a field whatever the checks say (setting `checks.always_reviewed`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from catalog.checks.base import CheckResult, Subject
from catalog.checks.registry import checks
from catalog.checks.run import Doubt, doubts_among, verdict_of
from catalog.transitions import Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


class Needs(Enum):
    """What a change of a field needs."""

    NOTHING = "nothing"
    CHECKS = "checks"
    PERSON = "person"


WORDS: Final = {
    Needs.NOTHING: _("A change is in force at once."),
    Needs.CHECKS: _("A change is checked at once; what is doubtful is reviewed again."),
    Needs.PERSON: _("A change is reviewed again by a person."),
}


@dataclass(frozen=True)
class FieldChange:
    """One row of the table: a field of the snapshot, what its change needs, and why."""

    field: str
    label: Text
    needs: Needs
    why: Text


TABLE: Final[tuple[FieldChange, ...]] = (
    FieldChange("price", _("price"), Needs.CHECKS, _("A price has to stay reasonable.")),
    FieldChange(
        "own_public_price", _("own public shop price"), Needs.CHECKS, _("It bounds the price asked here.")
    ),
    FieldChange(
        "delivery_days", _("delivery days"), Needs.CHECKS, _("Buyers choose by it, so it has to be credible.")
    ),
    FieldChange("delivery_areas", _("delivery areas"), Needs.CHECKS, _("They decide who may order.")),
    FieldChange("note", _("remark"), Needs.CHECKS, _("Free text can mislead or lead off the platform.")),
    FieldChange(
        "warranty_months",
        _("warranty in months"),
        Needs.PERSON,
        _("It is a promise that no check can verify."),
    ),
    FieldChange("stock", _("stock"), Needs.NOTHING, _("It changes with every delivery.")),
    FieldChange(
        "min_quantity", _("minimum quantity"), Needs.NOTHING, _("It changes neither the good nor its price.")
    ),
)
BY_FIELD: Final = {row.field: row for row in TABLE}
# Doubts that a falling price does not deepen: who lowers a price that a person has approved is not stopped for them.
_OF_DEAR_PRICES: Final = frozenset({"price_too_high", "price_above_reference", "price_rise"})


def needs(field: str, always_reviewed: Sequence[str] = ()) -> Needs:
    """What a change of a field needs where these fields are always reviewed by people."""
    return Needs.PERSON if field in always_reviewed else BY_FIELD[field].needs


def rows(always_reviewed: Sequence[str] = ()) -> list[tuple[FieldChange, Needs, Text]]:
    """The table as it is in force: (row, what is needed, in words)."""
    return [(row, kind, WORDS[kind]) for row in TABLE for kind in [needs(row.field, always_reviewed)]]


@dataclass(frozen=True)
class EditJudgement:
    """What an edit of an offer that is in review or approved leads to."""

    verdict: Verdict
    # Of fields that were changed: the edit is refused for them.
    blocks: Sequence[Doubt] = ()
    # A field was changed that people review: no later edit is approved by the checks alone.
    by_hand: bool = False


def judge_edit(
    subject: Subject, results: Sequence[CheckResult], *, changed: frozenset[str], old_price: Decimal
) -> EditJudgement:
    """Judge an edit by the checks of the fields that it changed; what was there before was judged before.

    Args:
        subject: with the new values.
        results: of all checks.
        changed: names of the fields that differ.
        old_price: in force until now.
    """
    concerned = [result for result in results if checks[result.check].fields & changed]
    if subject.price is not None and subject.price < old_price:
        concerned = [result for result in concerned if result.reason not in _OF_DEAR_PRICES]
    blocks = [doubt for doubt in doubts_among(concerned) if doubt.blocks]
    verdict = verdict_of(concerned)
    by_hand = any(needs(name, subject.settings.always_reviewed) is Needs.PERSON for name in changed)
    return EditJudgement(Verdict.DOUBT if verdict is Verdict.CLEAR and by_hand else verdict, blocks, by_hand)
