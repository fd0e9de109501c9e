"""What happens to an order after it was placed, mostly as it should."""

from __future__ import annotations

from random import Random

from bench.market.days import DAY, Calendar
from bench.market.orders import Order

OFFICE = (8 * 3600 + 1800, 17 * 3600 + 1800)


def office_time(rng: Random, calendar: Calendar, day: int) -> int:
    """A time in office hours on the first working day that is not before `day`."""
    while not calendar.working[day]:
        day += 1
    return day * DAY + rng.randrange(*OFFICE)


class Course:
    """Walks orders through their steps. Every step is later than the one before it."""

    def __init__(self, rng: Random, calendar: Calendar) -> None:
        self.rng = rng
        self.calendar = calendar

    def walk(self, order: Order, *, orderly: bool = False) -> None:
        """Fill in all steps; `orderly` orders do everything in time."""
        rng = self.rng
        self.confirm(order, orderly=orderly)
        if not orderly and rng.random() < 0.022:
            self.cancel(order)
            return
        self.deliver(order, orderly=orderly)
        self.accept(order, orderly=orderly)
        self.pay(order, orderly=orderly)

    def confirm(self, order: Order, *, orderly: bool) -> None:
        """The supplier confirms, in one case of thirty later than it should, and promises a day."""
        rng, calendar = self.rng, self.calendar
        day = order.placed // DAY
        if order.emergency:
            order.confirmed = order.placed + rng.randrange(300, 2400)
        elif not orderly and rng.random() < 0.03:
            order.confirmed = office_time(rng, calendar, calendar.add_wd(day, rng.choice((3, 3, 4, 5))))
        elif rng.random() < 0.75 and calendar.working[day] and order.placed % DAY < 17 * 3600:
            order.confirmed = order.placed + rng.randrange(600, 18_000)
        else:
            order.confirmed = office_time(rng, calendar, day + 1)
        days = max(line.listing.days for line in order.lines)
        order.promised = max(order.confirmed // DAY, day) + days
        if order.emergency:
            order.promised = order.confirmed // DAY

    def cancel(self, order: Order) -> None:
        """Somebody withdraws before anything was shipped."""
        rng = self.rng
        by_supplier = rng.random() < 0.35
        order.cancelled_by = "supplier" if by_supplier else "buyer"
        if rng.random() < 0.5:
            order.confirmed = None
            order.cancelled = order.placed + rng.randrange(1200, 90_000)
        else:
            assert order.confirmed is not None
            order.cancelled = order.confirmed + rng.randrange(1200, 90_000)

    def deliver(self, order: Order, *, orderly: bool) -> None:
        """One to three shipments; the last arrives by the promised day, or late."""
        rng, calendar = self.rng, self.calendar
        assert order.confirmed is not None
        assert order.promised is not None
        parts = rng.choices((1, 2, 3), (86, 11, 3))[0]
        late = not orderly and rng.random() < order.supplier.late
        if late:
            last = calendar.add_wd(order.promised, rng.choice((2, 2, 3, 3, 4, 5, 6, 8, 12, 15)))
        else:
            span = order.promised - order.confirmed // DAY
            last = order.confirmed // DAY + max(0, round(span * rng.uniform(0.45, 1.0)))
        self.arrive(order, last, parts)

    def arrive(self, order: Order, last: int, parts: int = 1) -> None:
        """Shipments of which the last is signed on the day `last`."""
        rng = self.rng
        assert order.confirmed is not None
        earliest = order.confirmed + 1800
        order.deliveries = []
        for part in range(parts):
            day = max(earliest // DAY, last - 2 * (parts - 1 - part))
            delivered = max(day * DAY + rng.randrange(*OFFICE), earliest + 3600)
            shipped = max(earliest, delivered - rng.randrange(7200, 2 * DAY))
            signed = delivered + rng.randrange(60, 5400)
            order.deliveries.append([shipped, delivered, signed])

    def accept(self, order: Order, *, orderly: bool) -> None:
        """The acceptor decides within days; what fails is mended and passes later."""
        rng, calendar = self.rng, self.calendar
        signed = max(int(part[2] or 0) for part in order.deliveries)
        wait = rng.choice((0, 0, 1, 1, 1, 2, 2, 3, 4, 5))
        if not orderly and rng.random() < 0.03:
            wait = rng.choice((8, 9, 10, 13, 18))
        at = (
            signed + rng.randrange(900, 7200)
            if wait == 0
            else office_time(rng, calendar, calendar.add_wd(signed // DAY, wait))
        )
        by = rng.choice(order.buyer.acceptors)
        order.acceptances = []
        if not orderly and rng.random() > order.supplier.quality:
            order.acceptances.append((at, by, rng.choice(("partial", "failed"))))
            at = office_time(rng, calendar, at // DAY + rng.randrange(3, 12))
        order.acceptances.append((at, by, "passed"))

    def pay(self, order: Order, *, orderly: bool) -> None:
        """Paid within the term, rarely in two parts, rarely late."""
        rng = self.rng
        accepted = order.accepted
        assert accepted is not None
        due = None
        term = 30
        if rng.random() < 0.6:
            term = rng.choice((15, 30, 30, 30, 30, 60))
            due = accepted // DAY + term
        if not orderly and rng.random() < 0.01:
            order.payments = [
                (max(order.placed + 3600, accepted - rng.randrange(DAY, 3 * DAY)), order.cents, due, True)
            ]
            return
        wait = max(1, min(term, round(rng.betavariate(2.2, 2.6) * term)))
        if not orderly and rng.random() < 0.035:
            wait = term + rng.choice((1, 2, 3, 5, 8, 12, 20, 35, 50))
        self.settle(order, accepted // DAY + wait, due, parts=2 if rng.random() < 0.06 else 1)

    def settle(self, order: Order, day: int, due: int | None, parts: int = 1) -> None:
        """Payments of which the last, on `day`, completes the total."""
        rng = self.rng
        accepted = order.accepted
        assert accepted is not None
        at = max(day * DAY + rng.randrange(*OFFICE), accepted + 600)
        rest = order.cents
        order.payments = []
        if parts == 2 and rest >= 200:
            first = rest * rng.choice((30, 50, 70)) // 100
            order.payments.append(((accepted + at) // 2, first, due, False))
            rest -= first
        order.payments.append((at, rest, due, False))
