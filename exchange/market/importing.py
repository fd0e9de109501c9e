"""The import as a whole: read and check everything, then write all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services.related_groups import recompute_related_groups
from catalog.pricing.kept import forget_all as forget_all_panels
from catalog.services import (
    index_goods,
    rebuild_vocabulary,
    refresh_goods,
    refresh_key_hashes,
    refresh_labels,
)
from catalog.specs import count_faults
from exchange.market import deriving, good_history, staging, trees
from exchange.market.first_load import first_load
from exchange.market.merging import MERGES, merge
from exchange.market.quotes import observe_losing_quotes
from exchange.market.reading import Source, find_files
from exchange.market.report import Report
from zcy import audit, nightly, workdays
from zcy.errors import DomainError

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

Progress = Callable[[str, int], None]


class ImportRefused(DomainError):
    """The directory cannot be imported; the report says why."""

    code = "import_refused"

    def __init__(self, report: Report, message: str) -> None:
        self.report = report
        super().__init__(message)


class _RolledBack(Exception):
    """Leaves the transaction of a dry run."""


def import_market(
    directory: Path,
    *,
    source: str = "",
    dry_run: bool = False,
    started: Callable[[list[Source]], Progress] = lambda sources: lambda name, amount: None,
) -> Report:
    """Import a directory of market CSV files: all or nothing, and a second time without any effect.

    Args:
        directory: holds the files of docs/exchange/market-csv.md.
        source: whose ids they are; the code of the root region where it is empty.
        dry_run: check and count everything, write nothing.
        started: is told the files that were found and returns what is to be called as (step, bytes read).

    Raises:
        ImportRefused: the directory is not readable, holds none of the files, or has errors.
    """
    report = Report(source=source, dry_run=dry_run)
    if not directory.is_dir():
        raise ImportRefused(report, _("%(path)s is not a folder.") % {"path": directory})
    try:
        sources = find_files(directory, report)
    except OSError as problem:
        raise ImportRefused(
            report,
            _("%(path)s cannot be read: %(reason)s") % {"path": directory, "reason": problem.strerror},
        ) from problem
    if not sources:
        raise ImportRefused(
            report, _("%(path)s holds none of the files of the market format.") % {"path": directory}
        )
    advance = started(sources)
    try:
        with transaction.atomic():
            _stage(sources, report, advance)
            report.close()
            if report.error_count:
                raise ImportRefused(report, _refusal(report.error_count))
            _write(report, advance)
            if dry_run:
                raise _RolledBack
            audit.record(
                actor=None,
                action="market.imported",
                data={name: vars(counts) for name, counts in report.files.items()}
                | {"source": report.source},
            )
    except _RolledBack:
        pass
    except (DataError, IntegrityError) as problem:
        # Something that the checks above do not foresee; what it was stands in the first line.
        reason = str(problem).splitlines()[0]
        raise ImportRefused(
            report, _("Nothing was imported: the database refuses a value: %(reason)s") % {"reason": reason}
        ) from problem
    return report


def _refusal(errors: int) -> str:
    return ngettext(
        "Nothing was imported: %(count)d error.", "Nothing was imported: %(count)d errors.", errors
    ) % {"count": errors}


def _stage(sources: list[Source], report: Report, advance: Progress) -> None:
    with connection.cursor() as cursor:
        # One transaction with exclusive use: two imports would give the same numbers and deadlock on each other.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zcy.import_market'))")
        # Every row of a guarded table asks for this setting; where it is missing that costs a caught error a row.
        cursor.execute("SET LOCAL pgtrigger.ignore = '{}'")
        staging.create_tables(cursor)
        for source in sources:
            staging.copy_file(cursor, source, report, advance)
        staging.prepare(cursor, report)
        report.source = report.source or staging.default_source() or "market"
        staging.check_references(cursor, report)
        staging.check_trees(cursor, report)
        staging.check_amounts(cursor, report)
        staging.learn_methods(cursor, report)
        staging.note_clamped(cursor, report)


def _write(report: Report, advance: Progress) -> None:
    rows = sum(counts.rows for counts in report.files.values())
    with connection.cursor() as cursor, first_load(cursor, rows):
        present = _merge(cursor, report, advance)
        if any(counts.inserted or counts.updated for counts in report.files.values()):
            _follow(present, report, advance)


def _merge(cursor: CursorWrapper, report: Report, advance: Progress) -> set[str]:
    """Write the rows and what follows from them; returns the files that were there."""
    trees.merge_regions(cursor, report)
    trees.merge_categories(cursor, report)
    trees.merge_brands(cursor)
    present = set(report.files)
    if "goods" in present:
        good_history.remember(cursor, report.source)
    for step in MERGES:
        if step.file == "orders":
            deriving.give_numbers(cursor, report)
        if step.file in present:
            advance(step.file, 0)
            merge(cursor, step, report)
    deriving.give_roles(cursor, report)
    deriving.link_inquiries(cursor, report)
    if "reference_prices" in present:
        deriving.let_references_follow(cursor, report)
    deriving.find_touched_orders(cursor, report)
    deriving.settle_orders(cursor)
    deriving.observe_prices(cursor, report)
    observe_losing_quotes(cursor, report)
    if "goods" in present:
        good_history.write(cursor, report.source)
    cursor.execute("ANALYZE")
    for name in set(report.files) - present:
        del report.files[name]
    return present


def _follow(present: set[str], report: Report, advance: Progress) -> None:
    """Bring along what is kept beside the rows: the search index, related groups, nights that are due."""
    advance(_("search index"), 0)
    if "holidays" in present:
        workdays.rebuild()
    forget_all_panels()
    # History may have come in before nights that are done: the next one begins with the first day again.
    nightly.supersede(date.min)
    if present & {"organisations", "shareholdings"}:
        recompute_related_groups()
    if present & {"goods", "listings", "organisations", "categories"}:
        refresh_goods()
        refresh_key_hashes()
        refresh_labels()
        index_goods()
        rebuild_vocabulary()
    if present & {"goods", "categories"}:
        for category, text, count in count_faults(report.source):
            report.notice(
                _("goods.csv, column spec, %(category)s: %(text)s Kept as it is (%(count)d goods).")
                % {"category": category, "text": text, "count": count}
            )
