"""What a list of orders is narrowed by; everything stands in the query string."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from orders.states import State
from zcy import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    from orders.models import Order

LONGEST_TEXT: Final = 100
MOST: Final = Decimal("999999999999.99")
# Groups of states that people think in, beside the single states.
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "open": (
        State.SUBMITTED,
        State.APPROVED,
        State.CONFIRMED,
        State.SHIPPED,
        State.DELIVERED,
        State.ACCEPTED,
        State.INVOICED,
        State.PAYMENT_REQUESTED,
    ),
    "ended": (State.PAID, State.REJECTED, State.REFUSED, State.CANCELLED, State.FAILED),
}


@dataclass
class OrderFilter:
    """A parsed filter: what was understood, and what was not, by parameter."""

    state: str = ""
    since: date | None = None
    until: date | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    counterparty: str = ""
    text: str = ""
    errors: dict[str, str | _StrPromise] = field(default_factory=dict)

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> OrderFilter:
        """Read `state`, `since`, `until`, `least`, `most`, `counterparty` and `q` of a query string."""
        found = cls()
        state = params.get("state", "")
        if state in State.values or state in GROUPS:
            found.state = state
        elif state:
            found.errors["state"] = _("There is no such state.")
        found.since, found.until = found._day(params, "since"), found._day(params, "until")
        found.least, found.most = found._amount(params, "least"), found._amount(params, "most")
        found.counterparty, found.text = found._words(params, "counterparty"), found._words(params, "q")
        return found

    def apply(self, orders: QuerySet[Order], *, counterparty_field: str) -> QuerySet[Order]:
        """The orders that fit; `counterparty_field` is `supplier` in a buyer's list, `buyer` in a supplier's."""
        condition = Q()
        if self.state:
            condition &= Q(state__in=GROUPS.get(self.state, (self.state,)))
        if self.since:
            condition &= Q(placed_at__gte=clock.start_of(self.since))
        if self.until:
            condition &= Q(placed_at__lt=clock.end_of(self.until))
        if self.least is not None:
            condition &= Q(total__gte=self.least)
        if self.most is not None:
            condition &= Q(total__lte=self.most)
        if self.counterparty:
            condition &= Q(**{f"{counterparty_field}__name__icontains": self.counterparty})
        if self.text:
            names = Q(lines__snapshot__name__icontains=self.text) | Q(lines__good__name__icontains=self.text)
            within = orders.model.objects.filter(names).values("pk")
            condition &= Q(number__iexact=self.text) | Q(pk__in=within)
        return orders.filter(condition)

    def _day(self, params: Mapping[str, str], name: str) -> date | None:
        value = params.get(name, "").strip()
        if not value:
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = date.min
        if not 2000 <= day.year <= 2100:
            self.errors[name] = _("Enter a date such as 2026-03-31.")
            return None
        return day

    def _amount(self, params: Mapping[str, str], name: str) -> Decimal | None:
        value = params.get(name, "").strip().replace(",", "")
        if not value:
            return None
        try:
            amount = Decimal(value)
        except InvalidOperation:
            amount = Decimal(-1)
        if not amount.is_finite() or not 0 <= amount <= MOST:
            self.errors[name] = _("Enter an amount in yuan such as 5000.")
            return None
        return amount

    def _words(self, params: Mapping[str, str], name: str) -> str:
        value = params.get(name, "").strip()
        if "\0" in value or len(value) > LONGEST_TEXT:
            self.errors[name] = _("At most %(most)d characters.") % {"most": LONGEST_TEXT}
            return ""
        return value
