"""Rows are read and judged chunk by chunk, until the supplier can look at what would change."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from catalog.bulk import offers
from catalog.bulk.errors import BadFile
from catalog.bulk.files import open_rows
from catalog.bulk.judge import Judge, Judged, changes_between, may_not_change, place_prices
from catalog.bulk.limits import CHUNK
from catalog.bulk.price_rules import new_price
from catalog.models import ImportState, ListingImport, PriceRule, Verdict
from catalog.own_listings import chosen_listings
from catalog.services.bulk.hand import Hand
from catalog.services.bulk.rows import copy_rows, count_rows, refuse_twins
from zcy import clock

Item = TypeVar("Item")


def prepare(task: ListingImport, hand: Hand) -> None:
    """Bring an import to its preview; what an earlier worker has read already is not read again.

    Raises:
        BadFile: the file cannot be taken.
        Lost, Cancelled: see `Hand`.
    """
    if task.rule is not None:
        _prepare_rule(task, task.rule, hand)
    else:
        _prepare_file(task, hand)
    with transaction.atomic():
        hand.hold()
        refuse_twins(task.pk, _("Row %(row)s is about the same good: keep one of the two.") % {"row": "#"})
        count_rows(task.pk)
        task.refresh_from_db()
        nothing = not (task.new or task.changed or task.errors)
        hand.note(
            state=ImportState.DONE if nothing else ImportState.PREVIEW,
            ended_at=clock.now() if nothing else None,
            confirm_key=uuid.uuid4().hex,
            worker="",
        )


def _prepare_file(task: ListingImport, hand: Hand) -> None:
    with _local(task.stored_as) as path:
        header, rows = open_rows(path, task.file_type)
        hand.note(header=header.titles, ignored=header.ignored)
        judge = Judge(
            supplier_id=task.supplier_id,
            header=header,
            category_path=task.category.path if task.category else "",
        )
        for chunk in _chunks(itertools.islice(rows, task.read, None)):
            _keep(hand, judge.judge(chunk))


def _keep(hand: Hand, judged: list[Judged]) -> None:
    with transaction.atomic():
        hand.hold()
        copy_rows(hand.import_id, judged)
        hand.note(read=F("read") + len(judged), heartbeat_at=clock.now())


def _prepare_rule(task: ListingImport, rule: PriceRule, hand: Hand) -> None:
    """Each chosen listing with the price that the rule gives it; begun anew after a worker's death."""
    with transaction.atomic():
        hand.hold()
        task.rows.all().delete()
        hand.note(read=0)
    number = 0
    last = 0
    chosen = chosen_listings(task.supplier_id, rule.filters).order_by("pk")
    while ids := list(chosen.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        last = ids[-1]
        known = offers.listings_by_id(task.supplier_id, ids)
        judged = []
        for listing in (known[pk] for pk in ids if pk in known):
            number += 1
            judged.append(_ruled(number, listing, rule))
        place_prices(judged)
        _keep(hand, judged)


def _ruled(number: int, listing: offers.OwnListing, rule: PriceRule) -> Judged:
    price = new_price(listing.offer.price, rule.step, rule.value, rule.rounding)
    row = Judged(
        number,
        [],
        Verdict.SAME,
        listing.good_id,
        listing.id,
        listing.version,
        listing.offer.stock,
        listing.offer.price,
        replace(listing.offer, price=price),
    )
    assert row.offer is not None
    row.changes = changes_between(listing.offer, row.offer)
    if row.changes:
        wrong = may_not_change(listing)
        row.problems = [("listing", wrong)] if wrong else offers.refusals({"price": price}, counted=False)
        row.verdict = Verdict.ERROR if row.problems else Verdict.CHANGED
    if row.problems:
        row.offer = None
    return row


def _chunks(rows: Iterator[Item]) -> Iterator[list[Item]]:
    while chunk := list(itertools.islice(rows, CHUNK)):
        yield chunk


@contextmanager
def _local(stored_as: str) -> Iterator[Path]:
    """The stored file as a file of this machine, wherever the storage keeps it."""
    with tempfile.TemporaryDirectory(prefix="zcy-import-") as folder:
        path = Path(folder) / "file"
        try:
            with default_storage.open(stored_as) as stored, path.open("wb") as copy:
                shutil.copyfileobj(stored, copy, 1 << 20)
        except FileNotFoundError as error:
            raise BadFile(_("The file is no longer there. Upload it again.")) from error
        yield path
