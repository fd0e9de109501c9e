"""Planted cases about time: late delivery, slow payment, acceptance before delivery; and their look-alikes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bench.market.days import DAY, Calendar
from bench.market.labels import Labels
from bench.market.orders import Order
from bench.market.steps import Course


class StepCases:
    """Bends the steps of an orderly order. Each method changes the order in place and writes its label."""

    def __init__(self, rng: Random, calendar: Calendar, labels: Labels) -> None:
        self.rng = rng
        self.calendar = calendar
        self.labels = labels
        self.course = Course(rng, calendar)

    def apply(self, rule: str, difficulty: str, order: Order, number: int) -> None:
        """Plant a case of a rule; difficulty `none` is a hard negative, whose kind `number` chooses."""
        order.whole = True
        order.emergency = rule == "accepted-before-delivery" and difficulty == "none" and number % 3 == 2
        if order.emergency:
            order.placed = order.placed // DAY * DAY + 22 * 3600 + self.rng.randrange(1800)
        self.course.walk(order, orderly=True)
        method: dict[str, Callable[[Order, str, int], str]] = {
            "late-delivery": self._late,
            "slow-payment": self._slow,
            "accepted-before-delivery": self._early,
        }
        note = method[rule](order, difficulty, number)
        if difficulty == "none":
            self.labels.negative(rule, "order", [order.id], note)
        else:
            self.labels.planted(rule, "order", [order.id], difficulty, note)

    def _finish(self, order: Order) -> None:
        self.course.accept(order, orderly=True)
        self.course.pay(order, orderly=True)

    def _late(self, order: Order, difficulty: str, number: int) -> str:
        assert order.promised is not None
        if difficulty == "none" and number % 2:
            self.course.arrive(order, order.promised, parts=3)
            self._finish(order)
            return "one contract delivered in three parts, the last in time"
        late = {"easy": self.rng.randint(10, 20), "medium": self.rng.randint(4, 6), "hard": 2, "none": 1}[
            difficulty
        ]
        parts = 2 if difficulty == "medium" and number % 2 else 1
        self.course.arrive(order, self.calendar.add_wd(order.promised, late), parts)
        self._finish(order)
        return f"{late} working days after the promised day"

    def _slow(self, order: Order, difficulty: str, number: int) -> str:
        accepted = order.accepted
        assert accepted is not None
        day = accepted // DAY
        if difficulty == "none":
            if number % 3 == 0:
                self.course.settle(order, day + 30, day + 30)
                return "paid on the last day of the term"
            if number % 3 == 1:
                self.course.settle(order, day + 85, day + 90)
                return "the contract's term is ninety days"
            self.course.settle(order, day + 29, None, parts=2)
            return "two payments, the completing one a day before the end of the term"
        if difficulty == "easy" and number % 2:
            order.payments = []
            return "never paid"
        late = {"easy": self.rng.randint(60, 100), "medium": self.rng.randint(10, 25), "hard": 1}[difficulty]
        parts = 2 if difficulty == "medium" else 1
        self.course.settle(order, day + 30 + late, day + 30 if number % 3 else None, parts)
        return f"{late} days after the term"

    def _early(self, order: Order, difficulty: str, number: int) -> str:
        assert order.confirmed is not None
        assert order.promised is not None
        rng = self.rng
        by = rng.choice(order.buyer.acceptors)
        if difficulty == "none":
            return self._early_negative(order, number, by)
        if number % 3 == 2 and difficulty != "medium":
            accepted = order.accepted
            assert accepted is not None
            ahead = rng.randrange(1800, 3600) if difficulty == "hard" else rng.randrange(DAY, 2 * DAY)
            at = max(order.placed + 60, accepted - ahead)
            order.payments = [(at, order.cents, None, False)]
            return "paid before acceptance, and not as a prepayment"
        days = max(order.promised - order.confirmed // DAY, 9 if difficulty == "easy" else 2)
        order.promised = order.confirmed // DAY + days
        self.course.arrive(order, order.promised)
        signed = order.deliveries[-1][2]
        assert signed is not None
        early = {
            "easy": rng.randrange(3 * DAY, 6 * DAY),
            "medium": rng.randrange(7200, 36_000),
            "hard": rng.randrange(20, 600),
        }[difficulty]
        order.acceptances = [(signed - early, by, "passed")]
        self.course.settle(order, signed // DAY + rng.randrange(3, 15), None)
        return f"accepted {early} seconds before the signature"

    def _early_negative(self, order: Order, number: int, by: str) -> str:
        accepted = order.accepted
        assert accepted is not None
        assert order.confirmed is not None
        if number % 3 == 0:
            order.payments = [(order.confirmed + 600, order.cents, None, True)]
            return "a prepayment, marked as one"
        if number % 3 == 1:
            signed = max(int(part[2] or 0) for part in order.deliveries)
            order.acceptances = [(signed, by, "passed")]
            return "accepted in the second of the signature"
        shipped = order.confirmed + 600
        order.deliveries = [[shipped, shipped + 3600, shipped + 3700]]
        order.acceptances = [(shipped + 4000, by, "passed")]
        self.course.settle(order, shipped // DAY + 10, None)
        return "an emergency at night, delivered and accepted within hours"
