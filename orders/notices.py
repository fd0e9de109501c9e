"""Who is told of what happens to an order; sent in the background, once per person and event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.notices import NoticeKind, kinds, notify
from accounts.roles import SUPPLIER_ROLES, Role
from orders import signals
from orders.models import Order
from orders.states import State
from zcy.outbox import enqueue

if TYPE_CHECKING:
    from django.dispatch import Signal

TASK: Final = "orders.tasks.tell"


@dataclass(frozen=True)
class News:
    """One kind of news and whom it concerns: the purchaser, people of the unit with a role, or the supplier's."""

    kind: NoticeKind
    to: str


PURCHASER: Final = "placed_by"
SUPPLIER: Final = "supplier"

NEWS: Final[dict[str, News]] = {
    news.kind.name: news
    for news in (
        News(
            NoticeKind("order_to_approve", _("Order %(number)s waits for your approval."), "watch"),
            Role.APPROVER,
        ),
        News(
            NoticeKind(
                "order_received", _("You have received order %(number)s: please confirm it."), "watch"
            ),
            SUPPLIER,
        ),
        News(NoticeKind("order_approved", _("Order %(number)s was approved."), "good"), PURCHASER),
        News(
            NoticeKind("order_rejected", _("Order %(number)s was not approved: %(reason)s"), "serious"),
            PURCHASER,
        ),
        News(
            NoticeKind("order_confirmed", _("The supplier has confirmed order %(number)s."), "good"),
            PURCHASER,
        ),
        News(
            NoticeKind("order_refused", _("The supplier refused order %(number)s: %(reason)s"), "serious"),
            PURCHASER,
        ),
        News(
            NoticeKind(
                "order_cancelled_by_buyer", _("The buyer cancelled order %(number)s: %(reason)s"), "serious"
            ),
            SUPPLIER,
        ),
        News(
            NoticeKind(
                "order_cancelled_by_supplier",
                _("The supplier cancelled order %(number)s: %(reason)s"),
                "serious",
            ),
            PURCHASER,
        ),
        News(NoticeKind("order_shipped", _("A part of order %(number)s is on its way.")), PURCHASER),
        News(
            NoticeKind("order_delivered", _("Order %(number)s has arrived: please accept it."), "watch"),
            Role.ACCEPTOR,
        ),
        News(
            NoticeKind(
                "order_accepted", _("Order %(number)s was accepted: please record your invoice."), "good"
            ),
            SUPPLIER,
        ),
        News(NoticeKind("order_failed", _("Nothing of order %(number)s was accepted."), "serious"), SUPPLIER),
        News(
            NoticeKind("order_to_pay", _("Payment of order %(number)s was requested."), "watch"), Role.FINANCE
        ),
        News(NoticeKind("order_paid", _("A payment of order %(number)s was made."), "good"), SUPPLIER),
    )
}


def register() -> None:
    """Make the kinds known, and listen to our own signals."""
    for news in NEWS.values():
        kinds.register(news.kind)
    for signal, listener in LISTENERS:
        signal.connect(listener, dispatch_uid=f"orders.notices.{listener.__name__}")


def tell(*, order_id: int, kind: str, event: str) -> int:
    """Give the notices of one event; returns how many people are told."""
    order = Order.objects.select_related("buyer", "supplier", "placed_by").get(pk=order_id)
    news = NEWS[kind]
    side = order.supplier if news.to == SUPPLIER else order.buyer
    audience = "supplier" if news.to == SUPPLIER else "buyer"
    return notify(
        _people(order, news),
        kind,
        data={"number": order.number, "reason": order.cancel_reason},
        url=f"/{audience}/orders/{order.number}/",
        key=f"order:{order.pk}:{kind}:{event}",
        organisation=side,
    )


def _people(order: Order, news: News) -> Iterable[int]:
    if news.to == PURCHASER:
        return [order.placed_by_id] if order.placed_by_id else []
    roles = SUPPLIER_ROLES if news.to == SUPPLIER else {news.to}
    organisation_id = order.supplier_id if news.to == SUPPLIER else order.buyer_id
    held = Membership.objects.filter(organisation_id=organisation_id, role__in=roles, user__is_active=True)
    if news.to in (Role.APPROVER, Role.ACCEPTOR):
        held = held.exclude(user=order.placed_by)  # four eyes
    return sorted(set(held.values_list("user_id", flat=True)))


def _later(order: Order, kind: str, event: object = "") -> None:
    enqueue(TASK, {"order_id": order.pk, "kind": kind, "event": str(event)})


def _submitted(order: Order, **_rest: Any) -> None:
    if order.state == State.SUBMITTED:
        _later(order, "order_to_approve")


def _approved(order: Order, **_rest: Any) -> None:
    _later(order, "order_received")
    if order.approved_at != order.placed_at:
        _later(order, "order_approved")


def _rejected(order: Order, **_rest: Any) -> None:
    _later(order, "order_rejected")


def _confirmed(order: Order, **_rest: Any) -> None:
    _later(order, "order_confirmed")


def _refused(order: Order, **_rest: Any) -> None:
    _later(order, "order_refused")


def _cancelled(order: Order, **_rest: Any) -> None:
    if order.cancelled_by == "supplier":
        _later(order, "order_cancelled_by_supplier")
    elif order.approved_at is not None:  # before that the supplier knows nothing of it
        _later(order, "order_cancelled_by_buyer")


def _shipped(order: Order, shipment: Any, **_rest: Any) -> None:
    _later(order, "order_shipped", shipment.pk)


def _delivered(order: Order, **_rest: Any) -> None:
    _later(order, "order_delivered")


def _accepted(order: Order, **_rest: Any) -> None:
    _later(order, "order_failed" if order.state == State.FAILED else "order_accepted")


def _requested(order: Order, payment_request: Any, **_rest: Any) -> None:
    _later(order, "order_to_pay", payment_request.pk)


def _paid(order: Order, payment: Any, **_rest: Any) -> None:
    _later(order, "order_paid", payment.pk)


LISTENERS: Final[tuple[tuple[Signal, Any], ...]] = (
    (signals.order_submitted, _submitted),
    (signals.order_approved, _approved),
    (signals.order_rejected, _rejected),
    (signals.order_confirmed, _confirmed),
    (signals.order_refused, _refused),
    (signals.order_cancelled, _cancelled),
    (signals.order_shipped, _shipped),
    (signals.order_delivered, _delivered),
    (signals.order_accepted, _accepted),
    (signals.payment_requested, _requested),
    (signals.order_paid, _paid),
)
