"""Values of specifications in one spelling, so that 16, 16.0 and "１６", A4 and a4 are the same.

The same rule stands twice, in Python for comparing two goods and in SQL for hashing many; a test holds them together.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any, Final

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?", re.ASCII)
# trim_scale: 16.00 → 16.
_SQL: Final = r"""
    (SELECT CASE WHEN t ~ '^[+-]?[0-9]{1,15}(\.[0-9]{1,10})?$' THEN trim_scale(t::numeric)::text ELSE t END
       FROM (SELECT lower(btrim(regexp_replace(normalize(
           CASE jsonb_typeof(@v) WHEN 'array' THEN
               (SELECT string_agg(e, '、' ORDER BY e) FROM jsonb_array_elements_text(@v) AS e)
           ELSE @v #>> '{}' END, NFKC), '[[:space:]]+', ' ', 'g'))) AS t) AS said)
"""


def normal_sql(value: str) -> str:
    """SQL of a jsonb expression as text in one spelling."""
    return _SQL.replace("@v", value)


def normal(value: Any) -> str:
    """A value as text in one spelling; empty for what says nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return normal("、".join(sorted(str(item) for item in value)))
    text = " ".join(unicodedata.normalize("NFKC", str(value)).split()).lower()
    if _NUMBER.fullmatch(text):
        number = Decimal(text)
        return f"{number.normalize():f}" if number else "0"
    return text
