"""Short forms about listings: joining a good, asking the catalog, answering."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.forms.listings import ListingForm
from catalog.models.catalog_requests import LACKING


class JoinForm(ListingForm):
    """Only what differs from offer to offer; areas are those of the last offer, folded away."""

    SHORT: Final = ("price", "stock", "delivery_days", "delivery_areas")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in list(self.fields):
            if name not in self.SHORT:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """What is not asked has its usual value."""
        data = super().clean() or {}
        return {
            "min_quantity": Decimal(1),
            "warranty_months": None,
            "note": "",
            "own_public_price": None,
        } | data


class RequestForm(forms.Form):
    """Ask for a brand or a category."""

    kind = forms.ChoiceField(
        label=_("What is missing"), choices=[(kind.value, kind.label) for kind in LACKING]
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    why = forms.CharField(
        label=_("What you would offer under it"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        help_text=_("Goods, models, and where their maker names them."),
    )


class ReasonForm(forms.Form):
    """Why the operator does something with a listing; its supplier reads it."""

    reason = forms.CharField(
        label=_("Reason, for the supplier"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )
