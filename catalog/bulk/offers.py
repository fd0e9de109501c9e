"""What a supplier offers already, as far as rows are compared with it; and what a row says of an offer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final, cast

from django.db import connection
from django.utils.translation import gettext as _

from catalog.bulk.cells import is_clear, number_of, whole_of
from catalog.bulk.regions import Regions
from catalog.errors import ListingRefused
from catalog.models import Good, Listing
from catalog.services.edit_listing import snapshot
from catalog.services.listing_values import ListingValues, paths

LONGEST_NOTE: Final = 300
_COLUMNS: Final = (
    "l.id, l.good_id, l.price, l.stock, l.min_quantity, l.delivery_days, l.warranty_months, l.note, "
    "l.own_public_price, l.delivery_paths, l.version, l.sale, l.review, l.delisted_at"
)
_BY_ID: Final = f"SELECT {_COLUMNS} FROM catalog_listing l WHERE l.supplier_id = %s AND l.id = ANY(%s)"
# Those that have not ended, as in create_listing: imported ones may stand beside each other.
_BY_GOOD: Final = f"""
    SELECT {_COLUMNS} FROM catalog_listing l
     WHERE l.good_id = ANY(%s) AND l.supplier_id = %s AND (l.delisted_at IS NULL OR l.delisted_at > %s)
     ORDER BY l.id
"""
# The two kinds of goods that `ListingValues.check` tells apart.
_STANDS_FOR: Final = {
    counted: cast("Good", SimpleNamespace(category=SimpleNamespace(counted=counted)))
    for counted in (True, False)
}


@dataclass(slots=True)
class Offer:
    """The values of a listing; the names are those of the model, so that `snapshot` reads both."""

    price: Decimal
    stock: Decimal | None
    min_quantity: Decimal
    delivery_days: int | None
    warranty_months: int | None
    note: str
    own_public_price: Decimal | None
    delivery_paths: list[str]

    def snapshot(self) -> dict[str, str]:
        """As texts, in the spelling of the audit."""
        return snapshot(cast("Listing", self))


@dataclass(slots=True)
class OwnListing:
    """A listing of the supplier."""

    id: int
    good_id: int
    offer: Offer
    version: int
    sale: str
    review: str
    delisted_at: datetime | None


def listings_by_id(supplier_id: int, ids: Collection[int]) -> dict[int, OwnListing]:
    """The supplier's listings with these numbers."""
    if not ids:
        return {}
    return {row.id: row for row in _listings(_BY_ID, [supplier_id, list(ids)])}


def listings_by_good(
    supplier_id: int, good_ids: Collection[int], now: datetime
) -> dict[int, list[OwnListing]]:
    """The supplier's listings of these goods that have not ended."""
    found: dict[int, list[OwnListing]] = {}
    if good_ids:
        for row in _listings(_BY_GOOD, [list(good_ids), supplier_id, now]):
            found.setdefault(row.good_id, []).append(row)
    return found


def _listings(statement: str, parameters: list[Any]) -> Iterable[OwnListing]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [OwnListing(row[0], row[1], Offer(*row[2:10]), *row[10:]) for row in cursor.fetchall()]


@dataclass(slots=True)
class Said:
    """What the cells of a row say of the offer: field → value; and what is wrong with them."""

    values: dict[str, Any]
    area_ids: list[int] | None
    problems: list[tuple[str, str]]


def read_values(cells: dict[str, str], regions: Regions) -> Said:
    """Read the value columns of a row; an empty cell says nothing, a dash takes the value away."""
    said = Said({}, None, [])
    for column, text in cells.items():
        if not text:
            continue
        if column == "note":
            _read_note(said, text)
        elif column == "delivery_areas":
            areas, wrong = regions.read(text)
            if wrong:
                said.problems.append((column, wrong))
            else:
                said.values[column] = areas
                said.area_ids = [area.pk for area in areas]
        elif column in ("delivery_days", "warranty_months"):
            said.values[column] = None if column == "warranty_months" and is_clear(text) else whole_of(text)
            if said.values[column] is None and not is_clear(text):
                _wrong(said, column, text, _("Write a whole number."))
        elif column == "own_public_price" and is_clear(text):
            said.values[column] = None
        else:
            said.values[column] = number_of(text)
            if said.values[column] is None:
                _wrong(said, column, text, _("Write a number."))
    if "delivery_days" in said.values and said.values["delivery_days"] is None:
        _wrong(said, "delivery_days", cells["delivery_days"], _("Write a whole number."))
    return said


def _wrong(said: Said, column: str, text: str, message: str) -> None:
    said.values.pop(column, None)
    if column not in {name for name, _message in said.problems}:
        said.problems.append((column, f"“{text[:40]}”: {message}"))


def _read_note(said: Said, text: str) -> None:
    note = "" if is_clear(text) else " ".join(text.split())
    if len(note) > LONGEST_NOTE:
        said.problems.append(("note", _("A remark has at most 300 characters.")))
    else:
        said.values["note"] = note


def refusals(values: dict[str, Any], *, counted: bool) -> list[tuple[str, str]]:
    """(column, message) for each value that the form of one listing would refuse, by the same rule."""
    left = {name: value for name, value in values.items() if name not in ("note", "delivery_areas")}
    found: list[tuple[str, str]] = []
    while True:
        probe = ListingValues(**{"price": Decimal(1), "stock": Decimal(0), **left})
        try:
            probe.check(_STANDS_FOR[counted])
        except ListingRefused as refused:
            column = refused.field or "price"
            found.append((column, str(refused)))
            if left.pop(column, None) is None:
                return found
        else:
            return found


def put_on(said: Said, before: Offer | None) -> Offer:
    """The offer after the row: what it says, over what is there, over what a new listing begins with."""
    values = said.values
    areas = values.get("delivery_areas")
    base = before or Offer(Decimal(0), None, Decimal(1), None, None, "", None, [])
    note = values.get("note", base.note)
    if before is not None and note == "" and base.note and is_clear(base.note):
        note = base.note  # a remark that is itself a dash came back from an export
    return Offer(
        values.get("price", base.price),
        values.get("stock", base.stock),
        values.get("min_quantity", base.min_quantity),
        values.get("delivery_days", base.delivery_days),
        values.get("warranty_months", base.warranty_months),
        note,
        values.get("own_public_price", base.own_public_price),
        list(base.delivery_paths) if areas is None else paths(areas),
    )
