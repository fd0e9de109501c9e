"""What the pages of both sides share: the order page, its steps, its timeline, its list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.actor import Actor
from orders.deadlines import Party
from orders.filters import OrderFilter
from orders.forms.steps import STEP_OF, STEPS, StepForm
from orders.models import Order
from orders.queries import NEWEST_FIRST, OrderDetail, order_detail, order_of, order_page
from orders.states import State
from orders.transitions import Action
from zcy.errors import DomainError
from zcy.exports import csv_response
from zcy.tables import Column, without

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

WHO: Final[dict[Party, str | _StrPromise]] = {
    Party.APPROVER: gettext_lazy("Approver"),
    Party.SUPPLIER: gettext_lazy("Supplier"),
    Party.RECEIVER: gettext_lazy("Buyer"),
    Party.ACCEPTOR: gettext_lazy("Acceptor"),
    Party.FINANCE: gettext_lazy("Finance"),
    Party.NOBODY: "",
}
TONES: Final[dict[str, str]] = {
    State.SUBMITTED: "watch",
    State.APPROVED: "watch",
    State.PAID: "good",
    State.REJECTED: "serious",
    State.REFUSED: "serious",
    State.FAILED: "serious",
    State.CANCELLED: "idle",
}
# The way of an order: what each stop is called, and the state that says it lies behind.
STOPS: Final[tuple[tuple[_StrPromise, State], ...]] = (
    (pgettext_lazy("stop of an order", "Placed"), State.SUBMITTED),
    (pgettext_lazy("stop of an order", "Approval"), State.APPROVED),
    (pgettext_lazy("stop of an order", "Confirmation"), State.CONFIRMED),
    (pgettext_lazy("stop of an order", "Shipment"), State.SHIPPED),
    (pgettext_lazy("stop of an order", "Delivery"), State.DELIVERED),
    (pgettext_lazy("stop of an order", "Acceptance"), State.ACCEPTED),
    (pgettext_lazy("stop of an order", "Invoice"), State.INVOICED),
    (pgettext_lazy("stop of an order", "Payment request"), State.PAYMENT_REQUESTED),
    (pgettext_lazy("stop of an order", "Payment"), State.PAID),
)
EVENT_TONES: Final = {
    "reject": "serious",
    "refuse": "serious",
    "cancel": "idle",
    "pay": "good",
    "accept": "good",
}


@dataclass(frozen=True)
class Step:
    """One stop of the track: done, current (what is waited for), ahead or stopped."""

    label: str
    state: str
    at: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    title: str
    at: datetime
    who: str
    text: str
    tone: str


def actor_of(request: HttpRequest) -> Actor:
    """Who acts."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def tone_of(state: str) -> str:
    """How a state looks."""
    return TONES.get(state, "info")


def track(detail: OrderDetail) -> list[Step]:
    """The way of the order with the time of each stop that lies behind; an approval only where one was needed."""
    order = detail.order
    reached = _reached(detail)
    states = [state for _label, state in STOPS]
    if order.state not in states:
        behind = [Step(str(label), "done", reached[state]) for label, state in STOPS if state in reached]
        stopped = reached.get(order.state) or order.cancelled_at
        return [*behind, Step(str(order.get_state_display()), "stopped", stopped)]
    last = states.index(State(order.state))
    return [
        Step(
            str(label),
            "done" if place <= last else "current" if place == last + 1 else "ahead",
            reached.get(state) if place <= last else None,
        )
        for place, (label, state) in enumerate(STOPS)
        if place > last or state in reached
    ]


def _reached(detail: OrderDetail) -> dict[str, datetime]:
    """When each stop came to lie behind. An order below the limit is approved by nobody: it is placed, no more."""
    order = detail.order
    reached: dict[str, datetime] = {}
    for event in detail.events:
        if event.to_state:
            reached.setdefault(event.to_state, event.at)
    if State.SUBMITTED not in reached:
        reached.pop(State.APPROVED, None)
    if order.placed_at:
        reached.setdefault(State.SUBMITTED, order.placed_at)
    if order.origin != "live":
        known = (
            (State.CONFIRMED, order.confirmed_at),
            (State.DELIVERED, order.delivered_at),
            (State.ACCEPTED, order.accepted_at),
            (State.PAID, order.paid_at),
        )
        reached |= {state: at for state, at in known if at}
    return reached


def timeline(detail: OrderDetail) -> list[Entry]:
    """What happened, the newest first."""
    labels = dict(Action.choices)
    return [
        Entry(
            title=str(labels.get(event.action, event.action)).capitalize()
            + (
                f" → {State(event.to_state).label}"
                if event.to_state and event.to_state != event.from_state
                else ""
            ),
            at=event.at,
            who=" · ".join(str(who) for who in (event.by, event.organisation) if who),
            text=str(event.data.get("reason") or event.data.get("note") or ""),
            tone=EVENT_TONES.get(event.action, "idle"),
        )
        for event in reversed(detail.events)
    ]


def forms_for(detail: OrderDetail, bound: StepForm | None = None) -> list[StepForm]:
    """A form for each thing that can be done now; the one that was refused keeps what was typed."""
    forms = [
        bound if bound is not None and isinstance(bound, form) else form(detail)
        for form in STEPS
        if form.action in detail.actions
    ]
    if bound is not None and bound not in forms:
        forms.insert(0, bound)
    return forms


def show_order(
    request: HttpRequest, detail: OrderDetail, side: str, *, bound: StepForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of an order."""
    context = {
        "detail": detail,
        "order": detail.order,
        "side": side,
        "steps": forms_for(detail, bound),
        "bound": bound,
        "track": track(detail),
        # History is over here, whatever state it was in when it came.
        "next": detail.next_step if detail.order.origin == "live" else None,
        "who": WHO[detail.next_step.party],
        "timeline": timeline(detail),
        "tone": tone_of(detail.order.state),
    }
    return render(request, "orders/order.html", context, status=status)


def take_step(request: HttpRequest, number: str, action: str, side: str) -> HttpResponse:
    """Do one thing to an order, or show it again with what was typed and what is wrong."""
    form_class = STEP_OF.get(action)
    if form_class is None:
        raise Http404
    actor = actor_of(request)
    detail = order_detail(actor, number)
    form = form_class(detail, request.POST)
    if not form.is_valid():
        return show_order(request, detail, side, bound=form, status=400)
    try:
        form.perform(actor)
    except DomainError as error:
        status = form.refuse(error)
        # What has changed in the meantime is shown, beside what was typed.
        return show_order(request, order_detail(actor, number), side, bound=form, status=status)
    messages.success(request, str(form.done))
    return redirect(f"orders:{side}_order", number=number)


def columns(side: str, *, sortable: bool = False) -> list[Column]:
    """The columns of a list of orders."""
    placed, total = ("placed", "total") if sortable else ("", "")
    return [
        Column(_("Number"), fixed=True),
        Column(_("Placed"), sort=placed),
        Column(_("Goods")),
        Column(_("Supplier") if side == "buyer" else _("Buyer")),
        Column(_("Amount"), sort=total, numeric=True),
        Column(_("State")),
        Column(_("Next step")),
    ]


def show_list(request: HttpRequest, side: str) -> HttpResponseBase:
    """The orders of one's organisation: filters, pages, download."""
    actor = actor_of(request)
    wanted = OrderFilter.parse(request.GET)
    if request.GET.get("format") == "csv" and not wanted.errors:
        counterparty = "supplier" if side == "buyer" else "buyer"
        orders = wanted.apply(Order.objects.visible_to(actor), counterparty_field=counterparty)
        return download(orders.order_by(*order_of(request.GET)), side)
    page = order_page(actor, request.GET, wanted)
    for order in page.rows:
        order.tone = tone_of(order.state)  # type: ignore[attr-defined]
    context = {
        "page": page,
        "side": side,
        "columns": columns(side, sortable=True),
        "sort": NEWEST_FIRST,
        "wanted": wanted,
        "params": request.GET,
        "states": [("open", _("all open")), ("ended", _("all ended")), *State.choices],
        "chips": [
            (label, request.GET[name], without(request.GET, name))
            for name, label in (
                ("q", _("Words")),
                ("counterparty", _("Name")),
                ("since", _("From")),
                ("until", _("To")),
            )
            if request.GET.get(name)
        ],
    }
    return render(request, "orders/order_list.html", context, status=400 if wanted.errors else 200)


def download(orders: QuerySet[Order], side: str) -> HttpResponseBase:
    """A list of orders as CSV, in the order given; what is next is for the page alone."""
    counterparty = "supplier" if side == "buyer" else "buyer"
    header = [column.label for column in columns(side)][:6]
    return csv_response("orders", header, _exported(orders, counterparty))


def _exported(orders: QuerySet[Order], counterparty: str) -> Iterator[list[Any]]:
    rows = orders.select_related(counterparty).prefetch_related("lines__good")
    for order in rows.iterator(chunk_size=500):
        goods = "；".join(line.good.name for line in order.lines.all())
        yield [
            order.number,
            order.placed_at,
            goods,
            getattr(order, counterparty).name,
            order.total,
            order.get_state_display(),
        ]
