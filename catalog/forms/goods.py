"""Forms of the public pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import QuantityBand, Tier


class GoodForm(forms.Form):
    """What the address of a good may ask for: the order of its offers, and the deals to compare with."""

    sort = forms.ChoiceField(
        label=_("Sort"),
        required=False,
        choices=[("price", _("Price")), ("delivery", _("Delivery")), ("grade", _("Credit"))],
    )
    tier = forms.TypedChoiceField(
        label=_("Tier of the region"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(0, _("all")), *Tier.choices],
    )
    band = forms.TypedChoiceField(
        label=_("Quantity ordered"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(0, _("all")), *QuantityBand.choices],
    )

    quantity = forms.DecimalField(
        label=_("Quantity"), required=False, min_value=Decimal("0.001"), max_digits=12, decimal_places=3
    )

    def wanted(self, *, own_tier: int) -> dict[str, Any]:
        """What was asked for and can be meant; without a word about the tier the reader's own."""
        self.is_valid()
        data = self.cleaned_data
        tier = data.get("tier")
        return {
            "sort": data.get("sort") or "price",
            "tier": own_tier if tier is None else tier,
            "band": data.get("band") or 0,
            "quantity_wanted": data.get("quantity"),
        }
