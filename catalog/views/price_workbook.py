"""All price evidence of a good as a workbook: one sheet for each table of its page. No cell holds a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from typing import Any, Final
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse
from django.utils.translation import gettext as _

from accounts.models import Region
from catalog.bulk.writing import XLSX
from catalog.models import Good, QuantityBand, Tier
from catalog.pricing.groups import price_groups
from catalog.pricing.panel import CONFIDENCE_WORDS
from catalog.queries import good_page
from catalog.queries.good import GoodPage
from catalog.queries.offer_prices import price_changes
from catalog.queries.prices import PriceHistory, price_history
from zcy import clock
from zcy.exports import cell

LONGEST_TITLE: Final = 31
_FORBIDDEN: Final = str.maketrans("[]:*?/\\", "       ")
Rows = Iterable[Sequence[Any]]


@dataclass(frozen=True)
class Sheet:
    """A table: title, header, rows of numbers, dates and texts."""

    title: str
    header: Sequence[str]
    rows: Rows


def price_workbook(good: Good, *, region: Region | None, publish_first: bool, **wanted: Any) -> FileResponse:
    """The workbook as a download.

    Args:
        good: the good, with `category_id`, `spec_hash` and `pack_size`.
        region: of the reader.
        publish_first: offers in review are shown there.
        wanted: `sort`, `tier`, `band` and `quantity_wanted`, as the good's page takes them.
    """
    page = good_page(good_id=good.pk, region=region, publish_first=publish_first, **wanted)
    assert page is not None
    found = price_history(good, tier=wanted["tier"])
    sheets = [
        Sheet(_("Price figures"), [_("Figure"), _("Value")], _figures(good, page, found)),
        _by_group(good),
        _trend(found),
        Sheet(
            _("Histogram of deals"),
            [_("Price from"), _("Price to"), _("Deals")],
            ((one.low, one.high, one.count) for one in page.panel.bins if page.panel.has_range),
        ),
        _references(found),
        _quotes(found),
        _offers(page),
        Sheet(
            _("Price history of the offers"),
            [_("Time"), _("Supplier"), _("Old price"), _("New price")],
            price_changes(good.pk, publish_first=publish_first),
        ),
    ]
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write(file, sheets)
    file.seek(0)
    response = FileResponse(file, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'prices-{good.pk}')}.xlsx"
    return response


def write(file: Any, sheets: Iterable[Sheet]) -> None:
    """Write the workbook: numbers as numbers, moments in Asia/Shanghai, texts as texts whatever they begin with."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        money = book.add_format({"num_format": "#,##0.00"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.title.translate(_FORBIDDEN)[:LONGEST_TITLE])
            page.freeze_panes(1, 0)
            page.set_column(0, max(len(sheet.header) - 1, 0), 18)
            for place, title in enumerate(sheet.header):
                page.write_string(0, place, title, head)
            for line, row in enumerate(sheet.rows, 1):
                for place, value in enumerate(row):
                    if value is None or value == "":
                        continue
                    if isinstance(value, datetime):
                        local = value.astimezone(clock.SHANGHAI).replace(tzinfo=None)
                        page.write_datetime(line, place, local, moment)
                    elif isinstance(value, date):
                        page.write_datetime(line, place, datetime(value.year, value.month, value.day), day)
                    elif isinstance(value, Decimal):
                        page.write_number(line, place, float(value), money)
                    elif isinstance(value, int):
                        page.write_number(line, place, value)
                    else:
                        page.write_string(line, place, cell(str(value)))


def _figures(good: Good, page: GoodPage, found: PriceHistory) -> Rows:
    """(what, value): the good, the reasonable range, and what was paid."""
    panel, reasonable = page.panel, page.range
    yield _("Good"), page.name
    yield _("Brand"), page.brand
    yield _("Model"), page.model
    yield _("Unit"), page.unit
    yield _("As of"), panel.as_of
    yield _("Tier of the region"), str(Tier(panel.tier).label) if panel.tier else _("all")
    yield _("Quantity ordered"), str(QuantityBand(panel.band).label) if panel.band else _("all")
    if reasonable.known:
        yield _("Reasonable price from"), reasonable.low
        yield _("Reasonable price, centre"), reasonable.central
        yield _("Reasonable price to"), reasonable.high
        yield _("How it was reached"), page.range_ground
        yield _("Confidence"), str(CONFIDENCE_WORDS[reasonable.confidence])
    yield _("Deals compared"), panel.n
    yield _("Suppliers compared"), panel.suppliers
    yield _("Days"), panel.window_days
    if panel.has_range:
        yield _("Paid, 10%"), panel.low
        yield _("Paid, median"), panel.median
        yield _("Paid, 90%"), panel.high
    yield _("Which deals"), page.ground
    yield _("Lowest price paid in 90 days"), found.lowest_recent
    yield _("Public price of a good of the same configuration"), page.twin_price


def _by_group(good: Good) -> Sheet:
    peers = (good.pk, good.category_id, good.spec_hash)
    return Sheet(
        _("By region and quantity"),
        [_("Tier of the region"), _("Quantity ordered"), _("Deals"), _("Units that bought"), _("Suppliers"),
         "10%", _("Median"), "90%"],
        (
            (group.tier_label or _("all"), group.band_label or _("all"), group.n, group.units, group.suppliers,
             group.low, group.median, group.high)
            for group in price_groups(peers=peers, pack_size=good.pack_size)
        ),
    )  # fmt: skip


def _trend(found: PriceHistory) -> Sheet:
    return Sheet(
        _("Prices over time"),
        [_("Month"), _("Deals"), _("Suppliers"), "10%", _("Median"), "90%", _("Lowest")],
        ((f"{m.month:%Y-%m}", m.deals, m.suppliers, m.low, m.median, m.high, m.lowest) for m in found.months),
    )


def _references(found: PriceHistory) -> Sheet:
    return Sheet(
        _("Prices seen elsewhere"),
        [_("Seen at"), _("Kind of source"), _("Price"), _("Seen on"), _("Days ago"), _("Comparability"), _("Terms"),
         _("Not stated"), _("State"), _("Address"), _("SHA-256 of the proof")],
        (
            (row.seen_at, row.kind, row.price, row.observed_at, row.age, row.grade_words, row.terms_text,
             row.unknown_text, row.state, row.url, row.sha256)
            for row in found.references
        ),
    )  # fmt: skip


def _quotes(found: PriceHistory) -> Sheet:
    """Quotes that did not win: all of them, then by quarter; no price where there are too few."""
    rows: list[Sequence[Any]] = []
    if found.quotes.told:
        rows.append(
            (_("all"), found.quotes.n, found.quotes.suppliers, found.quotes.median, found.quotes.lowest)
        )
        rows += [(one.name, one.n, one.suppliers, one.median, one.lowest) for one in found.quotes.quarters]
    return Sheet(
        _("Quotes that did not win"),
        [_("Quarter"), _("Quotes"), _("Suppliers"), _("Median"), _("Lowest")],
        rows,
    )


def _offers(page: GoodPage) -> Sheet:
    """The fields of an offer are escaped for the page; a cell takes them as they were."""
    return Sheet(
        _("Offers"),
        [_("Supplier"), _("Region"), _("Unit price"), _("Place in the range"), _("Delivery"), _("Credit"),
         _("Stock"), _("Remark")],
        (
            (unescape(offer.supplier), unescape(offer.region), offer.amount, unescape(offer.place),
             unescape(offer.delivery), unescape(offer.grade), unescape(offer.stock), unescape(offer.note))
            for offer in page.offers
        ),
    )  # fmt: skip
