"""Plans and budgets, carts, orders from submission to payment, and evaluations."""

from orders.models.carts import Address, Cart, CartLine, InvoiceTitle
from orders.models.complaints import Complaint
from orders.models.fulfilment import Acceptance, AcceptanceLine, Evaluation, Shipment, ShipmentLine
from orders.models.inquiries import Inquiry
from orders.models.methods import Ceiling, Method
from orders.models.orders import Approval, Order, OrderEvent, OrderLine, Origin
from orders.models.payments import Invoice, Payment, PaymentRequest
from orders.models.plans import BudgetEntry, BudgetEntryKind, Plan
from orders.models.units import UnitRules
from orders.states import State

__all__ = [
    "Acceptance",
    "AcceptanceLine",
    "Address",
    "Approval",
    "BudgetEntry",
    "BudgetEntryKind",
    "Cart",
    "CartLine",
    "Ceiling",
    "Complaint",
    "Evaluation",
    "Inquiry",
    "Invoice",
    "InvoiceTitle",
    "Method",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Origin",
    "Payment",
    "PaymentRequest",
    "Plan",
    "Shipment",
    "ShipmentLine",
    "State",
    "UnitRules",
]
