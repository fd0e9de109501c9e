"""The read side of a good's prices over time: trend, references, lowest price; in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Good, ReferencePrice
from catalog.models.references import Grade, ReferenceState
from catalog.pricing.formulas import WINDOW_DAYS
from catalog.pricing.references import FRESH_DAYS, SHOWN_DAYS, best_references, government_only
from catalog.queries.quotes import LosingQuotes, losing_quotes
from zcy import clock
from zcy.formats import quantity
from zcy.money import yuan

MONTHS: Final = 12
MOST_REFERENCES: Final = 50
# Digits of a hash that a page shows; the whole of it stands in the download.
SHORT_HASH: Final = 12

# Months of the good itself, all quantities; and of the reader's tier where that is asked for.
_TREND: Final = """
    SELECT date_trunc('month', confirmed_on)::date, count(*), count(DISTINCT supplier_id),
           percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY unit_price::double precision),
           min(unit_price), min(unit_price) FILTER (WHERE confirmed_on > %(recent)s)
      FROM catalog_priceobservation
     WHERE good_id = %(good)s AND confirmed_on >= %(first)s AND confirmed_on <= %(last)s AND NOT accessory
       AND withdrawn_at IS NULL AND unit_price > 0 AND %(tier)s IN (0, tier)
     GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class TrendMonth:
    """What was paid in a month: R-7 quantiles in yuan per unit of the good."""

    month: date
    deals: int
    suppliers: int
    low: Decimal
    median: Decimal
    high: Decimal
    lowest: Decimal


@dataclass(frozen=True)
class SeenPrice:
    """A reference price as the page shows it."""

    id: int
    seen_at: str
    kind: str
    price: Decimal
    observed_at: datetime
    grade: str
    # The grade in words; empty where the sender gave no terms.
    grade_words: str
    url: str
    # The terms that are known, in words, and those that are not.
    terms: list[str]
    unknown: list[str]
    # Days since it was seen.
    age: int
    has_proof: bool
    sha256: str
    # Older than the days for which it may cap an offer.
    stale: bool
    contested: bool
    # The one that caps offers today.
    caps: bool

    @property
    def state(self) -> str:
        """What it is worth today, in words."""
        if self.caps:
            return _("caps offers today")
        if self.contested:
            return _("contested")
        return _("older than 14 days: caps nothing") if self.stale else _("in force")

    @property
    def terms_text(self) -> str:
        return _(", ").join(self.terms)

    @property
    def unknown_text(self) -> str:
        return _(", ").join(self.unknown)

    @property
    def short_hash(self) -> str:
        return self.sha256[:SHORT_HASH]


@dataclass
class PriceHistory:
    """All that the page of a good's prices shows."""

    good: Good
    months: list[TrendMonth] = field(default_factory=list)
    # None where there was no deal in 90 days.
    lowest_recent: Decimal | None = None
    references: list[SeenPrice] = field(default_factory=list)
    # The twin's public price where this model has none and is dearer (专供).
    twin_price: Decimal | None = None
    # What was quoted in the same months and did not win; no deals, in none of the figures above.
    quotes: LosingQuotes = field(default_factory=LosingQuotes)


def price_history(good: Good, *, tier: int = 0) -> PriceHistory:
    """Trend of twelve months, references of a year, quotes that did not win, and what they mean, in five statements.

    Args:
        good: the good.
        tier: of the regions whose deals and quotes are shown, 0 = all.
    """
    today = clock.today()
    first = (today.replace(day=1) - timedelta(days=31 * (MONTHS - 1))).replace(day=1)
    found = PriceHistory(good)
    with connection.cursor() as cursor:
        cursor.execute(
            _TREND,
            {
                "good": good.pk,
                "first": first,
                "last": today,
                "recent": today - timedelta(days=WINDOW_DAYS),
                "tier": tier,
            },
        )
        for month, deals, suppliers, quantiles, lowest, recent in cursor.fetchall():
            low, median, high = (yuan(str(value)) for value in quantiles)
            found.months.append(TrendMonth(month, deals, suppliers, low, median, high, lowest))
            if recent is not None:
                found.lowest_recent = min(recent, found.lowest_recent or recent)
    found.quotes = losing_quotes(good.pk, first=first, last=today, tier=tier)
    best = best_references([good.pk], today).get(good.pk)
    oldest = today - timedelta(days=FRESH_DAYS)
    for row in (
        ReferencePrice.objects.filter(
            good=good, observed_at__gte=clock.start_of(today - timedelta(days=SHOWN_DAYS))
        )
        .exclude(state=ReferenceState.WITHDRAWN)
        .order_by("-observed_at", "id")[:MOST_REFERENCES]
    ):
        found.references.append(
            SeenPrice(
                row.pk,
                row.seen_at,
                row.get_kind_display(),
                row.price,
                row.observed_at,
                row.grade,
                str(Grade(row.grade).label) if row.grade else "",
                row.url,
                *_terms(row),
                age=(today - clock.local_date(row.observed_at)).days,
                has_proof=bool(row.proof),
                sha256=row.proof_sha256,
                stale=clock.local_date(row.observed_at) < oldest,
                contested=row.state == ReferenceState.CONTESTED,
                caps=best is not None and best.id == row.pk,
            )
        )
    if not found.references:
        found.twin_price = government_only([good.pk], today).get(good.pk)
    return found


def _terms(row: ReferencePrice) -> tuple[list[str], list[str]]:
    """What is known of the terms on which a price was seen, and what is not."""
    known, unknown = [], []
    for value, name, if_so, if_not in (
        (row.in_stock, _("stock"), _("in stock"), _("not in stock")),
        (row.tax_included, _("tax"), _("with tax"), _("without tax")),
        (row.freight_included, _("freight"), _("with freight"), _("without freight")),
        (
            row.installation_included,
            _("installation"),
            _("with installation"),
            _("without installation"),
        ),
    ):
        if value is None:
            unknown.append(name)
        else:
            known.append(if_so if value else if_not)
    if row.warranty_months:
        months = row.warranty_months
        known.append(ngettext("warranty %(n)s month", "warranty %(n)s months", months) % {"n": months})
    if row.quantity is not None:
        known.append(_("for %(quantity)s") % {"quantity": quantity(row.quantity, row.unit)})
    elif row.unit:
        known.append(_("per %(unit)s") % {"unit": row.unit})
    return known, unknown
