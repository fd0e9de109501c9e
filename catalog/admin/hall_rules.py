"""The form of a rule of admission: what it asks for is chosen by name, never typed as a code."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib.admin import site
from django.forms import ModelForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models.organisations import OrganisationSize
from catalog.halls.rules import RuleKind, is_county_code, kinds
from catalog.models import Category, Good, GoodOrigin, HallRule, OriginCounty, PolicyLabel
from zcy.admin_site import ForgivingAutocompleteMultiple

# What values are chosen from; a rule takes one or two of them (`RuleKind.takes`).
CHOOSERS: Final = ("labels", "sizes", "categories", "provinces", "counties", "share")


class HallRuleForm(ModelForm[HallRule]):
    """A rule and what it asks for. A script shows the choosers of the chosen rule only; without it all stand there."""

    kind = forms.ChoiceField(label=gettext_lazy("Rule"))
    labels = forms.MultipleChoiceField(
        label=gettext_lazy("Policy labels"),
        choices=PolicyLabel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sizes = forms.MultipleChoiceField(
        label=gettext_lazy("Sizes of suppliers"),
        choices=OrganisationSize.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    categories = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Categories"),
        queryset=Category.objects.all(),
        required=False,
        # The administration looks for rows of a relation; that of a standard good leads to the categories.
        widget=ForgivingAutocompleteMultiple(Good._meta.get_field("category"), site),
    )
    provinces = forms.MultipleChoiceField(
        label=gettext_lazy("Provinces"), required=False, widget=forms.CheckboxSelectMultiple
    )
    counties = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Counties"),
        queryset=OriginCounty.objects.all(),
        required=False,
        widget=ForgivingAutocompleteMultiple(GoodOrigin._meta.get_field("county"), site),
        help_text=gettext_lazy("Without province and county: every county of the list of 832."),
    )
    share = forms.CharField(
        label=gettext_lazy("Least share"),
        max_length=10,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}),
        help_text=gettext_lazy("Above 0 and at most 1, such as 0.5."),
    )

    class Meta:
        model = HallRule
        fields = ("kind",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *((kind.name, kind.label) for kind in kinds)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        found = OriginCounty.objects.order_by("province").values_list("province", flat=True).distinct()
        self.fields["provinces"].choices = [(name, name) for name in found]  # type: ignore[attr-defined]
        for name in CHOOSERS:
            takers = " ".join(kind.name for kind in kinds if name in kind.takes)
            self.fields[name].widget.attrs["data-for-kinds"] = takers
        if self.instance.pk and self.instance.kind in kinds:
            self._show(kinds[self.instance.kind], list(self.instance.values))

    def _show(self, kind: RuleKind, values: list[str]) -> None:
        """Mark what the stored rule asks for, and name what is not known any more."""
        for name in kind.takes:
            known = _known(name, values)
            self.initial[name] = next(iter(known.values()), "") if name == "share" else list(known.values())
            values = [value for value in values if value not in known]
        if values and kind.takes:
            self.fields[kind.takes[0]].help_text = _(
                "Not known any more, and left out when the rule is changed: %(values)s."
            ) % {"values": "、".join(values)}

    def clean(self) -> dict[str, Any]:
        """Only what the rule takes, and something where it needs something."""
        data = super().clean() or {}
        if data.get("kind") not in kinds:
            return data
        kind = kinds[str(data["kind"])]
        values: list[str] = []
        for name in CHOOSERS:
            if not (chosen := data.get(name)):
                continue
            if name not in kind.takes:
                self.add_error(
                    name,
                    _("The rule “%(rule)s” does not ask for this: take it away, or choose another rule.")
                    % {"rule": kind.label},
                )
            else:
                values += _stored(name, chosen)
        if any(name in self.errors for name in kind.takes):
            return data
        if kind.needs_values and not values:
            self.add_error(kind.takes[0], _("This rule needs a value."))
        elif values and (wrong := kind.wrong(values)):
            self.add_error(kind.takes[0], wrong)
        self.instance.values = values
        return data


def _known(name: str, values: list[str]) -> dict[str, Any]:
    """Stored value → what the chooser of that name marks for it."""
    if name == "categories":
        return dict(Category.objects.filter(code__in=values).values_list("code", "pk"))
    if name == "counties":
        codes = [value for value in values if is_county_code(value)]
        return dict(OriginCounty.objects.filter(code__in=codes).values_list("code", "pk"))
    if name == "provinces":
        known = OriginCounty.objects.filter(province__in=values).values_list("province", flat=True)
        return {value: value for value in set(known)}
    if name == "share":
        return {value: value for value in values[:1]}
    choices = PolicyLabel.values if name == "labels" else OrganisationSize.values
    return {value: value for value in values if value in choices}


def _stored(name: str, chosen: Any) -> list[str]:
    """The values that are kept for what was chosen."""
    if name in ("categories", "counties"):
        return sorted(row.code for row in chosen)
    return [str(chosen).strip()] if name == "share" else list(chosen)
