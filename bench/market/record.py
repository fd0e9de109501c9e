"""Writes orders and their steps, cut at the market's last second and with some cells lost."""

from __future__ import annotations

import math
from random import Random

from bench.market.days import DAY, Calendar
from bench.market.orders import Order
from bench.market.sizes import MISSING, Settings
from bench.market.words import REVIEWS
from bench.market.writer import Files


class Plans:
    """Procurement plans: one per buyer, year and top-level category, a little larger than what was spent."""

    def __init__(self, settings: Settings, ancestors: dict[str, tuple[str, ...]]) -> None:
        self.rng = settings.rng("plans")
        self.ancestors = ancestors
        self.spent: dict[tuple[str, int, str], int] = {}

    def charge(self, order: Order, year: int) -> str:
        """The id of the plan that the order draws on."""
        top = self.ancestors[order.category][-2]
        key = (order.buyer.id, year, top)
        self.spent[key] = self.spent.get(key, 0) + order.cents
        return f"P{year}-{order.buyer.id}-{top}"

    def rows(self) -> list[tuple[str, ...]]:
        """The rows of plans.csv; one in a hundred was overspent."""
        rng = self.rng
        found: list[tuple[str, ...]] = []
        for (buyer, year, top), cents in sorted(self.spent.items()):
            factor = 0.9 if rng.random() < 0.01 else rng.uniform(1.05, 1.6)
            amount = math.ceil(cents * factor / 100_000) * 1000
            made = (
                f"{year}-{rng.choice((1, 1, 2, 3)):02d}-{rng.randint(4, 28):02d}"
                if rng.random() > MISSING
                else ""
            )
            found.append((f"P{year}-{buyer}-{top}", buyer, str(year), top, f"{amount:.2f}", made))
        return found


class Recorder:
    """Turns orders into rows."""

    def __init__(self, settings: Settings, calendar: Calendar, files: Files, plans: Plans) -> None:
        self.rng: Random = settings.rng("records")
        self.calendar = calendar
        self.files = files
        self.plans = plans
        self.lines = 0

    def lose(self, order: Order) -> None:
        """Drop cells that real exports lack; planted orders stay whole."""
        if order.whole:
            return
        rng = self.rng
        if order.confirmed is not None and order.deliveries and rng.random() < 0.03:
            order.confirmed = None
        if rng.random() < MISSING:
            order.promised = None
        if rng.random() < MISSING:
            order.placed_by = ""
        for part in order.deliveries:
            if rng.random() < MISSING:
                part[0] = None
            draw = rng.random()
            if draw < MISSING:
                part[1] = None
            elif draw < 2 * MISSING:
                part[2] = None

    def _text(self, moment: int | None) -> str:
        return "" if moment is None or moment >= self.calendar.stop else self.calendar.text(moment)

    def write(self, order: Order) -> None:
        """All rows of one order."""
        calendar, files, rng = self.calendar, self.files, self.rng
        stop = calendar.stop
        plan = "" if not order.whole and rng.random() < MISSING else self.plans.charge(
            order, calendar.dates[order.placed // DAY].year
        )  # fmt: skip
        cancelled = self._text(order.cancelled)
        confirmed = self._text(order.confirmed)
        seen = order.confirmed is None or order.confirmed < stop
        files.row(
            "orders",
            (
                order.id, order.buyer.id, order.supplier.id, order.buyer.region.code, order.method, order.placed_by,
                calendar.text(order.placed), plan, order.inquiry, order.contract,
                "true" if order.emergency else "false", confirmed, cancelled, order.cancelled_by if cancelled else "",
                calendar.texts[order.promised] if order.promised is not None and seen else "",
            ),
        )  # fmt: skip
        for line in order.lines:
            self.lines += 1
            files.row(
                "order_lines",
                (
                    f"N{self.lines:09d}", order.id, line.listing.id, line.listing.good.id, line.quantity,
                    f"{line.cents / 100:.2f}", "true" if line.accessory else "false",
                ),
            )  # fmt: skip
        for shipped, delivered, signed in order.deliveries:
            cells = (self._text(shipped), self._text(delivered), self._text(signed))
            if any(cells):
                files.row("deliveries", (order.id, *cells))
        for at, by, result in order.acceptances:
            if at < stop:
                files.row(
                    "acceptances", (order.id, calendar.text(at), by if rng.random() > MISSING else "", result)
                )
        for at, cents, due, prepaid in order.payments:
            if at < stop:
                shown = "" if due is None else calendar.texts[due]
                mark = "true" if prepaid else rng.choice(("false", "false", ""))
                files.row("payments", (order.id, calendar.text(at), f"{cents / 100:.2f}", shown, mark))
        self._after(order)

    def _after(self, order: Order) -> None:
        """Evaluations of both sides, returns and complaints."""
        calendar, files, rng = self.calendar, self.files, self.rng
        accepted = order.accepted
        if accepted is None or accepted >= calendar.stop:
            return
        smooth = len(order.acceptances) == 1 and (
            order.promised is None
            or max((part[1] or 0) for part in order.deliveries) // DAY <= order.promised + 1
        )
        if rng.random() < 0.6:
            at = accepted + rng.randrange(3600, 12 * DAY)
            stars = rng.choices((5, 4, 3, 2, 1), (64, 28, 6, 1, 1) if smooth else (18, 34, 28, 14, 6))[0]
            if at < calendar.stop:
                text = rng.choice(REVIEWS[stars]) if rng.random() < 0.5 else ""
                files.row("evaluations", (order.id, calendar.text(at), "buyer", stars, text))
        if rng.random() < 0.25:
            at = accepted + rng.randrange(3600, 20 * DAY)
            if at < calendar.stop:
                stars = rng.choices((5, 4, 3), (70, 24, 6))[0]
                files.row("evaluations", (order.id, calendar.text(at), "supplier", stars, ""))
        number = order.id[1:]
        if rng.random() < 0.012:
            at = accepted + rng.randrange(DAY, 15 * DAY)
            if at < calendar.stop:
                reason = rng.choices(("quality", "wrong_item", "not_needed", "damaged"), (40, 20, 25, 15))[0]
                line = order.lines[0]
                amount = line.cents * line.quantity / 100
                files.row("returns", (f"R{number}", order.id, calendar.text(at), reason, f"{amount:.2f}"))
        if rng.random() < (0.002 if smooth else 0.02):
            self._complaint(order, accepted, f"K{number}")

    def _complaint(self, order: Order, accepted: int, id_: str) -> None:
        calendar, rng = self.calendar, self.rng
        at = accepted + rng.randrange(DAY, 20 * DAY)
        if at >= calendar.stop:
            return
        replied = at + rng.randrange(6 * 3600, 6 * DAY)
        decided = replied + rng.randrange(2 * DAY, 20 * DAY)
        upheld = rng.random() < 0.5
        executed = decided + rng.randrange(DAY, 25 * DAY)
        known = decided < calendar.stop
        self.files.row(
            "complaints",
            (
                id_, order.id, order.buyer.id, order.supplier.id, calendar.text(at), self._text(replied),
                self._text(decided), ("true" if upheld else "false") if known else "",
                self._text(executed) if upheld else "", rng.choice(("minor", "general", "general", "major", "")),
            ),
        )  # fmt: skip
