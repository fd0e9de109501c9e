"""What orders add to the frame: menu, header counts, work lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import BUYER_ROLES, SUPPLIER_ROLES, Role
from orders.queries import last_orders, orders_due, plan_rows, work_items
from orders.states import State
from zcy import clock
from zcy.registries import (
    HeaderCount,
    HomeSection,
    MenuItem,
    TodoItem,
    TodoProvider,
    header_counts,
    home_sections,
    menu,
    todo,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from accounts.actor import Actor

BUYING: Final = _("Buying")
DEADLINE_DAYS: Final = 7
SELLING: Final = _("Selling")

# State → (what waits, what the button does, the list of a buyer's role that has only this).
WORDS: Final[dict[State, tuple[_StrPromise, _StrPromise, str]]] = {
    State.SUBMITTED: (_("Orders to approve"), _("Approve"), "orders:approvals"),
    State.APPROVED: (_("Orders to confirm"), _("Confirm the order"), ""),
    State.CONFIRMED: (_("Orders to ship"), _("Ship"), ""),
    State.SHIPPED: (_("Orders on their way"), _("Follow"), ""),
    State.DELIVERED: (_("Deliveries to accept"), _("Accept"), "orders:acceptances"),
    State.ACCEPTED: (_("Invoices to record"), _("Record"), ""),
    State.INVOICED: (_("Payments to request"), _("Request"), ""),
    State.PAYMENT_REQUESTED: (_("Payments to make"), _("Pay"), "orders:payments"),
}


def register() -> None:
    """Called once when the app is ready."""
    for item in (
        MenuItem("cart", _("Cart"), "orders:cart", frozenset({Role.PURCHASER}), BUYING, 10, "cart", count="cart"),
        MenuItem("buyer_orders", _("Orders"), "orders:buyer_orders", BUYER_ROLES, BUYING, 20, "bag", count="to_sign"),
        MenuItem(
            "approvals", _("Approvals"), "orders:approvals", frozenset({Role.APPROVER}), BUYING, 30, "check2-square",
            count="approvals",
        ),
        MenuItem(
            "acceptances", _("Acceptances"), "orders:acceptances", frozenset({Role.ACCEPTOR}), BUYING, 40, "box-seam",
            count="acceptances",
        ),
        MenuItem(
            "payments", _("Payments"), "orders:payments", frozenset({Role.FINANCE}), BUYING, 50, "cash-stack",
            count="payments",
        ),
        MenuItem("plans", _("Plans and budgets"), "orders:buyer_plans", BUYER_ROLES, BUYING, 60, "wallet2"),
        MenuItem(
            "addresses", _("Addresses and invoice titles"), "orders:buyer_addresses",
            frozenset({Role.PURCHASER, Role.MANAGER}), BUYING, 70, "geo-alt",
        ),
        MenuItem(
            "approval_limit", _("Approval limit"), "orders:approval_limit", frozenset({Role.MANAGER}), BUYING, 80,
            "sliders",
        ),
        MenuItem(
            "supplier_orders", _("Orders"), "orders:supplier_orders", SUPPLIER_ROLES, SELLING, 10, "bag",
            count="supplier_orders",
        ),
    ):  # fmt: skip
        menu.register(item)
    header_counts.register(HeaderCount("cart", frozenset({Role.PURCHASER}), _cart_sql))
    for name, role, state in (
        ("approvals", Role.APPROVER, State.SUBMITTED),
        ("to_sign", Role.PURCHASER, State.SHIPPED),
        ("acceptances", Role.ACCEPTOR, State.DELIVERED),
        ("payments", Role.FINANCE, State.PAYMENT_REQUESTED),
    ):
        header_counts.register(HeaderCount(name, frozenset({role}), _state_sql(state)))
    header_counts.register(HeaderCount("supplier_orders", SUPPLIER_ROLES, _supplier_sql))
    home_sections.register(
        HomeSection("budgets", "orders/buyer/_home_budgets.html", load_budgets, BUYER_ROLES, order=20)
    )
    home_sections.register(
        HomeSection(
            "deadlines", "orders/_home_deadlines.html", load_deadlines, BUYER_ROLES | SUPPLIER_ROLES, order=10
        )
    )
    home_sections.register(
        HomeSection(
            "reorder", "orders/buyer/_home_reorder.html", load_reorder, frozenset({Role.PURCHASER}), order=30
        )
    )
    todo.register(TodoProvider("orders", BUYER_ROLES | SUPPLIER_ROLES, find_work, order=10))


def find_work(actor: Actor) -> Iterable[TodoItem]:
    """Orders in which the actor is the next to act."""
    side = "supplier" if actor.has_role(*SUPPLIER_ROLES) else "buyer"
    for item in work_items(actor):
        label, action, own = WORDS[item.state]
        url = (
            reverse(own)
            if own and side == "buyer"
            else f"{reverse(f'orders:{side}_orders')}?state={item.state.value}"
        )
        due = clock.start_of(item.due_on) if item.due_on else None
        late = item.due_on is not None and item.due_on < clock.today()
        yield TodoItem(
            label=label,
            count=item.count,
            url=url,
            action=action,
            due=due,
            tone="serious" if late else "watch",
        )


def _cart_sql(actor: Any) -> tuple[str, list[Any]]:
    return (
        "SELECT count(*) FROM orders_cartline l JOIN orders_cart c ON c.id = l.cart_id"
        " WHERE c.user_id = %s AND c.organisation_id = %s",
        [actor.user_id, actor.organisation_id],
    )


def _state_sql(state: State) -> Any:
    def sql(actor: Any) -> tuple[str, list[Any]]:
        # An approver's and acceptor's own orders are decided by somebody else.
        own = " AND placed_by_id IS DISTINCT FROM %s" if state in {State.SUBMITTED, State.DELIVERED} else ""
        return (
            "SELECT count(*) FROM orders_order WHERE buyer_id = %s AND origin = 'live' AND state = %s" + own,
            [actor.organisation_id, state.value, *([actor.user_id] if own else [])],
        )

    return sql


def _supplier_sql(actor: Any) -> tuple[str, list[Any]]:
    states = [State.APPROVED.value, State.CONFIRMED.value, State.ACCEPTED.value, State.INVOICED.value]
    return (
        "SELECT count(*) FROM orders_order WHERE supplier_id = %s AND origin = 'live' AND state = ANY(%s)",
        [actor.organisation_id, states],
    )


def load_deadlines(actor: Actor) -> Mapping[str, Any]:
    """The organisation's live orders whose next step is due within a week, the most urgent first."""
    return {
        "rows": orders_due(actor, within=DEADLINE_DAYS)[:8],
        "side": "supplier" if actor.has_role(*SUPPLIER_ROLES) else "buyer",
    }


def load_reorder(actor: Actor) -> Mapping[str, Any]:
    """The person's last orders, to put their goods into the cart once more."""
    return {"rows": last_orders(actor, 5)}


def load_budgets(actor: Actor) -> Mapping[str, Any]:
    """The unit's live plans of the year with what is left of each."""
    return {
        "rows": [row for row in plan_rows(actor, year=clock.today().year) if row.plan.origin == "live"][:6]
    }
