"""Sending an order, whole or in parts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from orders.errors import TooMuch
from orders.models import Order, OrderLine, Shipment, ShipmentLine
from orders.services.checks import checked_key, checked_quantity, checked_text, once_per_form
from orders.services.steps import allowed_state, locked_order, take_step
from orders.signals import order_shipped
from orders.transitions import Action
from zcy import clock
from zcy.errors import Missing

if TYPE_CHECKING:
    from accounts.actor import Actor


@transaction.atomic
def ship_order(
    *,
    actor: Actor,
    number: str,
    quantities: Mapping[int, Decimal],
    carrier: str,
    tracking_number: str,
    idempotency_key: str,
) -> Shipment:
    """Record that a part of the order has left.

    Args:
        actor: somebody of the supplier.
        number: of the order.
        quantities: for each order line how much is in it; lines with zero are not in it.
        carrier: its name.
        tracking_number: as the carrier gives it.
        idempotency_key: of the form.

    Raises:
        Missing, WrongState, NotAllowed, InvalidQuantity. TooMuch: more than is left to be shipped of a line.
        SentBefore: the same form with other content.
    """
    order = locked_order(actor=actor, number=number)
    key = f"{order.pk}:{checked_key(idempotency_key)}"
    earlier = Shipment.objects.filter(idempotency_key=key).first()
    carrier = checked_text(carrier, most=80, field="carrier", needed=True)
    tracking_number = checked_text(tracking_number, most=80, field="tracking_number", needed=True)
    if earlier is not None:
        sent = {line.order_line_id: line.quantity for line in earlier.lines.all()}
        wanted = {line_id: quantity for line_id, quantity in quantities.items() if quantity}
        once_per_form(
            same=(earlier.carrier, earlier.tracking_number, sent) == (carrier, tracking_number, wanted)
        )
        return earlier
    state = allowed_state(order, Action.SHIP, actor=actor)
    parts = _parts(order, quantities)
    shipment = Shipment.objects.create(
        order=order,
        carrier=carrier,
        tracking_number=tracking_number,
        shipped_at=clock.now(),
        idempotency_key=key,
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, order_line=line, quantity=quantity) for line, quantity in parts
    )
    data = {"shipment": shipment.pk, "carrier": shipment.carrier, "tracking_number": shipment.tracking_number}
    take_step(order, Action.SHIP, actor=actor, state=state, data=data)
    order_shipped.send(sender=Order, order=order, actor=actor, shipment=shipment)
    return shipment


def _parts(order: Order, quantities: Mapping[int, Decimal]) -> list[tuple[OrderLine, Decimal]]:
    lines = {
        line.pk: line
        for line in order.lines.select_related("good__category").annotate(
            sent=Sum("shipment_lines__quantity")
        )
    }
    if not quantities.keys() <= lines.keys():
        raise Missing
    parts: list[tuple[OrderLine, Decimal]] = []
    for line_id, wanted in sorted(quantities.items()):
        line = lines[line_id]
        quantity = checked_quantity(
            wanted, counted=line.good.category.counted, field=f"line_{line_id}", zero=True
        )
        left = line.quantity - (getattr(line, "sent", None) or 0)
        if quantity > left:
            raise TooMuch(
                _("Only %(left)s of %(name)s is left to be shipped.")
                % {"left": f"{left.normalize():f}", "name": line.snapshot.get("name", line.good.name)},
                field=f"line_{line_id}",
            )
        if quantity:
            parts.append((line, quantity))
    if not parts:
        raise TooMuch(_("Say how much of which line you ship."), field="lines")
    return parts
