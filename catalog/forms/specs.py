"""Fields of a form for the attributes of a category: a specification is filled in, never written as an object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.attributes import Attribute
from catalog.models import AttributeType

PREFIX: Final = "attr_"
REMOVED: Final = "removed_keys"
LONGEST: Final = 300


def spec_fields(attributes: Iterable[Attribute], spec: Mapping[str, Any]) -> dict[str, forms.Field]:
    """One field for each attribute, by its name in the form, and one to take away what the schema does not know."""
    known = list(attributes)
    fields = {f"{PREFIX}{attribute.key}": _field(attribute, spec.get(attribute.key)) for attribute in known}
    others = unknown_values(spec, known)
    if others:
        fields[REMOVED] = forms.MultipleChoiceField(
            label=gettext_lazy("Take away"),
            choices=[(key, f"{key}: {value}") for key, value in others.items()],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=gettext_lazy(
                "The category does not know these. They stay unless you choose them here."
            ),
        )
    return fields


def spec_initial(attributes: Iterable[Attribute], spec: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields show of a specification."""
    return {
        f"{PREFIX}{attribute.key}": _shown(spec[attribute.key])
        for attribute in attributes
        if spec.get(attribute.key) not in (None, "", [])
    }


def read_spec(
    attributes: Iterable[Attribute], cleaned: Mapping[str, Any], before: Mapping[str, Any]
) -> dict[str, Any]:
    """The specification that was filled in; what the schema does not know is kept unless it was taken away."""
    known = list(attributes)
    removed = set(cleaned.get(REMOVED) or ())
    spec = {key: value for key, value in unknown_values(before, known).items() if key not in removed}
    for attribute in known:
        name = f"{PREFIX}{attribute.key}"
        # What is in error stays as it was.
        value = _read(attribute, cleaned[name]) if name in cleaned else before.get(attribute.key)
        if value not in (None, ""):
            spec[attribute.key] = value
    return spec


def unknown_values(spec: Mapping[str, Any], attributes: Iterable[Attribute]) -> dict[str, Any]:
    """What a specification says beyond its category's attributes."""
    known = {attribute.key for attribute in attributes}
    return {key: value for key, value in spec.items() if key not in known and value not in (None, "")}


def _field(attribute: Attribute, value: Any) -> forms.Field:
    options: dict[str, Any] = {
        "label": f"{attribute.label} ({attribute.unit})" if attribute.unit else attribute.label,
        "required": attribute.required,
        "help_text": gettext_lazy("key attribute") if attribute.is_key else "",
    }
    if attribute.type == AttributeType.NUMBER:
        return forms.DecimalField(
            max_digits=15,
            decimal_places=6,
            error_messages={"invalid": _invalid_number(attribute)},
            widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
            **options,
        )
    if attribute.type == AttributeType.BOOLEAN:
        choices = [("", "–"), ("true", gettext_lazy("yes")), ("false", gettext_lazy("no"))]
        return forms.ChoiceField(choices=choices, **options)
    if attribute.type == AttributeType.CHOICE and attribute.choices:
        if value not in (None, "", []) and str(value) not in attribute.choices:
            options["help_text"] = _("So far: %(value)s, which the category no longer allows.") % {
                "value": value
            }
        return forms.ChoiceField(choices=[("", "–"), *((c, c) for c in attribute.choices)], **options)
    return forms.CharField(max_length=LONGEST, **options)


def _invalid_number(attribute: Attribute) -> str:
    if attribute.unit:
        return _("Write a number; the unit is %(unit)s.") % {"unit": attribute.unit}
    return _("Write a number.")


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "、".join(str(item) for item in value) if isinstance(value, list) else value


def _read(attribute: Attribute, value: Any) -> Any:
    if value in (None, ""):
        return None
    if attribute.type == AttributeType.BOOLEAN:
        return value == "true"
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
