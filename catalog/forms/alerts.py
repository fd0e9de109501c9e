"""Forms of a supplier's notices, and the table that mends many listings at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.forms.listings import QUANTITY
from catalog.forms.numbers import PRICE
from catalog.models import AlertSettings, Listing
from catalog.services.mend_listings import Mend


class AlertSettingsForm(forms.ModelForm[AlertSettings]):
    """From when on a supplier wants to be told."""

    class Meta:
        model = AlertSettings
        fields = ("days_left", "low_stock", "above_lowest")
        help_texts: Final = {
            "days_left": _("Stock is low when less is left than is sold in so many days."),
            "low_stock": _("… or when no more than this is left; 0: only what is sold out."),
            "above_lowest": _(
                "A price no longer competes when it lies more than so much above the lowest offer."
            ),
        }


class MendForm(forms.Form):
    """One listing of the table; what is left as it was seen is not changed."""

    listing = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    price_seen = forms.DecimalField(widget=forms.HiddenInput, required=False)
    stock_seen = forms.DecimalField(widget=forms.HiddenInput, required=False)
    low_stock_seen = forms.DecimalField(widget=forms.HiddenInput, required=False)
    price = forms.DecimalField(label=_("Unit price"), **PRICE)
    stock = forms.DecimalField(label=_("Stock"), min_value=0, required=False, **QUANTITY)
    low_stock = forms.DecimalField(label=_("Low at"), min_value=0, required=False, **QUANTITY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("price", "stock", "low_stock"):
            self.fields[name].widget = forms.TextInput(
                attrs={"inputmode": "decimal", "size": "9", "maxlength": "14", "class": "form-control"}
            )

    def clean_stock(self) -> Decimal | None:
        """A stock that is known cannot be made unknown."""
        stock: Decimal | None = self.cleaned_data["stock"]
        if stock is None and self.cleaned_data.get("stock_seen") is not None:
            raise forms.ValidationError(_("State the stock; 0 if there is none."))
        return stock

    @property
    def changed_fields(self) -> list[str]:
        """Which of price, stock and line were changed."""
        data = self.cleaned_data
        return [name for name in ("price", "stock", "low_stock") if data[name] != data[f"{name}_seen"]]

    def mend(self) -> Mend:
        """What was typed, as the service takes it."""
        data, changed = self.cleaned_data, self.changed_fields
        return Mend(
            listing_id=data["listing"],
            version=data["version"],
            price=data["price"] if "price" in changed else None,
            stock=data["stock"] if "stock" in changed else None,
            stock_seen=data["stock_seen"],
            low_stock=data["low_stock"] if "low_stock" in changed else None,
            no_line="low_stock" in changed and data["low_stock"] is None,
        )


MendFormSet = forms.formset_factory(MendForm, extra=0, max_num=100, absolute_max=100, validate_max=True)


def seen_of(listing: Listing) -> dict[str, Any]:
    """A listing as the table first shows it."""
    threshold = getattr(listing, "threshold", None)
    stock = _plain(listing.stock)
    line = _plain(threshold.low_stock) if threshold else None
    return {
        "listing": listing.pk,
        "version": listing.version,
        "price": listing.price,
        "price_seen": listing.price,
        "stock": stock,
        "stock_seen": stock,
        "low_stock": line,
        "low_stock_seen": line,
    }


def _plain(quantity: Decimal | None) -> str | None:
    return None if quantity is None else f"{quantity.normalize():f}"
