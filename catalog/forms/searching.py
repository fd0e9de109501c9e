"""What a person types about favourites, saved searches and demands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import DemandState
from catalog.models.searching import LONGEST_QUERY


class FavouriteForm(forms.Form):
    """In which list, and why."""

    list = forms.TypedChoiceField(label=_("List"), coerce=int)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, lists: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["list"]
        assert isinstance(choices, forms.TypedChoiceField)
        choices.choices = lists


class FavouriteListForm(forms.Form):
    """A list of favourites."""

    name = forms.CharField(label=_("Name"), max_length=60)
    shared = forms.BooleanField(label=_("My colleagues may read it"), required=False)


class SavedSearchForm(forms.Form):
    """A name for a search."""

    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.CharField(widget=forms.HiddenInput, max_length=2000)


class DemandForm(forms.Form):
    """What is wanted, how much, until when, and whom to ask."""

    query = forms.CharField(label=_("What do you need"), max_length=LONGEST_QUERY)
    quantity = forms.DecimalField(
        label=_("Quantity"), max_digits=12, decimal_places=3, min_value=0, required=False
    )
    need_by = forms.DateField(
        label=_("Needed by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    contact = forms.CharField(
        label=_("Contact"), max_length=120, help_text=_("Name and telephone number for questions.")
    )
    note = forms.CharField(
        label=_("Requirements"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Model, specification, what it is for."),
    )
    category = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    filters = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)

    def clean_quantity(self) -> Any:
        """Nothing at all is no quantity."""
        quantity = self.cleaned_data["quantity"]
        if quantity is not None and quantity <= 0:
            raise forms.ValidationError(_("The quantity is more than 0."))
        return quantity


class DecideDemandForm(forms.Form):
    """What the catalog's staff answer."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_QUERY)
    state = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (DemandState.ANSWERED, _("It can be bought now")),
            (DemandState.CLOSED, _("It will not be offered")),
        ],
        widget=forms.RadioSelect,
    )
    good = forms.IntegerField(
        label=_("Number of the standard good"), required=False, min_value=1, max_value=2**63 - 1,
        help_text=_("From its address: /goods/…/"),
    )  # fmt: skip
    # Of the goods that were looked for beside the number; it goes before a number that was typed.
    picked = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("Answer to those who asked"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """The good that was picked, else the one whose number was typed."""
        data = super().clean() or {}
        data["good"] = data.get("picked") or data.get("good")
        return data
