"""The supplier's orders."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import SUPPLIER_ROLES
from orders.queries import order_detail
from orders.views import common
from zcy.access import roles


@roles(*SUPPLIER_ROLES)
@require_safe
def orders(request: HttpRequest) -> HttpResponseBase:
    """Orders received."""
    return common.show_list(request, "supplier")


@roles(*SUPPLIER_ROLES)
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order: what is to be done, by when."""
    return common.show_order(request, order_detail(common.actor_of(request), number), "supplier")


@roles(*SUPPLIER_ROLES)
@require_POST
def step(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Confirm, refuse, ship, deliver, invoice, request the payment, evaluate."""
    return common.take_step(request, number, action, "supplier")
