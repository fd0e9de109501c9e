"""Forms of supervisors, buyers and suppliers about warnings and rules."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from supervision.rules import RULES
from supervision.vocabulary import Dimension, DismissalReason, Severity, Verdict, WarningState

if TYPE_CHECKING:
    from accounts.actor import Actor
    from accounts.models import User
    from supervision.models import Warning

ANY = ("", _("all"))


class WarningFilter(forms.Form):
    """The filters of the work list; a value that is not offered is ignored and said to be so."""

    view = forms.ChoiceField(
        label=_("List"),
        required=False,
        choices=[
            ("live", _("waiting")),
            ("decided", _("decided")),
            ("suppressed", _("suppressed")),
            ("historic", _("historic")),
            ("unit_errors", _("unit errors")),
        ],
    )
    dimension = forms.ChoiceField(label=_("Dimension"), required=False, choices=[ANY, *Dimension.choices])
    severity = forms.TypedChoiceField(
        label=_("Severity"), required=False, choices=[ANY, *Severity.choices], coerce=int, empty_value=None
    )
    region = forms.ModelChoiceField(
        label=_("Region"),
        required=False,
        queryset=Region.objects.none(),
        to_field_name="code",
        empty_label=_("all"),
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *WarningState.choices])
    rule = forms.ChoiceField(label=_("Rule"), required=False)
    deadline = forms.ChoiceField(
        label=_("Deadline"),
        required=False,
        choices=[ANY, ("overdue", _("overdue")), ("today", _("today")), ("week", _("in 7 days"))],
    )
    mine = forms.BooleanField(label=_("assigned to me"), required=False)
    q = forms.CharField(label=_("Number or name"), required=False, max_length=100)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor.region is not None:
            self.fields["region"].queryset = Region.objects.below(actor.region)  # type: ignore[attr-defined]
        self.fields["rule"].choices = [ANY, *((slug, rule.title) for slug, rule in RULES.items())]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The valid filters."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)}


class AssignForm(forms.Form):
    assignee = forms.TypedChoiceField(label=_("Responsible"), coerce=int)

    def __init__(self, people: list[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].choices = [(user.pk, str(user)) for user in people]  # type: ignore[attr-defined]


class RequestForm(forms.Form):
    sides = forms.MultipleChoiceField(label=_("Ask"), widget=forms.CheckboxSelectMultiple)
    question = forms.CharField(label=_("Question"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, warning: Warning, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sides = [("buyer", warning.buyer), ("supplier", warning.supplier)]
        self.fields["sides"].choices = [(side, who.name) for side, who in sides if who is not None]  # type: ignore[attr-defined]


class VerifyForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Decision"), choices=Verdict.choices, widget=forms.RadioSelect)
    dismissal_reason = forms.ChoiceField(
        label=_("Reason, where dismissed"), choices=[("", "–"), *DismissalReason.choices], required=False
    )
    text = forms.CharField(label=_("Grounds"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)


class EscalateForm(forms.Form):
    text = forms.CharField(
        label=_("Why the lead should decide"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )


class SuppressForm(forms.Form):
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=180, initial=90)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)


class ExplainForm(forms.Form):
    text = forms.CharField(
        label=_("Explanation"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        help_text=_("What happened and why; name documents that show it. The supervisor reads exactly this."),
    )


class VersionForm(forms.Form):
    """A draft version: one field for each parameter of the rule that a region may set."""

    region = forms.ModelChoiceField(label=_("Region"), queryset=Region.objects.none())
    effective_from = forms.DateField(label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}))
    effective_to = forms.DateField(
        label=_("In force to"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    legal_basis = forms.CharField(
        label=_("Legal basis"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )

    def __init__(self, slug: str, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = RULES[slug]
        if actor.region is not None:
            self.fields["region"].queryset = Region.objects.below(actor.region)  # type: ignore[attr-defined]
        for entry in fields(rule.parameters):
            if entry.name in rule.regional():
                down = entry.metadata["tighter"] == "down"
                hint = _("smaller is tighter") if down else _("larger is tighter")
                kind = forms.IntegerField if isinstance(entry.default, int) else forms.FloatField
                self.fields[entry.name] = kind(
                    label=entry.metadata["label"], required=False, min_value=0, help_text=hint
                )
