"""The buyer's orders and work lists."""

from __future__ import annotations

from io import BytesIO

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import BUYER_ROLES, SUPERVISOR_ROLES, SUPPLIER_ROLES, Role
from orders import services
from orders.documents import order_contract
from orders.queries import order_detail, order_of, waiting_orders, work_page
from orders.states import State
from orders.views import common
from zcy.access import roles
from zcy.errors import DomainError


@roles(*BUYER_ROLES)
@require_safe
def orders(request: HttpRequest) -> HttpResponseBase:
    """The unit's orders."""
    return common.show_list(request, "buyer")


@roles(*BUYER_ROLES)
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order: its state, who acts next, everything about it."""
    return common.show_order(request, order_detail(common.actor_of(request), number), "buyer")


@roles(*BUYER_ROLES)
@require_POST
def step(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Approve, cancel, sign, accept, pay, evaluate."""
    return common.take_step(request, number, action, "buyer")


@roles(*BUYER_ROLES, *SUPPLIER_ROLES, *SUPERVISOR_ROLES)
@require_safe
def contract(request: HttpRequest, number: str) -> FileResponse:
    """The contract as PDF."""
    site = request.build_absolute_uri("/").rstrip("/")
    file = order_contract(actor=common.actor_of(request), number=number, site=site)
    return FileResponse(
        BytesIO(file.data), as_attachment=False, filename=file.name, content_type="application/pdf"
    )


@roles(Role.PURCHASER)
@require_POST
def reorder(request: HttpRequest, number: str) -> HttpResponse:
    """Put what was ordered into the cart again, as far as it is still on offer."""
    actor = common.actor_of(request)
    detail = order_detail(actor, number)
    added = 0
    for line in detail.lines:
        if line.listing_id is None:
            continue
        try:
            services.cart_add(actor=actor, listing_id=line.listing_id, quantity=line.quantity)
        except DomainError as error:
            messages.warning(request, f"{line.good.name}: {error}")
        else:
            added += 1
    if added:
        messages.success(
            request, _("%(count)d lines of the order lie in your cart at today's prices.") % {"count": added}
        )
        return redirect("orders:cart")
    return redirect("orders:buyer_order", number=number)


def _work(request: HttpRequest, title: str, empty: str, *states: str) -> HttpResponseBase:
    if request.GET.get("format") == "csv":
        waiting = waiting_orders(common.actor_of(request), *states)
        return common.download(waiting.order_by(*order_of(request.GET, "placed")), "buyer")
    page = work_page(common.actor_of(request), request.GET, *states)
    for row in page.rows:
        row.tone = common.tone_of(row.state)  # type: ignore[attr-defined]
    context = {
        "page": page,
        "title": title,
        "empty": empty,
        "columns": common.columns("buyer", sortable=True),
        "side": "buyer",
    }
    return render(request, "orders/buyer/work.html", context)


@roles(Role.APPROVER)
@require_safe
def approvals(request: HttpRequest) -> HttpResponseBase:
    """What waits for an approver."""
    return _work(
        request,
        _("Orders to approve"),
        _("Orders above your unit's limit appear here as soon as a purchaser submits one."),
        State.SUBMITTED,
    )


@roles(Role.ACCEPTOR)
@require_safe
def acceptances(request: HttpRequest) -> HttpResponseBase:
    """What waits for an acceptor."""
    return _work(
        request,
        _("Deliveries to accept"),
        _("Orders appear here as soon as they are delivered."),
        State.DELIVERED,
    )


@roles(Role.FINANCE)
@require_safe
def payments(request: HttpRequest) -> HttpResponseBase:
    """What waits to be paid."""
    return _work(
        request,
        _("Payments to make"),
        _("Orders appear here as soon as a supplier requests the payment."),
        State.PAYMENT_REQUESTED,
    )
