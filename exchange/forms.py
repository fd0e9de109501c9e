"""Filters of the public portal."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Grade, Region


class OpenFilter(forms.Form):
    """Region and words; a region is named by its code so that an address can be passed on."""

    region = forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.all(),
        to_field_name="code",
        required=False,
        empty_label=_("All regions"),
        error_messages={"invalid_choice": _("There is no region with this code.")},
    )
    q = forms.CharField(label=_("Words"), max_length=100, required=False)


class GradeFilter(OpenFilter):
    """Also by grade."""

    grade = forms.ChoiceField(
        label=_("Grade"), choices=[("", _("All grades")), *Grade.choices], required=False
    )
