"""The read side of orders for pages: rows ready to show, in a fixed number of SQL statements."""

from orders.queries.buying import (
    CartGroup,
    CartRow,
    CartView,
    CheckoutView,
    LimitView,
    addresses_of,
    approval_limit_of,
    cart_count,
    cart_view,
    checkout_view,
    fitting_plans,
    invoice_titles_of,
    limit_view,
)
from orders.queries.orders import OrderDetail, order_detail, order_page
from orders.queries.plans import PlanDetail, PlanRow, plan_detail, plan_rows
from orders.queries.work import (
    WORK,
    WorkItem,
    last_orders,
    orders_due,
    waiting_orders,
    work_items,
    work_page,
)

__all__ = [
    "WORK",
    "CartGroup",
    "CartRow",
    "CartView",
    "CheckoutView",
    "LimitView",
    "OrderDetail",
    "PlanDetail",
    "PlanRow",
    "WorkItem",
    "addresses_of",
    "approval_limit_of",
    "cart_count",
    "cart_view",
    "checkout_view",
    "fitting_plans",
    "invoice_titles_of",
    "last_orders",
    "limit_view",
    "order_detail",
    "order_page",
    "orders_due",
    "plan_detail",
    "plan_rows",
    "waiting_orders",
    "work_items",
    "work_page",
]
