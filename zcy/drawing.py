"""The reasonable range and the histogram as coordinates: the server draws them, the page needs no script.

One picture has two forms: a band (the range as a bar with the median and marks on it) and, where bins are
given, a histogram over the same scale. Its text equivalent says everything that the picture shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zcy.formats import as_decimal, short_money

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WIDTH: Final = 400
MARGIN: Final = 16
BAND_HEIGHT: Final = 20
HISTOGRAM_HEIGHT: Final = 96
MARK_ROW: Final = 20
AXIS_HEIGHT: Final = 24
# A line without a label takes no row of labels.
QUIET_ROW: Final = -1
# A rough width of one character of a label: Chinese is as wide as the type is high.
CHARACTER: Final = 12
LONGEST_LABEL: Final = 14


@dataclass(frozen=True)
class Mark:
    """A labelled price on the range: an offer, the lowest, the reader's own."""

    value: Decimal
    label: str | _StrPromise
    # `own` is the reader's price, drawn as a full line; `offer` any other.
    kind: str = "offer"
    # Drawn as a line alone: the label stands in the figures only.
    quiet: bool = False
    # Where it stands in the reasonable range, in words; empty: in what was paid.
    place: str | _StrPromise = ""


@dataclass(frozen=True)
class Bin:
    """A bar of the histogram: prices from `low` (included) to `high`, and how many deals."""

    low: Decimal
    high: Decimal
    count: int
    # Far from all others: drawn at the end of the scale, which it does not stretch.
    outlying: bool = False


@dataclass(frozen=True)
class PriceBand:
    """The reasonable range as a page shows it; yuan per unit, None where too few deals are known."""

    low: Decimal | None = None
    median: Decimal | None = None
    high: Decimal | None = None
    n: int = 0
    days: int = 0
    confidence: str | _StrPromise = ""
    unit: str = ""
    marks: Sequence[Mark] = ()
    bins: Sequence[Bin] = ()


@dataclass(frozen=True)
class Line:
    """A vertical line with its label, in picture coordinates."""

    x: float
    y: float
    text: str
    kind: str
    anchor: str


@dataclass(frozen=True)
class Bar:
    """A bar of the histogram, in picture coordinates."""

    x: float
    y: float
    width: float
    height: float
    text: str


@dataclass(frozen=True)
class Picture:
    """Everything that the template draws."""

    width: int
    height: int
    top: int
    bottom: int
    body: int
    band_x: float
    band_width: float
    median_x: float
    ticks: Sequence[Line]
    marks: Sequence[Line]
    bars: Sequence[Bar] = field(default_factory=tuple)


def describe(band: PriceBand) -> str:
    """The sentence under the drawing: what was paid, on what ground, how sure. What is reasonable is told elsewhere."""
    if band.low is None or band.high is None or band.median is None:
        return _("Too few deals for a reasonable range (n = %(n)s).") % {"n": band.n}
    unit = f"/{band.unit}" if band.unit else ""
    parts = [
        _("Paid %(low)s–%(high)s%(unit)s, median %(median)s")
        % {
            "low": short_money(band.low),
            "high": short_money(band.high).removeprefix("¥"),
            "unit": unit,
            "median": short_money(band.median),
        }
    ]
    if band.days:
        parts.append(
            ngettext("from %(n)d deal in %(days)d days", "from %(n)d deals in %(days)d days", band.n)
            % {"n": band.n, "days": band.days}
        )
    else:
        parts.append(ngettext("from %(n)d deal", "from %(n)d deals", band.n) % {"n": band.n})
    if band.confidence:
        parts.append(_("confidence %(confidence)s") % {"confidence": band.confidence})
    return _(", ").join(parts)


def place(band: PriceBand, price: Decimal) -> str:
    """Where a price stands in the range, in words."""
    if band.low is None or band.high is None or band.median is None:
        return ""
    if price < band.low:
        return _("below the range")
    if price > band.high:
        return _("above the range")
    return _("in the range, up to the median") if price <= band.median else _("in the range, over the median")


def draw(band: PriceBand) -> Picture | None:
    """Lay the range out; None where there is nothing to draw."""
    if band.low is None or band.high is None or band.median is None:
        return None
    scale = _Scale.over(band)
    marks = list(_stack(band.marks, scale))
    top = MARK_ROW * (1 + max((round(mark.y) for mark in marks), default=-1)) + 4
    body = HISTOGRAM_HEIGHT if band.bins else BAND_HEIGHT
    bottom = top + body
    most = max((entry.count for entry in band.bins), default=0) or 1
    bars = [
        Bar(
            x=scale(entry.low) + 0.5,
            y=round(bottom - (HISTOGRAM_HEIGHT - 8) * entry.count / most, 1),
            width=round(max(scale(entry.high) - scale(entry.low) - 1, 1), 1),
            height=round((HISTOGRAM_HEIGHT - 8) * entry.count / most, 1),
            text=f"{short_money(entry.low)}–{short_money(entry.high).removeprefix('¥')}: {entry.count}",
        )
        for entry in band.bins
        if entry.count
    ]
    placed = [
        Line(mark.x, MARK_ROW * mark.y + 14 if mark.text else top - 6, mark.text, mark.kind, mark.anchor)
        for mark in marks
    ]
    return Picture(
        width=WIDTH,
        height=bottom + AXIS_HEIGHT,
        top=top,
        bottom=bottom,
        body=body,
        band_x=scale(band.low),
        band_width=round(max(scale(band.high) - scale(band.low), 2), 1),
        median_x=scale(band.median),
        ticks=_ticks(band, scale, bottom + 16),
        marks=placed,
        bars=bars,
    )


class _Scale:
    """Prices to x coordinates."""

    def __init__(self, low: Decimal, high: Decimal) -> None:
        self.low = low
        self.span = (high - low) or Decimal(1)

    def __call__(self, price: Decimal) -> float:
        share = float((price - self.low) / self.span)
        return round(MARGIN + (WIDTH - 2 * MARGIN) * min(max(share, 0.0), 1.0), 1)

    @classmethod
    def over(cls, band: PriceBand) -> _Scale:
        """The scale holds range, bins and marks; one absurd offer does not press the rest together."""
        assert band.low is not None and band.high is not None
        edges = [band.low, band.high]
        for entry in band.bins:
            if entry.outlying:
                continue
            edges += [entry.low, entry.high]
        span = (max(edges) - min(edges)) or max(band.high / 10, Decimal(1))
        floor, ceiling = min(edges) - 2 * span, max(edges) + 2 * span
        edges += [min(max(mark.value, floor), ceiling) for mark in band.marks]
        pad = ((max(edges) - min(edges)) or span) / 20
        return cls(max(min(edges) - pad, Decimal(0)), max(edges) + pad)


def _stack(marks: Iterable[Mark], scale: _Scale) -> Iterable[Line]:
    """Give each label the first row in which it meets no other; `y` is the row."""
    rows: list[float] = []
    for mark in sorted(marks, key=lambda entry: entry.value):
        value = as_decimal(mark.value)
        if value is not None and mark.quiet:
            yield Line(scale(value), QUIET_ROW, "", mark.kind, "start")
            continue
        if value is None:
            continue
        x = scale(value)
        text = f"{_short(str(mark.label))} {short_money(value)}"
        width = sum(CHARACTER if ord(letter) > 0x2E80 else CHARACTER * 0.6 for letter in text)
        anchor = "end" if x + width > WIDTH else "start"
        start = x - width if anchor == "end" else x
        row = next((index for index, end in enumerate(rows) if end < start), len(rows))
        if row == len(rows):
            rows.append(0.0)
        rows[row] = max(x, start + width) + CHARACTER
        yield Line(x, row, text, mark.kind, anchor)


def _short(label: str) -> str:
    """A label that fits beside others; the table behind the picture has it in full."""
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


def _ticks(band: PriceBand, scale: _Scale, y: float) -> list[Line]:
    """Prices under the axis: both ends of the range and the median, as far as they do not meet."""
    assert band.low is not None and band.high is not None and band.median is not None
    wanted = [(band.low, "end"), (band.high, "start"), (band.median, "middle")]
    drawn: list[Line] = []
    taken: list[tuple[float, float]] = []
    for price, anchor in wanted:
        x, text = scale(price), short_money(price)
        width = len(text) * CHARACTER * 0.6
        side = anchor
        if side == "end" and x - width < 0:
            side = "start"
        if side == "start" and x + width > WIDTH:
            side = "end"
        start = {"start": x, "end": x - width, "middle": x - width / 2}[side]
        if any(start < end + 4 and begin < start + width + 4 for begin, end in taken):
            continue
        taken.append((start, start + width))
        drawn.append(Line(x, y, text, "tick", side))
    return drawn
