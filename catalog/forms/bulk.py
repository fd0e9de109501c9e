"""Forms of imports, exports and price rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.bulk.limits import LISTINGS
from catalog.models import Brand, Category, ImportMode, Listing, PriceStep, Review, Rounding, Sale
from catalog.tree import Node, category_tree
from zcy.uploads import LimitedFileField

# A longer list is cut to the categories in which something is offered.
MOST_CATEGORIES: Final = 600
UP, DOWN = "up", "down"


def category_choices() -> list[tuple[str, str]]:
    """(code, indented name) of the categories to choose from."""
    tree = category_tree()
    every = len(tree.by_id) <= MOST_CATEGORIES
    choices: list[tuple[str, str]] = []

    def add(node: Node) -> None:
        if every or node.goods:
            choices.append((node.code, "\u3000" * node.depth + node.name))
            for child in node.children:
                add(child)

    for root in tree.roots:
        add(root)
    return choices


class UploadForm(forms.Form):
    """A file of listings."""

    file = LimitedFileField(
        limit=LISTINGS,
        label=_("Excel workbook (.xlsx) or CSV"),
        help_text=_("At most 50 MB and 100,000 rows. Nothing changes before you have confirmed it."),
        allow_empty_file=True,
        error_messages={"required": _("Choose the file first.")},
    )
    category = forms.ChoiceField(
        label=_("Look for goods only in"),
        required=False,
        help_text=_("Where rows name their good by brand and model."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("all categories")), *category_choices()]

    def category_row(self) -> Category | None:
        """The chosen category."""
        code = self.cleaned_data.get("category")
        return Category.objects.filter(code=code).first() if code else None


class ConfirmForm(forms.Form):
    """How the previewed changes are written."""

    mode = forms.ChoiceField(
        label=_("Rows with errors"), choices=ImportMode.choices, widget=forms.RadioSelect
    )
    submit = forms.BooleanField(
        label=_("Submit new and mended listings for review"), required=False, initial=True
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=32)


class PriceRuleForm(forms.Form):
    """How prices are to change, and of which listings."""

    direction = forms.ChoiceField(
        label=_("Prices go"),
        choices=[(UP, _("up")), (DOWN, _("down"))],
        widget=forms.RadioSelect,
        initial=DOWN,
    )
    value = forms.DecimalField(
        label=_("By how much"),
        min_value=Decimal("0"),
        max_value=Decimal("999999999"),
        max_digits=11,
        decimal_places=2,
    )
    step = forms.ChoiceField(label=_("Counted in"), choices=PriceStep.choices)
    rounding = forms.ChoiceField(label=_("Round"), choices=Rounding.choices)
    q = forms.CharField(label=_("Name of the good has"), max_length=100, required=False)
    sale = forms.ChoiceField(label=_("Sale"), required=False, choices=[("", _("all")), *Sale.choices])
    review = forms.ChoiceField(label=_("Review"), required=False, choices=[("", _("all")), *Review.choices])
    category = forms.MultipleChoiceField(
        label=_("Only these categories"), required=False, widget=forms.CheckboxSelectMultiple
    )
    brand = forms.TypedMultipleChoiceField(
        label=_("Only these brands"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, supplier_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Listing.objects.filter(supplier_id=supplier_id)
        categories = Category.objects.filter(pk__in=mine.values("good__category_id")).order_by("path")
        brands = Brand.objects.filter(pk__in=mine.values("good__brand_id")).order_by("name")
        for name, choices in (
            ("category", [(row.code, row.name) for row in categories]),
            ("brand", [(row.pk, row.name) for row in brands]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices

    def clean_value(self) -> Decimal:
        """A percentage below zero would make prices negative: it says so before anything is computed."""
        value: Decimal = self.cleaned_data["value"]
        if self.data.get("step") == PriceStep.PERCENT:
            if value >= 100 and self.data.get("direction") == DOWN:
                raise forms.ValidationError(_("Less than 100 per cent can be taken off."))
            if value > 1000:
                raise forms.ValidationError(_("At most 1,000 per cent can be added."))
        return value

    def signed(self) -> Decimal:
        """The value with its direction."""
        value: Decimal = self.cleaned_data["value"]
        return -value if self.cleaned_data["direction"] == DOWN else value

    def filters(self) -> dict[str, Any]:
        """Which listings, as `chosen_listings` takes them."""
        names = ("q", "sale", "review", "category", "brand")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}
