"""The credit of all suppliers as rows of `export_credit` (docs/credit/credit.md, "Export")."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from credit import formulas
from credit.models import CreditSnapshot, CreditState
from credit.replay import replay_many
from zcy.errors import DomainError

COLUMNS: Final = (
    "supplier",
    "as_of",
    "score",
    "grade",
    "provisional",
    "lower",
    "upper",
    "effective_n",
    *formulas.COMPONENTS,
    "bonus",
    "deductions",
    "limit",
)
REPLAYED_AT_ONCE: Final = 500


class NotComputed(DomainError):
    """The night has not been computed."""

    code = "credit_not_computed"
    message = _("The night of this date has not been computed: run manage.py nightly --as-of DATE first.")


def last_computed() -> date | None:
    """The newest night up to which credit has been computed."""
    found: date | None = CreditState.objects.aggregate(day=Max("as_of"))["day"]
    return found


def credit_rows(as_of: date | None = None) -> Iterator[list[str]]:
    """One row per supplier, sorted by its id at the source, else by its number here.

    A night without snapshots, passed over by a catch-up, is replayed.

    Raises:
        NotComputed: the date lies after the last night, or no night has been computed.
    """
    suppliers = {
        pk: external or str(pk)
        for pk, external in Organisation.objects.suppliers().values_list("id", "external_id")
    }
    last = last_computed()
    if suppliers and (last is None or (as_of is not None and as_of > last)):
        raise NotComputed
    return _rows(suppliers, as_of or last)


def _rows(suppliers: dict[int, str], day: date | None) -> Iterator[list[str]]:
    if day is None:
        return
    known = {row.supplier_id: row for row in CreditSnapshot.objects.filter(as_of=day).newest()}
    ordered = sorted(suppliers, key=lambda pk: (suppliers[pk], pk))
    for start in range(0, len(ordered), REPLAYED_AT_ONCE):
        chunk = ordered[start : start + REPLAYED_AT_ONCE]
        missing = [pk for pk in chunk if pk not in known]
        replayed = replay_many(missing, day) if missing else {}
        for pk in chunk:
            fields = replayed[pk].fields() if pk in replayed else vars(known[pk])
            yield _row(suppliers[pk], day, fields)


def _row(supplier: str, day: date, fields: dict[str, Any]) -> list[str]:
    parts = fields["parts"]
    return [
        supplier,
        day.isoformat(),
        str(fields["score"]),
        fields["grade"],
        "true" if fields["provisional"] else "false",
        str(fields["lower"]),
        str(fields["upper"]),
        str(fields["effective_n"]),
        *(f"{parts[name]['points'] if name in parts else 0:.4f}" for name in formulas.COMPONENTS),
        str(fields["bonus"]),
        str(fields["deductions"]),
        str(fields["limit"]),
    ]
