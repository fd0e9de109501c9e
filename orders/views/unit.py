"""What a unit keeps: plans and budgets, addresses, invoice titles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import BUYER_ROLES, Role
from orders import services
from orders.errors import SentBefore
from orders.forms.fields import renew_key
from orders.forms.unit import AddressForm, GrantForm, InvoiceTitleForm, LimitForm, PlanForm
from orders.models import Address, InvoiceTitle
from orders.queries import PlanRow, addresses_of, invoice_titles_of, limit_view, plan_detail, plan_rows
from orders.views.common import actor_of
from zcy import clock
from zcy.access import roles
from zcy.errors import DomainError, Missing
from zcy.exports import csv_response
from zcy.refusals import refuse_in_form, refuse_in_message
from zcy.tables import Column

KEEPERS = (Role.PURCHASER, Role.MANAGER)


PLANS: Final = (
    Column(gettext_lazy("Plan"), fixed=True),
    Column(gettext_lazy("Fiscal year"), sort="year"),
    Column(gettext_lazy("Category")),
    Column(gettext_lazy("Fund source"), hidden=True),
    Column(gettext_lazy("Budget"), sort="amount", numeric=True),
    Column(gettext_lazy("Frozen"), numeric=True),
    Column(gettext_lazy("Spent"), numeric=True),
    Column(gettext_lazy("Left"), sort="left", numeric=True),
    Column(gettext_lazy("Orders"), numeric=True),
)
PLAN_KEYS: Final[dict[str, Callable[[PlanRow], Any]]] = {
    "year": lambda row: row.plan.year,
    "amount": lambda row: row.plan.amount,
    "left": lambda row: row.left,
}


@roles(*BUYER_ROLES)
@require_safe
def plans(request: HttpRequest) -> HttpResponseBase:
    """The unit's plans, with what is left of each; or the same as CSV."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None
    rows = plan_rows(actor_of(request), year=year)
    sort = request.GET.get("sort", "")
    key = PLAN_KEYS.get(sort.removeprefix("-"))
    if key is not None:
        rows.sort(key=key, reverse=sort.startswith("-"))
    if request.GET.get("format") == "csv":
        return csv_response("plans", [column.label for column in PLANS], (_exported(row) for row in rows))
    years = range(clock.today().year + 1, clock.today().year - 5, -1)
    context = {"rows": rows, "year": year, "years": years, "columns": PLANS}
    return render(request, "orders/buyer/plans.html", context)


def _exported(row: PlanRow) -> list[Any]:
    plan = row.plan
    title, category = plan.title or plan.number, plan.category or ""
    return [
        title, plan.year, category, plan.fund_source, plan.amount, plan.frozen, plan.spent, row.left, row.orders
    ]  # fmt: skip


@roles(Role.FINANCE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_plan(request: HttpRequest) -> HttpResponse:
    """Finance makes a plan and grants its budget."""
    form = PlanForm(request.POST or None, initial={"year": clock.today().year})
    status = 200
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        category = data.pop("category")
        try:
            plan = services.create_plan(actor=actor_of(request), category_id=category and category.pk, **data)
        except DomainError as error:
            status = refuse_in_form(form, error)
            if isinstance(error, SentBefore):
                renew_key(form)
        else:
            messages.success(request, _("The plan is made and its budget granted."))
            return redirect("orders:buyer_plan", plan_id=plan.pk)
    elif form.is_bound:
        status = 400
    context = {
        "form": form,
        "title": _("New plan"),
        "button": _("Make the plan"),
        "back": "orders:buyer_plans",
        "back_label": _("Plans and budgets"),
    }
    return render(request, "orders/buyer/form.html", context, status=status)


@roles(*BUYER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A plan with its ledger; finance changes the budget here."""
    actor = actor_of(request)
    detail = plan_detail(actor, plan_id, request.GET)
    form, status = GrantForm(request.POST or None), 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            try:
                services.grant_budget(actor=actor, plan_id=plan_id, **form.cleaned_data)
            except DomainError as error:
                status = refuse_in_form(form, error)
                if isinstance(error, SentBefore):
                    renew_key(form)
            else:
                messages.success(request, _("The budget is changed."))
                return redirect("orders:buyer_plan", plan_id=plan_id)
    may_grant = actor.has_role(Role.FINANCE) and not detail.plan.closed and detail.plan.origin == "live"
    context = {"detail": detail, "plan": detail.plan, "form": form, "may_grant": may_grant}
    return render(request, "orders/buyer/plan.html", context, status=status)


@roles(Role.FINANCE)
@require_POST
def close_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """No more orders from this plan."""
    try:
        services.close_plan(actor=actor_of(request), plan_id=plan_id)
    except Missing:
        raise  # a stranger's plan is a page that does not exist
    except DomainError as error:
        refuse_in_message(request, error)
    else:
        messages.success(request, _("The plan is closed."))
    return redirect("orders:buyer_plan", plan_id=plan_id)


@roles(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def approval_limit(request: HttpRequest) -> HttpResponse:
    """The unit's administrator decides above which amount an approver is needed."""
    actor = actor_of(request)
    form, status = LimitForm(limit_view(actor), request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            try:
                services.set_approval_limit(actor=actor, limit=form.cleaned_data["limit"])
            except DomainError as error:
                status = refuse_in_form(form, error)
            else:
                messages.success(request, _("The limit holds for orders from now on."))
                return redirect("orders:approval_limit")
    context = {
        "form": form,
        "title": _("Approval limit"),
        "button": _("Set the limit"),
        "back": "orders:buyer_orders",
    }
    return render(request, "orders/buyer/form.html", context, status=status)


@roles(*KEEPERS)
@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    """Delivery addresses and invoice titles of the unit."""
    actor = actor_of(request)
    context = {"addresses": addresses_of(actor), "titles": invoice_titles_of(actor)}
    return render(request, "orders/buyer/addresses.html", context)


@roles(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, address_id: int | None = None) -> HttpResponse:
    """Add or change a delivery address."""
    actor = actor_of(request)
    initial = {"region": actor.region}
    if address_id is not None:
        known = get_object_or_404(Address.objects.visible_to(actor), pk=address_id, active=True)
        initial = {
            name: getattr(known, name) for name in ("region", "line", "contact", "phone", "is_default")
        }
    form, status = AddressForm(request.POST or None, initial=initial), 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            region = data.pop("region")
            try:
                services.save_address(actor=actor, region_id=region.pk, address_id=address_id, **data)
            except DomainError as error:
                status = refuse_in_form(form, error)
            else:
                messages.success(request, _("The address is saved."))
                return redirect(
                    "orders:checkout" if request.GET.get("next") == "checkout" else "orders:buyer_addresses"
                )
    context = {
        "form": form,
        "title": _("Delivery address"),
        "button": _("Save the address"),
        "back": "orders:buyer_addresses",
        "back_label": _("Addresses and invoice titles"),
    }
    return render(request, "orders/buyer/form.html", context, status=status)


@roles(*KEEPERS)
@require_POST
def remove_address(request: HttpRequest, address_id: int) -> HttpResponse:
    """The address is not offered any more."""
    services.remove_address(actor=actor_of(request), address_id=address_id)
    messages.success(request, _("The address is removed."))
    return redirect("orders:buyer_addresses")


@roles(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def invoice_title(request: HttpRequest, title_id: int | None = None) -> HttpResponse:
    """Add or change an invoice title."""
    actor = actor_of(request)
    initial = None
    if title_id is not None:
        known = get_object_or_404(InvoiceTitle.objects.visible_to(actor), pk=title_id, active=True)
        initial = {name: getattr(known, name) for name in ("title", "tax_number", "is_default")}
    form, status = InvoiceTitleForm(request.POST or None, initial=initial), 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            try:
                services.save_invoice_title(actor=actor, invoice_title_id=title_id, **form.cleaned_data)
            except DomainError as error:
                status = refuse_in_form(form, error)
            else:
                messages.success(request, _("The invoice title is saved."))
                return redirect(
                    "orders:checkout" if request.GET.get("next") == "checkout" else "orders:buyer_addresses"
                )
    context = {
        "form": form,
        "title": _("Invoice title"),
        "button": _("Save the title"),
        "back": "orders:buyer_addresses",
        "back_label": _("Addresses and invoice titles"),
    }
    return render(request, "orders/buyer/form.html", context, status=status)


@roles(*KEEPERS)
@require_POST
def remove_invoice_title(request: HttpRequest, title_id: int) -> HttpResponse:
    """The title is not offered any more."""
    services.remove_invoice_title(actor=actor_of(request), invoice_title_id=title_id)
    messages.success(request, _("The invoice title is removed."))
    return redirect("orders:buyer_addresses")
