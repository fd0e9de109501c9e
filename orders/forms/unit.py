"""What a unit keeps: addresses, invoice titles, plans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from catalog.models import Category
from orders.forms.fields import AmountField, KeyField
from orders.queries import LimitView
from zcy import formats


class AddressForm(forms.Form):
    """A delivery address."""

    region = forms.ModelChoiceField(label=_("Region"), queryset=Region.objects.all())
    line = forms.CharField(label=_("Street and number"), max_length=200)
    contact = forms.CharField(label=_("Contact"), max_length=60)
    phone = forms.CharField(label=_("Phone"), max_length=40)
    is_default = forms.BooleanField(label=_("Use this address unless another is chosen"), required=False)


class InvoiceTitleForm(forms.Form):
    """To whom invoices are made out."""

    title = forms.CharField(label=_("Invoice title"), max_length=200)
    tax_number = forms.CharField(label=_("Taxpayer number"), max_length=30)
    is_default = forms.BooleanField(label=_("Use this title unless another is chosen"), required=False)


class PlanForm(forms.Form):
    """A procurement plan with its budget."""

    title = forms.CharField(label=_("Title"), max_length=200)
    year = forms.IntegerField(label=_("Fiscal year"), min_value=2000, max_value=2100)
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.all(), required=False, empty_label=_("All categories")
    )
    fund_source = forms.CharField(label=_("Fund source"), max_length=100, required=False)
    amount = AmountField()
    idempotency_key = KeyField()


class GrantForm(forms.Form):
    """More budget for a plan, or less."""

    change = forms.DecimalField(
        label=_("Change of the budget (yuan)"),
        max_digits=14,
        decimal_places=2,
        help_text=_("A negative amount takes budget back that is neither frozen nor spent."),
    )
    note = forms.CharField(label=_("Reason"), max_length=200)
    idempotency_key = KeyField()


class LimitForm(forms.Form):
    """Above which amount the unit's orders need an approver."""

    limit = forms.DecimalField(
        label=_("The unit's own limit (yuan)"),
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(self, view: LimitView, data: Any = None) -> None:
        super().__init__(data, initial={"limit": formats.typed(view.own)})
        self.fields["limit"].help_text = _(
            "An order of exactly this amount needs no approver; with 0 every order needs one. Left empty, the limit"
            " of your region holds: ¥%(limit)s."
        ) % {"limit": f"{view.of_region:,.2f}"}
