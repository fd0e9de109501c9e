"""The published codelist of reasons for which a listing is rejected: shared by machine, reviewer and supplier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class ReviewReason:
    """A reason: its code, the field it concerns, what is wrong, and how to mend it."""

    code: str
    field: str
    title: _StrPromise
    remedy: _StrPromise


REASONS: Final[tuple[ReviewReason, ...]] = (
    ReviewReason(
        "price_too_high",
        "price",
        _("price above what is reasonable"),
        _("Bring the price into the reasonable range, or say in the remark why it is higher."),
    ),
    ReviewReason(
        "price_lure",
        "price",
        _("price that lures"),
        _("State the price at which you deliver, without conditions."),
    ),
    ReviewReason(
        "wrong_good",
        "good",
        _("offer does not fit the standard good"),
        _("Choose the standard good of the same brand, model and specification."),
    ),
    ReviewReason(
        "wrong_category", "good", _("wrong category"), _("Choose a standard good of the right category.")
    ),
    ReviewReason(
        "attribute_mismatch",
        "note",
        _("key attribute differs from the standard good"),
        _("Remove what differs from the specification, or choose another standard good."),
    ),
    ReviewReason(
        "missing_certificate",
        "note",
        _("certificate missing"),
        _("Name the certificate that the good needs, with its number."),
    ),
    ReviewReason(
        "keyword_stuffing",
        "note",
        _("keywords that do not belong to the good"),
        _("Keep to facts about this offer."),
    ),
    ReviewReason(
        "luring_off_platform",
        "note",
        _("contact or advertisement that leads off the platform"),
        _("Remove telephone numbers, addresses of other shops and names of messengers."),
    ),
    ReviewReason(
        "delivery_not_credible",
        "delivery_days",
        _("delivery promise not credible"),
        _("State the days in which you deliver to all areas that you name."),
    ),
    ReviewReason(
        "forbidden_good",
        "good",
        _("good that may not be offered here"),
        _("Take the offer off; it cannot be mended."),
    ),
)
BY_CODE: Final = {reason.code: reason for reason in REASONS}
CHOICES: Final = [(reason.code, reason.title) for reason in REASONS]


def reasons_of(codes: Iterable[str]) -> list[ReviewReason]:
    """The reasons behind codes; a code that is no longer published is left out."""
    return [BY_CODE[code] for code in codes if code in BY_CODE]
