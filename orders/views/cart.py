"""The cart and the checkout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import Actor
from accounts.roles import Role
from orders import services
from orders.advice import Advice, Outcome
from orders.errors import AdviceGiven, CartChanged, InvalidQuantity, PriceChanged, SentBefore
from orders.forms.checkout import CheckoutForm, QuantityForm, Submission, read_submission, write_line
from orders.forms.fields import renew_key
from orders.models import CartLine
from orders.queries import CartView, cart_view, checkout_view, offer_of, terms_of
from orders.services import OrderedLine
from orders.views.common import actor_of
from zcy.access import roles
from zcy.errors import DomainError, Missing
from zcy.refusals import refuse_in_form, refuse_in_message

LONGEST_QUANTITY: Final = 40


def _advice(request: HttpRequest, cart: CartView, stage: str) -> tuple[Advice, ...]:
    """What the advisors say; a cart that cannot be judged is not kept from being shown."""
    if not cart.selected:
        return ()
    try:
        return services.ask_advisors(actor=actor_of(request), lines=cart.selected, stage=stage)
    except DomainError:
        return ()


def _about(advice: Sequence[Advice]) -> dict[str, Any]:
    """Advice by the listing or supplier beside which it stands, and what could not be checked."""
    flagged = [said for said in advice if said.outcome is Outcome.FLAGGED]
    by_listing: dict[int, list[Advice]] = {}
    by_supplier: dict[int, list[Advice]] = {}
    for said in flagged:
        if said.listing_ids:
            by_listing.setdefault(said.listing_ids[0], []).append(said)
        elif said.supplier_id is not None:
            by_supplier.setdefault(said.supplier_id, []).append(said)
    return {
        "advice_by_listing": by_listing,
        "advice_by_supplier": by_supplier,
        "unchecked": [said for said in advice if said.outcome is Outcome.UNCHECKED],
    }


@roles(Role.PURCHASER)
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """What is about to be bought, by supplier."""
    return _show_cart(request)


@dataclass(frozen=True)
class _Typed:
    """A quantity that was refused, to be shown again in its line."""

    line_id: int
    quantity: str
    error: str


def _show_cart(request: HttpRequest, status: int = 200, typed: _Typed | None = None) -> HttpResponse:
    whole = checkout_view(actor_of(request))
    view = whole.cart
    context = {
        "cart": view,
        "limit": whole.approval_limit,
        "terms_by_supplier": {terms.supplier_id: terms for terms in terms_of(actor_of(request), whole)},
        "typed": typed,
    } | _about(_advice(request, view, "cart"))
    return render(request, "orders/buyer/cart.html", context, status=status)


@roles(Role.PURCHASER)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a listing into the cart."""
    form = QuantityForm({"quantity": request.POST.get("quantity") or "1"})
    listing = request.POST.get("listing", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = ""
    known = listing.isascii() and listing.isdigit() and len(listing) < 19
    offer = offer_of(int(listing)) if known else None
    if offer is None:
        messages.error(request, _("This offer does not exist."))
        return _show_cart(request, 404 if known else 400)
    status = 400
    if form.is_valid():
        try:
            services.cart_add(
                actor=actor_of(request), listing_id=offer.pk, quantity=form.cleaned_data["quantity"]
            )
        except DomainError as error:
            status = refuse_in_form(form, error)
        else:
            messages.success(request, _("The offer lies in your cart."))
            return redirect(back or "orders:cart")
    context = {"form": form, "offer": offer, "next": back}
    return render(request, "orders/buyer/add.html", context, status=status)


def _refuse_strangers(actor: Actor, line_id: int) -> None:
    """A line of somebody else's cart is not there for this person; one already removed is no fault.

    Raises:
        Missing: it is somebody else's.
    """
    lines = CartLine.objects.filter(pk=line_id)
    if lines.exists() and not lines.visible_to(actor).exists():
        raise Missing


@roles(Role.PURCHASER)
@require_POST
def change(request: HttpRequest, line_id: int) -> HttpResponse:
    """Another quantity, or whether the line is ordered now."""
    actor = actor_of(request)
    _refuse_strangers(actor, line_id)
    try:
        if "quantity" in request.POST:
            form = QuantityForm(request.POST)
            if not form.is_valid():
                return _show_cart(request, 400, _typed(request, line_id, form.first_error()))
            services.cart_change(actor=actor, line_id=line_id, quantity=form.cleaned_data["quantity"])
        if request.POST.get("selected") in {"0", "1"}:
            services.cart_change(actor=actor, line_id=line_id, selected=request.POST["selected"] == "1")
    except InvalidQuantity as error:
        return _show_cart(request, error.status, _typed(request, line_id, str(error)))
    except DomainError as error:
        refuse_in_message(request, error)
        return _show_cart(request, error.status)
    return redirect("orders:cart")


def _typed(request: HttpRequest, line_id: int, error: str) -> _Typed:
    messages.error(request, error)
    return _Typed(line_id, request.POST.get("quantity", "")[:LONGEST_QUANTITY].replace("\0", ""), error)


@roles(Role.PURCHASER)
@require_POST
def remove(request: HttpRequest, line_id: int) -> HttpResponse:
    """Take a line out; the message offers to put it back."""
    actor = actor_of(request)
    _refuse_strangers(actor, line_id)
    row = next(
        (row for group in cart_view(actor).groups for row in group.rows if row.line.pk == line_id), None
    )
    services.cart_remove(actor=actor, line_ids=[line_id])
    if row is not None:
        request.session["removed_line"] = {
            "listing": row.item.listing.pk,
            "quantity": str(row.item.quantity),
            "name": row.item.listing.good.name,
        }
    return redirect("orders:cart")


@roles(Role.PURCHASER)
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Put back what was taken out last."""
    line = request.session.pop("removed_line", None)
    if line:
        try:
            services.cart_add(
                actor=actor_of(request), listing_id=line["listing"], quantity=Decimal(line["quantity"])
            )
        except DomainError as error:
            refuse_in_message(request, error)
    return redirect("orders:cart")


@roles(Role.PURCHASER)
@require_POST
def see_prices(request: HttpRequest) -> HttpResponse:
    """The prices of today count as seen."""
    services.cart_see_prices(actor=actor_of(request))
    return redirect("orders:cart")


@roles(Role.PURCHASER)
@require_POST
def replace(request: HttpRequest, line_id: int) -> HttpResponse:
    """Take the better offer instead, in one click."""
    actor = actor_of(request)
    _refuse_strangers(actor, line_id)
    listing = request.POST.get("listing", "")
    row = next(
        (row for group in cart_view(actor).groups for row in group.rows if row.line.pk == line_id), None
    )
    if row is None or not (listing.isascii() and listing.isdigit() and len(listing) < 19):
        messages.error(request, _("This line or offer does not exist."))
        return _show_cart(request, 400)
    try:
        services.cart_add(actor=actor, listing_id=int(listing), quantity=row.item.quantity)
    except DomainError as error:
        refuse_in_message(request, error)
        return _show_cart(request, error.status)
    services.cart_remove(actor=actor, line_ids=[line_id])
    messages.success(request, _("The better offer lies in your cart instead."))
    return redirect("orders:cart")


@roles(Role.PURCHASER)
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Where it goes, who pays, what the rules say; then one order for each supplier."""
    if request.method != "POST":
        return _show_checkout(request)
    actor = actor_of(request)
    view = checkout_view(actor)
    form = CheckoutForm(view, _advice(request, view.cart, "checkout"), request.POST)
    try:
        said = read_submission(request.POST)
    except ValueError:
        words = _("The page was not complete. Check the order and submit it again.")
        return _refused(request, form, DomainError(words))
    if not services.was_submitted(actor=actor, idempotency_key=said.idempotency_key):
        if _contents(said.lines) != _contents(view.cart.selected):
            return _refused(request, form, CartChanged())
        if not form.is_valid():
            return _show_checkout(request, form=form, status=400)
    return _submit(request, form, said)


def _contents(lines: Sequence[OrderedLine]) -> set[tuple[int, Decimal]]:
    return {(line.listing_id, line.quantity) for line in lines}


def _submit(request: HttpRequest, form: CheckoutForm, said: Submission) -> HttpResponse:
    try:
        orders = services.submit_orders(actor=actor_of(request), **vars(said))
    except AdviceGiven as error:
        # Beside what is new also what was answered already, or the answer would be lost on the way.
        known = {said.key: said for said in (*form.advice, *error.advice)}
        return _refused(request, CheckoutForm(form.view, list(known.values()), request.POST), error)
    except PriceChanged as error:
        for changed in error.changes:
            words = _("%(name)s: ¥%(old)s before, ¥%(new)s now.")
            form.add_error(None, words % {"name": changed.name, "old": changed.old, "new": changed.new})
        return _refused(request, form, error)
    except SentBefore as error:
        renew_key(form)
        return _refused(request, form, error)
    except DomainError as error:
        return _refused(request, form, error)
    if len(orders) == 1:
        messages.success(request, _("Order %(number)s is submitted.") % {"number": orders[0].number})
        return redirect("orders:buyer_order", number=orders[0].number)
    numbers = "、".join(order.number for order in orders)
    messages.success(request, _("These orders are submitted: %(numbers)s") % {"numbers": numbers})
    return redirect("orders:buyer_orders")


def _refused(request: HttpRequest, form: CheckoutForm, error: DomainError) -> HttpResponse:
    form.is_valid()  # reads what was typed, so that the page can show it
    error.add_to(form)
    return _show_checkout(request, form=form, status=error.status)


def _show_checkout(request: HttpRequest, form: CheckoutForm | None = None, status: int = 200) -> HttpResponse:
    if form is None:
        view = checkout_view(actor_of(request))
        form = CheckoutForm(view, _advice(request, view.cart, "checkout"))
    if not form.view.cart.selected and request.method != "POST":
        messages.info(request, _("Choose what to order first."))
        return redirect("orders:cart")
    context = {
        "form": form,
        "view": form.view,
        "lines": [write_line(line) for line in form.view.cart.selected],
        "parcels": [
            (parcel, form.plan_of(parcel.supplier_id), terms)
            for parcel, terms in zip(
                form.view.cart.parcels, terms_of(actor_of(request), form.view), strict=True
            )
        ],
        "advice": [(said, form[f"answer_{said.key}"]) for said in form.advice],
    }
    return render(request, "orders/buyer/checkout.html", context, status=status)
