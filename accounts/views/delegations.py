"""Who stands in for whom: one's own delegations, and for the administrator those of the organisation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actor import Actor, ActorRequest
from accounts.models import Delegation, Membership, User
from accounts.roles import SEPARATE_POWERS, OrganisationKind, Role
from accounts.services.delegate import delegate, end_delegation
from accounts.services.invite_person import ADMINISTRATOR_OF_KIND
from zcy import clock
from zcy.access import roles, signed_in
from zcy.errors import DomainError
from zcy.refusals import refuse_in_form, refuse_in_message

everybody_of_an_organisation = roles(*Role.values)
MOST = 100
# People who are known from imported history only: they cannot sign in.
NO_ACCOUNT = {"password__startswith": UNUSABLE_PASSWORD_PREFIX}


class DelegationForm(forms.Form):
    """To whom, which of one's roles, and from when until when; whole days."""

    deputy = forms.ModelChoiceField(label=gettext_lazy("stands in"), queryset=User.objects.none())
    roles = forms.MultipleChoiceField(label=gettext_lazy("roles"), widget=forms.CheckboxSelectMultiple)
    begins_on = forms.DateField(
        label=gettext_lazy("from"), widget=forms.DateInput(attrs={"type": "date"}), initial=clock.today
    )
    ends_on = forms.DateField(label=gettext_lazy("last day"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=gettext_lazy("remark"), max_length=200, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Membership.objects.filter(organisation_id=actor.organisation_id or 0)
        own = held.filter(user_id=actor.user_id or 0).values_list("role", flat=True)
        self.fields["roles"].choices = [  # type: ignore[attr-defined]
            (role.value, role.label) for role in Role if role in set(own) - set(SEPARATE_POWERS)
        ]
        colleagues = User.objects.filter(is_active=True, pk__in=held.values("user_id"))
        self.fields["deputy"].queryset = (  # type: ignore[attr-defined]
            colleagues.exclude(pk=actor.user_id or 0).exclude(**NO_ACCOUNT).order_by("name", "pk")
        )

    def clean_begins_on(self) -> date:
        """Today or later: nobody acts for others in the past."""
        begins: date = self.cleaned_data["begins_on"]
        return max(begins, clock.today())


@everybody_of_an_organisation
@require_http_methods(["GET", "POST"])
def delegations(request: ActorRequest) -> HttpResponse:
    """What one has given and taken, a form for a new one, and a button to end each."""
    actor = request.actor
    form = DelegationForm(request.POST or None, actor=actor)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                delegate(
                    actor=actor,
                    deputy=data["deputy"],
                    roles=data["roles"],
                    begins_at=max(clock.start_of(data["begins_on"]), clock.now()),
                    ends_at=clock.end_of(data["ends_on"]),
                    note=data["note"],
                )
            except DomainError as error:
                status = refuse_in_form(form, error)
            else:
                messages.success(request, _("Handed over: it ends by itself after the last day."))
                return redirect("delegations")
    administers = bool(actor.kind) and actor.has_role(ADMINISTRATOR_OF_KIND[OrganisationKind(actor.kind)])
    rows = (
        Delegation.objects.filter(organisation_id=actor.organisation_id or 0)
        if administers
        else Delegation.objects.visible_to(actor)
    )
    moment = clock.now()
    lines = [
        (row, _tone(row), row.ended_at is None and row.ends_at > moment)
        for row in rows.select_related("giver", "deputy")[:MOST]
    ]
    return render(
        request,
        "accounts/delegations.html",
        {"form": form, "lines": lines, "administers": administers},
        status=status,
    )


def _tone(row: Delegation) -> tuple[str, str]:
    moment = clock.now()
    if row.ended_at is not None:
        return "idle", _("ended early")
    if row.ends_at <= moment:
        return "idle", _("over")
    return ("good", _("running")) if row.begins_at <= moment else ("info", _("still to begin"))


@signed_in
@require_POST
def delegation_end(request: ActorRequest, pk: int) -> HttpResponse:
    """End one now."""
    try:
        end_delegation(actor=request.actor, delegation_id=pk)
    except DomainError as error:
        if error.status == 404:
            raise
        refuse_in_message(request, error)
    else:
        messages.success(request, _("Ended."))
    return redirect("delegations")
