"""Forms of the supplier's back office."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from accounts.models.regions import RegionLevel
from catalog.alerts import alert_choices
from catalog.changes import BY_FIELD, WORDS
from catalog.forms.bulk import MOST_CATEGORIES
from catalog.forms.numbers import PRICE
from catalog.models import Listing, Review, Sale
from catalog.services.listing_values import MOST_DAYS, MOST_MONTHS, MOST_QUANTITY, ListingValues
from catalog.tree import category_tree

QUANTITY: Final[dict[str, Any]] = {"max_value": MOST_QUANTITY, "max_digits": 11, "decimal_places": 3}


class ListingForm(forms.Form):
    """An offer for a standard good."""

    price = forms.DecimalField(label=_("Unit price in yuan, tax included"), **PRICE)
    stock = forms.DecimalField(label=_("Stock"), min_value=0, **QUANTITY)
    min_quantity = forms.DecimalField(
        label=_("Minimum quantity"), min_value=Decimal("0.001"), initial=1, **QUANTITY
    )
    delivery_days = forms.IntegerField(label=_("Delivery days"), min_value=0, max_value=MOST_DAYS)
    delivery_areas = forms.ModelMultipleChoiceField(
        label=_("Delivery areas"),
        queryset=Region.objects.order_by("path"),
        required=False,
        help_text=_("None chosen: you deliver everywhere. A city includes its counties."),
        widget=forms.CheckboxSelectMultiple,
    )
    warranty_months = forms.IntegerField(
        label=_("Warranty in months"),
        min_value=0,
        max_value=MOST_MONTHS,
        required=False,
        help_text=WORDS[BY_FIELD["warranty_months"].needs],
    )
    own_public_price = forms.DecimalField(
        label=_("Price in your own public shop"),
        required=False,
        help_text=_("If you sell the good to everyone elsewhere: buyers should not pay more here."),
        **PRICE,
    )
    note = forms.CharField(
        label=_("Remark"),
        max_length=300,
        required=False,
        help_text=WORDS[BY_FIELD["note"].needs],
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)
    # The stock that was shown: orders may take from it while the form is open.
    stock_seen = forms.DecimalField(widget=forms.HiddenInput, required=False, min_value=0, **QUANTITY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = cast("forms.ModelMultipleChoiceField[Region]", self.fields["delivery_areas"])
        areas.choices = _by_city(areas.queryset)

    def values(self) -> ListingValues:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        return ListingValues(
            price=data["price"],
            stock=data["stock"],
            min_quantity=data["min_quantity"],
            delivery_days=data["delivery_days"],
            delivery_areas=tuple(data["delivery_areas"]),
            warranty_months=data["warranty_months"],
            note=data["note"],
            own_public_price=data["own_public_price"],
        )


def _by_city(regions: Any) -> list[tuple[str, list[tuple[int, str]]]]:
    """The regions as groups of boxes: the province, then each city with its counties."""
    groups: list[tuple[str, list[tuple[int, str]]]] = []
    for region in regions:
        if not groups or region.level != RegionLevel.COUNTY:
            groups.append((region.name, []))
        label = _("all of %(name)s") % {"name": region.name} if not groups[-1][1] else region.name
        groups[-1][1].append((region.pk, str(label)))
    return groups


def typed_from(listing: Listing) -> dict[str, Any]:
    """The values of a listing as the form's initial ones."""
    return {
        "price": listing.price,
        "stock": None if listing.stock is None else listing.stock.normalize() + 0,
        "min_quantity": listing.min_quantity.normalize() + 0,
        "delivery_days": listing.delivery_days,
        "delivery_areas": list(listing.delivery_areas.values_list("pk", flat=True)),
        "warranty_months": listing.warranty_months,
        "own_public_price": listing.own_public_price,
        "note": listing.note,
        "version": listing.version,
        "stock_seen": None if listing.stock is None else listing.stock.normalize() + 0,
    }


def leaf_choices() -> list[tuple[str, str]]:
    """(code, name) of the lowest categories, in which goods stand and from which a price rule chooses."""
    nodes = category_tree().by_id.values()
    every = len(nodes) <= MOST_CATEGORIES
    leaves = [node for node in nodes if not node.children and (every or node.goods)]
    return [(node.code, node.name) for node in sorted(leaves, key=lambda node: node.code)]


class ListingFilterForm(forms.Form):
    """Which of one's listings to see."""

    q = forms.CharField(label=_("Good"), max_length=100, required=False)
    category = forms.ChoiceField(
        label=_("Category"), required=False, choices=lambda: [("", _("all")), *leaf_choices()]
    )
    sale = forms.ChoiceField(label=_("Sale"), required=False, choices=[("", _("all")), *Sale.choices])
    review = forms.ChoiceField(label=_("Review"), required=False, choices=[("", _("all")), *Review.choices])
    mend = forms.ChoiceField(label=_("To mend"), required=False, choices=alert_choices)
