"""Trade item numbers (GTIN): EAN-8, UPC-A, EAN-13 and GTIN-14, all kept as 14 digits."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum import ean
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as BadNumber

LENGTH: Final = 14
SHORTER: Final = (13, 12, 8)


def clean_gtin(text: str) -> str:
    """The number as 14 digits, empty for an empty text. Blanks and dashes are left out.

    Raises:
        ValidationError: not a trade item number; says what would be right.

    Source: GS1 General Specifications, 7.9 (check digit), 4.2 (zeros before shorter numbers).
    """
    number = "".join(unicodedata.normalize("NFKC", text).replace("-", "").split())
    if not number:
        return ""
    if not (number.isascii() and number.isdigit()) or len(number) not in (8, 12, 13, 14):
        raise ValidationError(_("A GTIN has 8, 12, 13 or 14 digits: copy it from under the bar code."))
    if not int(number):
        raise ValidationError(_("A GTIN is not all zeros: leave the field empty where there is none."))
    try:
        # The check digit does not change with zeros before the number (GTIN-8, -12, -13 and -14 count alike).
        ean.validate(number)
    except InvalidChecksum as error:
        right = number[:-1] + ean.calc_check_digit(number[:-1])
        raise ValidationError(
            _("The last digit does not fit the others (it would be %(digit)s): compare with the bar code.")
            % {"digit": right[-1]}
        ) from error
    except BadNumber as error:
        raise ValidationError(_("This is no GTIN: copy it from under the bar code.")) from error
    return number.zfill(LENGTH)


def show_gtin(number: str) -> str:
    """A kept number as it stands under the bar code: without the zeros that were put before it."""
    bare = number.lstrip("0")
    if not bare:
        return ""
    for length in sorted(SHORTER):
        if len(bare) <= length:
            return bare.zfill(length)
    return number
