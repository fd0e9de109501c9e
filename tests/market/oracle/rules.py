"""The five rules: what was flagged as of the end of a day, to the letter of rule-definitions.md."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.market.oracle.load import Market, Order, day_of, load
from tests.market.oracle.prices import Prices

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Flag:
    """A warning as `export_warnings` would write it.

    `severities` holds every severity that the texts allow on some night from first_seen to the day asked for:
    a rule's severity may grow while a step stays overdue, and no text says which night's is exported.
    """

    rule: str
    kind: str
    ids: str
    first_seen: date
    severities: frozenset[int]

    @property
    def key(self) -> Key:
        return (self.rule, self.kind, self.ids)


def price_above_peer(market: Market, until: date) -> list[Flag]:
    """On the night of confirmed_at, orders not cancelled by then."""
    prices = Prices(market)
    found = []
    for order in market.orders.values():
        if (
            order.confirmed is None
            or day_of(order.confirmed) > until
            or order.cancelled_by(day_of(order.confirmed))
        ):
            continue
        verdict, _, ratio = prices.judge(order)
        if verdict == "flagged":
            severity = 3 if ratio > 2 else 2
            found.append(
                Flag("price-above-peer", "order", order.id, day_of(order.confirmed), frozenset({severity}))
            )
    return found


def split_orders(market: Market, until: date) -> list[Flag]:
    """On the nights on which an order of the group was placed.

    Choices: "each < T" speaks of orders, so the parts of a contract may reach T together; a contract's unit is
    in the window if its first order is; Σ is held against the T of the last order placed in the group; parts of
    one contract are joined within one buyer, category and method.
    """
    groups: dict[tuple[str, str, str], list[tuple[Order, int]]] = defaultdict(list)
    for order in market.orders.values():
        limit = market.ceiling(order)
        if limit is not None and not order.inquiry and order.total < limit:
            groups[(order.buyer, market.category(order), order.method)].append((order, limit))
    first: dict[str, date] = {}
    severities: dict[str, set[int]] = defaultdict(set)
    for (buyer, category, _), members in groups.items():
        for night in sorted({day_of(order.placed) for order, _ in members}):
            if night > until:
                continue
            known = [(o, t) for o, t in members if day_of(o.placed) <= night and not o.cancelled_by(night)]
            if not any(day_of(order.placed) == night for order, _ in known):
                continue
            units: dict[str, list[Order]] = defaultdict(list)
            for order, _ in known:
                units[f"contract {order.contract}" if order.contract else f"order {order.id}"].append(order)
            begin = night - timedelta(days=30)
            inside = [unit for unit in units.values() if min(day_of(o.placed) for o in unit) > begin]
            total = sum(order.total for unit in inside for order in unit)
            limit = max(known, key=lambda pair: (pair[0].placed, pair[0].id))[1]
            if len(inside) >= 2 and total >= limit:
                ids = ";".join(sorted((buyer, category)))
                first[ids] = min(first.get(ids, night), night)
                one = len({order.supplier for unit in inside for order in unit}) == 1
                severities[ids].add(3 if one and total * 2 >= limit * 3 else 2)
    return [Flag("split-orders", "buyer", ids, day, frozenset(severities[ids])) for ids, day in first.items()]


def slow_payment(market: Market, until: date) -> list[Flag]:
    """On the day after the due day, unless the total was paid by the due day.

    Choices: due_on is a term of the contract and known before its payment; of several the earliest holds;
    with a due_on no acceptance is needed.
    """
    found = []
    for order in market.orders.values():
        passed = order.first_passed()
        dues = [due for _, _, due, _ in order.payments if due is not None]
        if dues:
            due = min(dues)
        elif passed is not None:
            due = day_of(passed) + timedelta(days=30)
        else:
            continue
        night = due + timedelta(days=1)
        if night > until or order.cancelled_by(night):
            continue
        paid, completed = 0, None
        for at, amount, _, _ in sorted(order.payments):
            paid += amount
            if paid >= order.total:
                completed = day_of(at)
                break
        if completed is not None and completed <= due:
            continue
        last = min(completed or until, until)
        severities = {
            3 if passed is not None and (n - day_of(passed)).days > 60 else 2 for n in (night, last)
        }
        found.append(Flag("slow-payment", "order", order.id, night, frozenset(severities)))
    return found


def first_overdue(market: Market, promised: date, days: int) -> date:
    """The first day with more than `days` working days after the promised one."""
    night = promised
    while market.wd(promised, night) <= days:
        night += timedelta(days=1)
    return night


def overdue_on(market: Market, order: Order, night: date) -> bool:
    """Whether, with the data of a night after the promise ran out, the delivery is late."""
    assert order.promised is not None
    steps = [at for at, _ in order.acceptances] + [at for at, _, _, prepaid in order.payments if not prepaid]
    went_on = any(day_of(at) <= night for at in steps)
    known = [row for row in order.deliveries if any(time and day_of(time) <= night for time in row)]
    if not known:
        return not went_on
    arrivals: list[date] = []
    for _, delivered, signed in known:
        time = delivered or signed
        if time is not None and day_of(time) <= night:
            arrivals.append(day_of(time))
        else:
            return not (time is None and went_on)
    return market.wd(order.promised, max(arrivals)) > 1


def late_delivery(market: Market, until: date) -> list[Flag]:
    """On the first night on which the last delivery is overdue.

    Choices: a part is known from its first time on, so an order whose known parts have all arrived is clear until
    another part turns up; what has no time of arrival is "not yet", unless an acceptance or a payment was known that
    night; confirmation is not needed; nothing is overdue before it was placed.
    """
    found = []
    for order in market.orders.values():
        if order.promised is None:
            continue
        first = max(first_overdue(market, order.promised, 1), day_of(order.placed))
        times = [time for row in order.deliveries for time in row if time is not None]
        nights = sorted({first} | {day_of(time) for time in times if day_of(time) > first})
        for night in nights:
            if night > until or order.cancelled_by(night):
                break
            if overdue_on(market, order, night):
                arrived = [delivered or signed for _, delivered, signed in order.deliveries]
                last = max((day_of(time) for time in arrived if time), default=until)
                ends = (night, until if None in arrived else min(last, until))
                severities = {2 if (end - order.promised).days > 7 else 1 for end in ends}
                found.append(Flag("late-delivery", "order", order.id, night, frozenset(severities)))
                break
    return found


def accepted_before_delivery(market: Market, until: date) -> list[Flag]:
    """On the night of the last signature, or of a payment.

    Choices: "no delivery record" means no row at all, and holds for both halves; a row without signed_at has
    none to compare; a payment while no acceptance is known is before it.
    """
    found = []
    for order in market.orders.values():
        if not order.deliveries:
            continue
        nights = []
        passed = order.first_passed()
        signatures = [signed for _, _, signed in order.deliveries if signed is not None]
        if passed is not None and signatures and passed < max(signatures):
            nights.append(day_of(max(signatures)))
        good = min((at for at, result in order.acceptances if result in {"passed", "partial"}), default=None)
        nights += [
            day_of(at) for at, _, _, prepaid in order.payments if not prepaid and (good is None or at < good)
        ]
        nights = [night for night in nights if night <= until and not order.cancelled_by(night)]
        if nights:
            found.append(Flag("accepted-before-delivery", "order", order.id, min(nights), frozenset({3})))
    return found


RULES = (price_above_peer, split_orders, slow_payment, late_delivery, accepted_before_delivery)


def warnings(folder: Path, until: date) -> dict[Key, Flag]:
    """Everything flagged on any night up to and including a day."""
    market = load(folder)
    return {flag.key: flag for rule in RULES for flag in rule(market, until)}
