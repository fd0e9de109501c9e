"""The write side of orders: one use case a file. All arguments are keywords; `actor` is an accounts.actor.Actor.

Every function runs in one transaction and raises `orders.errors` (or `zcy.errors`). What a person may click twice
gives the same result again: by an `idempotency_key` of the form, else because the step was done by the same person.

Cart (purchaser)
    cart_add(*, actor, listing_id: int, quantity: Decimal) -> CartLine
    cart_change(*, actor, line_id: int, quantity: Decimal | None = None, selected: bool | None = None) -> CartLine
    cart_remove(*, actor, line_ids: Collection[int]) -> int
    cart_see_prices(*, actor) -> int                      the prices of today count as seen
From cart to order
    ask_advisors(*, actor, lines: Sequence[OrderedLine], stage: str) -> tuple[Advice, ...]      for cart and checkout
    submit_orders(*, actor, lines: Sequence[OrderedLine], plans: Mapping[supplier id, plan id], address_id: int,
                  invoice_title_id: int, idempotency_key: str, answers: Mapping[advice key, reason] = {},
                  note: str = "") -> list[Order]
    was_submitted(*, actor, idempotency_key: str) -> bool
        OrderedLine(listing_id: int, quantity: Decimal, price_seen: Decimal): what the page showed, posted back by it
    approve_order(*, actor, number: str) -> Order         reject_order(*, actor, number: str, reason: str) -> Order
Order to payment
    confirm_order(*, actor, number: str, promised_on: date) -> Order
    refuse_order(*, actor, number: str, reason: str) -> Order
    cancel_order(*, actor, number: str, reason: str) -> Order
    ship_order(*, actor, number: str, quantities: Mapping[order line id, Decimal], carrier: str, tracking_number: str,
               idempotency_key: str) -> Shipment
    mark_delivered(*, actor, number: str, shipment_id: int) -> Shipment
    sign_for(*, actor, number: str, shipment_id: int, signed_by: str = "") -> Shipment
    accept_delivery(*, actor, number: str, decisions: Mapping[order line id, Decision], idempotency_key: str,
                    note: str = "") -> Acceptance
        Decision(accepted: Decimal = 0, refused: Decimal = 0, reason: str = "")
    record_invoice(*, actor, number: str, invoice_number: str, date: date, amount: Decimal) -> Invoice
    request_payment(*, actor, number: str, amount: Decimal, idempotency_key: str) -> PaymentRequest
    pay_order(*, actor, number: str, amount: Decimal, idempotency_key: str, reference: str = "") -> Payment
    evaluate_order(*, actor, number: str, stars: int, text: str = "") -> Evaluation
What a unit keeps
    save_address(*, actor, region_id: int, line: str, contact: str, phone: str, is_default: bool = False,
                 address_id: int | None = None) -> Address                remove_address(*, actor, address_id: int) -> None
    save_invoice_title(*, actor, title: str, tax_number: str, is_default: bool = False,
                       invoice_title_id: int | None = None) -> InvoiceTitle
    remove_invoice_title(*, actor, invoice_title_id: int) -> None
    create_plan(*, actor, title: str, year: int, amount: Decimal, idempotency_key: str, category_id: int | None = None,
                fund_source: str = "") -> Plan
    grant_budget(*, actor, plan_id: int, change: Decimal, idempotency_key: str, note: str = "") -> Plan
    close_plan(*, actor, plan_id: int) -> Plan
    set_approval_limit(*, actor, limit: Decimal | None) -> None           None: the region's setting holds again
"""

from orders.services.accept_delivery import Decision, accept_delivery
from orders.services.addresses import remove_address, save_address
from orders.services.approvals import approve_order, reject_order, set_approval_limit
from orders.services.ask_advisors import ask_advisors
from orders.services.cancel_order import cancel_order
from orders.services.cart import cart_add, cart_change, cart_remove, cart_see_prices
from orders.services.confirm_order import confirm_order, refuse_order
from orders.services.evaluate_order import evaluate_order
from orders.services.invoice_titles import remove_invoice_title, save_invoice_title
from orders.services.pay_order import pay_order
from orders.services.plans import close_plan, create_plan, grant_budget
from orders.services.receive import mark_delivered, sign_for
from orders.services.record_invoice import record_invoice
from orders.services.request_payment import request_payment
from orders.services.ship_order import ship_order
from orders.services.submission import OrderedLine
from orders.services.submit_orders import submit_orders, was_submitted

__all__ = [
    "Decision",
    "OrderedLine",
    "accept_delivery",
    "approve_order",
    "ask_advisors",
    "cancel_order",
    "cart_add",
    "cart_change",
    "cart_remove",
    "cart_see_prices",
    "close_plan",
    "confirm_order",
    "create_plan",
    "evaluate_order",
    "grant_budget",
    "mark_delivered",
    "pay_order",
    "record_invoice",
    "refuse_order",
    "reject_order",
    "remove_address",
    "remove_invoice_title",
    "request_payment",
    "save_address",
    "save_invoice_title",
    "set_approval_limit",
    "ship_order",
    "sign_for",
    "submit_orders",
    "was_submitted",
]
