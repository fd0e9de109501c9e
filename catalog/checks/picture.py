"""The picture that buyers see beside the offer: that of its standard good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from PIL import Image

from catalog.checks.base import Check, CheckResult, Subject
from catalog.pictures import FORMATS, LEAST_SIDE, MOST_PIXELS
from zcy.said import said

# (width, height), or None for a file that is missing or no picture.
Sizes = dict[int, tuple[int, int] | None]


class PictureCheck(Check):
    """Only the head of the file is read, so that a picture bomb is told by its size and never unpacked."""

    code = "picture"
    label = gettext_lazy("picture of the good")
    description = gettext_lazy(
        "Doubts a picture below 200 pixels a side, beyond 40 million pixels, or not readable."
    )

    def prepare(self, subjects: Sequence[Subject], day: date) -> Sizes:
        goods = {subject.good.pk: subject.good for subject in subjects if subject.good.picture}
        return {pk: self._size(good.picture) for pk, good in goods.items()}

    def _size(self, file: object) -> tuple[int, int] | None:
        try:
            with file.open("rb") as opened, Image.open(opened, formats=FORMATS) as picture:  # type: ignore[attr-defined]
                return picture.size
        except Image.DecompressionBombError:
            return (MOST_PIXELS, MOST_PIXELS)
        except (OSError, ValueError, SyntaxError):
            return None

    def look(self, subject: Subject, facts: Sizes, day: date) -> CheckResult:
        if not subject.good.picture:
            return self.unknown(said(_("the good has no picture")))
        size = facts.get(subject.good.pk)
        if size is None:
            return self.doubt("picture_unusable", said(_("not readable")))
        saw = f"{size[0]} × {size[1]}"
        if min(size) < LEAST_SIDE or size[0] * size[1] > MOST_PIXELS:
            return self.doubt("picture_unusable", saw)
        return self.clear(saw)
