"""Lists of orders, and one order with everything that its page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db.models import Prefetch
from django.http import QueryDict

from accounts.roles import BUYER_ROLES
from orders.deadlines import NextStep, next_step
from orders.filters import OrderFilter
from orders.models import (
    Acceptance,
    Order,
    OrderEvent,
    OrderLine,
    Shipment,
    ShipmentLine,
)
from orders.settings import order_settings
from orders.transitions import Action, actions_for
from zcy.errors import Missing
from zcy.money import ZERO
from zcy.paging import KeysetPage

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.actor import Actor


# What a list of orders is sorted by; the number breaks ties by the order of coming.
SORTS: Final[dict[str, tuple[str, str]]] = {
    "placed": ("placed_at", "id"),
    "-placed": ("-placed_at", "-id"),
    "total": ("total", "id"),
    "-total": ("-total", "-id"),
}
NEWEST_FIRST: Final = "-placed"


def order_of(params: QueryDict, default: str = NEWEST_FIRST) -> tuple[str, str]:
    """The order that the address asks for; the default where it asks for none, or for one that is not offered."""
    return SORTS.get(params.get("sort", ""), SORTS[default])


def order_page(actor: Actor, params: QueryDict, wanted: OrderFilter, *, size: int = 20) -> KeysetPage[Order]:
    """One page of the orders that the actor may see, in two statements.

    Rows carry buyer, supplier, `line_list` (with good) and `next_step`.
    """
    counterparty = "supplier" if actor.has_role(*BUYER_ROLES) else "buyer"
    orders = wanted.apply(Order.objects.visible_to(actor), counterparty_field=counterparty)
    page = KeysetPage.of(for_lists(orders), params, order=order_of(params), size=size)
    for order in page.rows:
        attach_next_step(order)
    return page


def for_lists(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Orders with what a row of a list shows."""
    lines = Prefetch("lines", OrderLine.objects.select_related("good").order_by("pk"), to_attr="line_list")
    return orders.select_related("buyer", "supplier", "region").defer("dossier").prefetch_related(lines)


def attach_next_step(order: Order) -> None:
    """Set `order.next_step`."""
    order.next_step = next_step(order, order_settings(order.region))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class OrderDetail:
    """One order with everything that its page shows."""

    order: Order
    lines: tuple[OrderLine, ...]
    shipments: tuple[Shipment, ...]
    acceptances: tuple[Acceptance, ...]
    events: tuple[OrderEvent, ...]
    next_step: NextStep
    actions: frozenset[Action]
    invoiced: Decimal
    requested: Decimal
    paid: Decimal

    @property
    def to_invoice(self) -> Decimal:
        left: Decimal = self.order.accepted_total - self.invoiced
        return left

    @property
    def to_request(self) -> Decimal:
        return self.invoiced - self.requested

    @property
    def to_pay(self) -> Decimal:
        return self.requested - self.paid


def order_detail(actor: Actor, number: str) -> OrderDetail:
    """One order in eleven statements, whatever it contains.

    Lines carry `shipped_quantity`, `arrived_quantity` and `open_quantity` (arrived and undecided).

    Raises:
        Missing: there is none of this number that the actor may see.
    """
    order = (
        Order.objects.visible_to(actor)
        .select_related("buyer", "supplier", "region", "plan", "category", "placed_by", "approval__approver")
        .prefetch_related("invoices", "payment_requests", "payments", "evaluations")
        .filter(number=number)
        .first()
    )
    if order is None:
        raise Missing
    shipments = tuple(
        order.shipments.order_by("pk").prefetch_related(
            Prefetch("lines", ShipmentLine.objects.select_related("order_line__good").order_by("pk"))
        )
    )
    lines = tuple(order.lines.select_related("good", "listing").order_by("pk"))
    _attach_quantities(lines, shipments)
    return OrderDetail(
        order=order,
        lines=lines,
        shipments=shipments,
        acceptances=tuple(order.acceptances.select_related("by").prefetch_related("lines__order_line")),
        events=tuple(order.events.select_related("by", "organisation").order_by("pk")),
        next_step=next_step(order, order_settings(order.region)),
        actions=_possible(actor, order, lines, shipments),
        invoiced=sum((row.amount for row in order.invoices.all()), ZERO),
        requested=sum((row.amount for row in order.payment_requests.all()), ZERO),
        paid=sum((row.amount for row in order.payments.all()), ZERO),
    )


def _possible(
    actor: Actor, order: Order, lines: Sequence[OrderLine], shipments: Sequence[Shipment]
) -> frozenset[Action]:
    """What the actor could do now and would not do in vain."""
    if order.origin != "live":
        return frozenset()
    invoiced = sum((row.amount for row in order.invoices.all()), ZERO)
    requested = sum((row.amount for row in order.payment_requests.all()), ZERO)
    side = "buyer" if actor.organisation_id == order.buyer_id else "supplier"
    in_vain = {
        Action.SHIP: not any(getattr(line, "to_ship", 0) for line in lines),
        Action.DELIVER: all(shipment.delivered_at for shipment in shipments),
        Action.SIGN: all(shipment.signed_at for shipment in shipments),
        Action.ACCEPT: not any(getattr(line, "open_quantity", 0) for line in lines),
        Action.INVOICE: invoiced >= order.accepted_total,
        Action.REQUEST_PAYMENT: requested >= invoiced,
        Action.PAY: sum((row.amount for row in order.payments.all()), ZERO) >= requested,
        Action.EVALUATE: any(evaluation.by_side == side for evaluation in order.evaluations.all()),
    }
    actions = actions_for(order.state, roles=actor.roles, is_purchaser=actor.stands_for(order.placed_by_id))
    return frozenset(action for action in actions if not in_vain.get(action, False))


def _attach_quantities(lines: Sequence[OrderLine], shipments: Sequence[Shipment]) -> None:
    shipped: dict[int, Decimal] = {}
    arrived: dict[int, Decimal] = {}
    for shipment in shipments:
        for part in shipment.lines.all():
            shipped[part.order_line_id] = shipped.get(part.order_line_id, ZERO) + part.quantity
            if shipment.delivered_at is not None:
                arrived[part.order_line_id] = arrived.get(part.order_line_id, ZERO) + part.quantity
    for line in lines:
        line.shipped_quantity = shipped.get(line.pk, ZERO)  # type: ignore[attr-defined]
        line.to_ship = line.quantity - shipped.get(line.pk, ZERO)  # type: ignore[attr-defined]
        line.arrived_quantity = arrived.get(line.pk, ZERO)  # type: ignore[attr-defined]
        decided = line.accepted_quantity + line.refused_quantity
        line.open_quantity = max(ZERO, arrived.get(line.pk, ZERO) - decided)  # type: ignore[attr-defined]
