"""What each row of a chunk means and would change: nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from catalog.bulk import offers
from catalog.bulk.cells import whole_of
from catalog.bulk.columns import VALUES, Header, label_of
from catalog.bulk.files import too_long
from catalog.bulk.goods import Answer, Finder, GoodFacts, Wanted
from catalog.bulk.limits import LONGEST_CELL
from catalog.bulk.offers import Offer, OwnListing, Said
from catalog.bulk.regions import Regions
from catalog.models import Good, Sale, Verdict
from catalog.models.goods import GoodState
from catalog.pricing.formulas import Place
from catalog.pricing.ranges import ranges_of
from zcy import clock

_VALUE_KEYS: Final = tuple(column.key for column in VALUES)
_NEEDED: Final = tuple(column.key for column in VALUES if column.needed)
_GTIN_LENGTHS: Final = (8, 12, 13, 14)


@dataclass(slots=True)
class Judged:
    """A row with its verdict, as it is kept for the preview."""

    number: int
    cells: list[str]
    verdict: str = Verdict.ERROR
    good_id: int | None = None
    listing_id: int | None = None
    version: int | None = None
    stock_seen: Decimal | None = None
    old_price: Decimal | None = None
    offer: Offer | None = None
    area_ids: list[int] = field(default_factory=list)
    changes: dict[str, list[str]] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)
    place: str = ""


class Judge:
    """Judges chunk after chunk for one supplier, in a fixed number of statements each."""

    def __init__(self, *, supplier_id: int, header: Header, category_path: str = "") -> None:
        self.supplier_id = supplier_id
        self.header = header
        self.regions = Regions()
        self.finder = Finder(category_path, specs=bool(header.attributes))

    def judge(self, rows: list[tuple[int, list[str]]]) -> list[Judged]:
        """The verdicts of some rows: (row of the file, its cells)."""
        judged = [Judged(number, [cell[:LONGEST_CELL] for cell in cells]) for number, cells in rows]
        wanted = [self._wanted(row, cells) for row, (_number, cells) in zip(judged, rows, strict=True)]
        named = {listing: place for place, (listing, _good) in enumerate(wanted) if listing is not None}
        mine = offers.listings_by_id(self.supplier_id, named.keys())
        survivors = self._survivors(
            good.good
            for listing, good in wanted
            if good.good is not None and listing in mine and good.good != mine[listing].good_id
        )
        for row, (listing, good) in zip(judged, wanted, strict=True):
            if listing is None:
                continue
            known = mine.get(listing)
            if known is None:
                row.problems.append(("listing", _("You have no listing with this number.")))
            elif good.good is None:
                good.good = known.good_id
            elif known.good_id not in (good.good, survivors.get(good.good)):
                message = _("The listing %(listing)s is of the good %(good)s. Correct one of the numbers.")
                words = {"listing": listing, "good": known.good_id}
                row.problems.append(("good", message % words))
                row.candidates.append(known.good_id)
        answers = self._followed(self.finder.find([good for _listing, good in wanted]))
        of_goods = offers.listings_by_good(
            self.supplier_id, {answer.good.id for answer in answers if answer.good}, clock.now()
        )
        for row, (listing, _good), answer in zip(judged, wanted, answers, strict=True):
            said = offers.read_values(self._values(row.cells), self.regions)
            self._decide(row, said, answer, mine.get(listing or 0), listing is not None, of_goods)
        place_prices(judged)
        return judged

    def _survivors(self, goods: Iterable[int]) -> dict[int, int]:
        """Merged good → the good that has taken its place; one statement, none where there is nothing to look up."""
        numbers = set(goods)
        if not numbers:
            return {}
        merged = Good.objects.filter(pk__in=numbers, merged_into__isnull=False)
        return dict(merged.values_list("pk", "merged_into_id"))

    def _followed(self, answers: list[Answer]) -> list[Answer]:
        """Who names a merged good means its survivor; the merged one stays a candidate, for the preview to say so."""
        survivors = self._survivors(
            answer.good.id for answer in answers if answer.good and answer.good.state == GoodState.MERGED
        )
        facts = self.finder.by_id(set(survivors.values()))
        return [
            Answer(facts[survivors[answer.good.id]], answer.problem, [answer.good.id])
            if answer.good and answer.good.id in survivors
            else answer
            for answer in answers
        ]

    def _values(self, cells: list[str]) -> dict[str, str]:
        header = self.header
        return {key: header.cell(cells, key) for key in _VALUE_KEYS if key in header.places}

    def _wanted(self, row: Judged, cells: list[str]) -> tuple[int | None, Wanted]:
        """What the row says of listing and good; what cannot be read goes to its problems."""
        header = self.header
        for place in too_long(cells):
            title = header.titles[place] if place < len(header.titles) else str(place + 1)
            message = _("The cell “%(title)s” is longer than %(most)s characters.")
            row.problems.append(("", message % {"title": title[:40], "most": LONGEST_CELL}))
        if any(cells[len(header.titles) :]):
            row.problems.append(
                (
                    "",
                    _(
                        "This row has more cells than the header. In a CSV, put quotation marks around commas."
                    ),
                )
            )
        cells = row.cells
        numbers: dict[str, int | None] = {}
        for key in ("listing", "good"):
            text = header.cell(cells, key)
            numbers[key] = whole_of(text) if text else None
            if text and (numbers[key] is None or (numbers[key] or 0) < 1):
                numbers[key] = None
                remedy = _("Write a whole number.")
                row.problems.append((key, f"“{text[:40]}”: {remedy}"))
        gtin = header.cell(cells, "gtin").replace(" ", "").replace("-", "")
        if gtin and not is_gtin(gtin):
            row.problems.append(
                ("gtin", _("A GTIN has 8, 12, 13 or 14 digits, the last of which checks the others."))
            )
            gtin = ""
        attributes = [
            (keys, cells[place])
            for place, keys in header.attributes.items()
            if place < len(cells) and cells[place]
        ]
        wanted = Wanted(
            numbers["good"],
            gtin,
            header.cell(cells, "brand"),
            header.cell(cells, "model"),
            header.cell(cells, "name"),
            attributes,
        )
        return numbers["listing"], wanted

    def _decide(
        self,
        row: Judged,
        said: Said,
        answer: Answer,
        listing: OwnListing | None,
        by_number: bool,
        of_goods: dict[int, list[OwnListing]],
    ) -> None:
        good = answer.good
        row.problems += said.problems
        row.good_id = good.id if good else None
        row.candidates += answer.candidates
        if answer.problem and not row.problems:
            row.problems.append(answer.problem)
        row.problems += offers.refusals(said.values, counted=good.counted if good else False)
        if good is None:
            return
        if listing is None and not by_number:
            listing = self._only(row, of_goods.get(good.id, []))
        if row.problems:
            return
        if listing is None:
            self._new(row, said, good)
        else:
            self._known(row, said, listing)

    def _only(self, row: Judged, found: list[OwnListing]) -> OwnListing | None:
        if len(found) > 1:
            numbers = "、".join(str(listing.id) for listing in found[:6])
            message = _(
                "You have several listings of this good: write the number of one of them, %(numbers)s."
            )
            row.problems.append(("listing", message % {"numbers": numbers}))
        return found[0] if found else None

    def _new(self, row: Judged, said: Said, good: GoodFacts) -> None:
        if good.state != GoodState.ACTIVE:
            row.problems.append(("good", _("This standard good is retired: choose its successor.")))
        for column in _NEEDED:
            if said.values.get(column) is None:
                message = _("A new listing needs “%(column)s”.") % {"column": label_of(column)}
                row.problems.append((column, message))
        if not row.problems:
            row.verdict, row.offer = Verdict.NEW, offers.put_on(said, None)
            row.area_ids = said.area_ids or []

    def _known(self, row: Judged, said: Said, listing: OwnListing) -> None:
        row.offer = offers.put_on(said, listing.offer)
        row.listing_id, row.version = listing.id, listing.version
        row.stock_seen, row.old_price = listing.offer.stock, listing.offer.price
        row.area_ids = said.area_ids or []
        row.changes = changes_between(listing.offer, row.offer)
        row.verdict = Verdict.CHANGED if row.changes else Verdict.SAME
        if wrong := may_not_change(listing) if row.changes else "":
            row.verdict = Verdict.ERROR
            row.problems.append(("listing", wrong))


def changes_between(before: Offer, after: Offer) -> dict[str, list[str]]:
    """Field → [old, new] of what differs, in the spelling of `edit_listing.snapshot`."""
    if before == after:
        return {}
    old = before.snapshot()
    return {name: [old[name], new] for name, new in after.snapshot().items() if old[name] != new}


def may_not_change(listing: OwnListing) -> str:
    """Why a listing may not be edited, as `edit_listing` says it; empty where it may."""
    if listing.sale == Sale.FROZEN:
        return _("This listing is frozen by the platform: ask the operator's catalog staff.")
    if listing.delisted_at is not None and listing.delisted_at <= clock.now():
        return _("This listing has ended. Make a new one.")
    return ""


def place_prices(rows: Collection[Judged]) -> None:
    """Where each new price stands in its good's reasonable range; empty where none is known."""
    priced = [row for row in rows if row.offer is not None and row.good_id is not None]
    ranges = ranges_of({row.good_id for row in priced if row.good_id is not None})
    for row in priced:
        found = ranges.get(row.good_id or 0)
        if found is not None and row.offer is not None:
            place = found.place(row.offer.price)
            row.place = "" if place is Place.UNKNOWN else place.value


def is_gtin(text: str) -> bool:
    """Whether a text is a GTIN with its check digit (GS1: weights 3 and 1 from the right)."""
    if not (text.isascii() and text.isdigit() and len(text) in _GTIN_LENGTHS):
        return False
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    return total % 10 == 0
