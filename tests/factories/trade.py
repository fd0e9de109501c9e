"""Plans and orders in every stage for tests, by domain words; what is live is made through the services.

Every factory takes what matters to the test as keywords and makes up the rest. Actors are ready for services;
`client.force_login(people.purchaser.user)` is enough for views.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.actor import Actor
from accounts.models import Organisation
from accounts.roles import Role
from catalog.models import Listing
from orders import services
from orders.models import Address, InvoiceTitle, Order, OrderLine, Plan
from orders.services import Decision, OrderedLine
from tests.factories.goods import a_listing_on_sale
from tests.factories.organisations import People, a_buyer, a_seller, an_actor, people
from tests.factories.serials import a_key, serial
from zcy import clock


def a_plan(buyer: Organisation, *, amount: Decimal | int | str = 1_000_000, **values: Any) -> Plan:
    """A plan of this year with a granted amount."""
    return services.create_plan(
        actor=an_actor(buyer, Role.FINANCE),
        title=values.pop("title", f"办公用品计划{next(serial)}"),
        year=values.pop("year", clock.today().year),
        amount=Decimal(amount),
        idempotency_key=a_key(),
        **values,
    )


def an_address(buyer: Organisation, **values: Any) -> Address:
    """A delivery address in the unit's region."""
    defaults = {"region": buyer.region, "line": "文三路 1 号", "contact": "王老师", "phone": "0571-88888888"}
    return Address.objects.create(organisation=buyer, **{**defaults, **values})


def an_invoice_title(buyer: Organisation, **values: Any) -> InvoiceTitle:
    """An invoice title of the unit."""
    return InvoiceTitle.objects.create(
        organisation=buyer,
        **{"title": buyer.name, "tax_number": buyer.uscc or "91330106MA0000000X", **values},
    )


@dataclass(frozen=True)
class Trade:
    """Everything that a purchase needs: two organisations with their people, an offer, a plan."""

    buyer: Organisation
    people: People
    supplier: Organisation
    seller: Actor
    listing: Listing
    plan: Plan
    address: Address
    title: InvoiceTitle


def a_trade(
    *,
    buyer: Organisation | None = None,
    listing: Listing | None = None,
    budget: Decimal | int | str = 1_000_000,
) -> Trade:
    """A buyer and a supplier who could do business."""
    buyer = buyer or a_buyer()
    listing = listing or a_listing_on_sale()
    return Trade(
        buyer=buyer,
        people=people(buyer),
        supplier=listing.supplier,
        seller=a_seller(listing.supplier),
        listing=listing,
        plan=a_plan(buyer, amount=budget),
        address=an_address(buyer),
        title=an_invoice_title(buyer),
    )


def submit(
    trade: Trade,
    *,
    quantity: Decimal | int | str = 2,
    listing: Listing | None = None,
    key: str = "",
    lines: list[OrderedLine] | None = None,
    **values: Any,
) -> Order:
    """Order from the trade's supplier as its purchaser, at the price that the listing shows."""
    listing = listing or trade.listing
    lines = lines or [OrderedLine(listing.pk, Decimal(quantity), listing.price)]
    arguments: dict[str, Any] = {
        "actor": trade.people.purchaser,
        "lines": lines,
        "plans": {listing.supplier_id: trade.plan.pk},
        "address_id": trade.address.pk,
        "invoice_title_id": trade.title.pk,
        "idempotency_key": key or a_key(),
    }
    return services.submit_orders(**{**arguments, **values})[0]


def a_submitted_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order above the unit's limit, waiting for its approver."""
    trade = trade or a_trade()
    services.set_approval_limit(actor=trade.people.manager, limit=Decimal(0))
    return submit(trade, **values)


def an_approved_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order within the unit's limit, waiting for its supplier."""
    trade = trade or a_trade()
    services.set_approval_limit(actor=trade.people.manager, limit=Decimal(100_000_000))
    return submit(trade, **values)


def a_confirmed_order(trade: Trade | None = None, *, promised_on: date | None = None, **values: Any) -> Order:
    """An order that the supplier has taken, promised for three days from now."""
    trade = trade or a_trade()
    order = an_approved_order(trade, **values)
    promised = promised_on or clock.today() + timedelta(days=3)
    return services.confirm_order(actor=trade.seller, number=order.number, promised_on=promised)


def a_shipped_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order that has left as a whole."""
    trade = trade or a_trade()
    order = a_confirmed_order(trade, **values)
    services.ship_order(
        actor=trade.seller,
        number=order.number,
        quantities={line.pk: line.quantity for line in order.lines.all()},
        carrier="顺丰速运",
        tracking_number=f"SF{next(serial):012d}",
        idempotency_key=a_key(),
    )
    order.refresh_from_db()
    return order


def a_delivered_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order that has arrived and was signed for."""
    trade = trade or a_trade()
    order = a_shipped_order(trade, **values)
    shipment = order.shipments.get()
    services.sign_for(actor=trade.people.purchaser, number=order.number, shipment_id=shipment.pk)
    order.refresh_from_db()
    return order


def accept_all(trade: Trade, order: Order, *, refused: dict[int, Decimal] | None = None) -> Order:
    """Decide about everything: accepted, but for what is refused (order line → quantity)."""
    refused = refused or {}
    services.accept_delivery(
        actor=trade.people.acceptor,
        number=order.number,
        decisions={
            line.pk: Decision(
                accepted=line.quantity - refused.get(line.pk, Decimal(0)),
                refused=refused.get(line.pk, Decimal(0)),
                reason="包装破损" if line.pk in refused else "",
            )
            for line in order.lines.all()
        },
        idempotency_key=a_key(),
    )
    order.refresh_from_db()
    return order


def an_accepted_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order accepted as a whole."""
    trade = trade or a_trade()
    return accept_all(trade, a_delivered_order(trade, **values))


def an_invoiced_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order invoiced as a whole."""
    trade = trade or a_trade()
    order = an_accepted_order(trade, **values)
    services.record_invoice(
        actor=trade.seller,
        number=order.number,
        invoice_number=f"{next(serial):020d}",
        date=clock.today(),
        amount=order.accepted_total,
    )
    order.refresh_from_db()
    return order


def an_order_to_pay(trade: Trade | None = None, **values: Any) -> Order:
    """An order whose payment was requested as a whole."""
    trade = trade or a_trade()
    order = an_invoiced_order(trade, **values)
    services.request_payment(
        actor=trade.seller, number=order.number, amount=order.accepted_total, idempotency_key=a_key()
    )
    order.refresh_from_db()
    return order


def a_paid_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order from search to payment."""
    trade = trade or a_trade()
    order = an_order_to_pay(trade, **values)
    services.pay_order(
        actor=trade.people.finance, number=order.number, amount=order.accepted_total, idempotency_key=a_key()
    )
    order.refresh_from_db()
    return order


def an_imported_order(
    *, buyer: Organisation | None = None, listing: Listing | None = None, quantity: int = 1, **values: Any
) -> Order:
    """An order of history, as an import leaves it: any dates, no plan."""
    buyer, listing = buyer or a_buyer(), listing or a_listing_on_sale()
    total = listing.price * quantity
    defaults: dict[str, Any] = {
        "placed_at": clock.now() - timedelta(days=60),
        "state": "submitted",
        "total": total,
    }
    order = Order.objects.create(
        number=f"IMP{next(serial):08d}",
        origin="imported",
        buyer=buyer,
        supplier=listing.supplier,
        region=buyer.region,
        category=listing.good.category,
        source="330000",
        external_id=f"o{next(serial)}",
        **{**defaults, **values},
    )
    OrderLine.objects.create(
        order=order,
        listing=listing,
        good=listing.good,
        quantity=quantity,
        unit_price=listing.price,
        total=total,
    )
    return order
