"""Forms of the credit pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.models import Component

DIRECTIONS = (("", _("all")), ("up", _("raises the score")), ("down", _("lowers the score")))


class ContributionFilter(forms.Form):
    """Which contributions are shown."""

    component = forms.ChoiceField(label=_("Component"), required=False)
    direction = forms.ChoiceField(label=_("Effect"), required=False, choices=DIRECTIONS)

    def __init__(self, *args: object, names: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["component"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("all")), *((name, Component(name).label) for name in names)]
        for bound in self.fields.values():
            bound.widget.attrs["class"] = "form-select"
