"""Supervisors invite the units of their region; the invited take it up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actor import Actor, ActorRequest
from accounts.errors import NameTaken
from accounts.forms import AcceptInvitationForm, clean_uscc
from accounts.models import Region, UnitInvitation
from accounts.roles import SUPERVISOR_ROLES
from accounts.services.invite_unit import (
    InvitedUnit,
    accept_unit,
    find_unit_invitation,
    invite_unit,
    send_unit_again,
    withdraw_unit,
)
from accounts.views.onboarding import BACKEND
from zcy import clock
from zcy.access import public, roles
from zcy.errors import DomainError
from zcy.paging import KeysetPage
from zcy.refusals import refuse_in_form, refuse_in_message
from zcy.tables import Column

COLUMNS = (
    Column(gettext_lazy("unit")),
    Column(gettext_lazy("unified social credit code")),
    Column(gettext_lazy("region")),
    Column(gettext_lazy("first administrator")),
    Column(gettext_lazy("sent")),
    Column(gettext_lazy("state")),
    Column("", fixed=True),
)
STATES = {
    "open": ("watch", gettext_lazy("waits for an answer")),
    "accepted": ("good", gettext_lazy("accepted")),
    "expired": ("serious", gettext_lazy("run out")),
    "withdrawn": ("idle", gettext_lazy("withdrawn")),
}


class UnitForm(forms.Form):
    """A unit and its first administrator."""

    name = forms.CharField(label=gettext_lazy("name of the unit"), max_length=200)
    uscc = forms.CharField(label=gettext_lazy("unified social credit code"), max_length=40)
    region = forms.ModelChoiceField(label=gettext_lazy("region"), queryset=Region.objects.none())
    address = forms.CharField(label=gettext_lazy("address"), max_length=300, required=False)
    manager_name = forms.CharField(label=gettext_lazy("first administrator"), max_length=150)
    manager_email = forms.EmailField(label=gettext_lazy("e-mail"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor.region is not None:
            self.fields["region"].queryset = Region.objects.below(actor.region).order_by("path")  # type: ignore[attr-defined]
            self.fields["region"].initial = actor.region.pk

    def clean_uscc(self) -> str:
        """The code by its check digit."""
        return clean_uscc(self.cleaned_data["uscc"])


@roles(*SUPERVISOR_ROLES)
@require_http_methods(["GET", "POST"])
def units(request: ActorRequest) -> HttpResponse:
    """Units that were invited, with their state, and a form for the next one."""
    form = UnitForm(request.POST or None, actor=request.actor)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                invited = invite_unit(actor=request.actor, **form.cleaned_data)
            except DomainError as error:
                status = refuse_in_form(form, error)
            else:
                return _shown_once(request, invited)
    rows = UnitInvitation.objects.visible_to(request.actor).select_related("region", "invited_by")
    state, text = request.GET.get("state", ""), request.GET.get("q", "").replace("\0", "").strip()
    if state in STATES:
        rows = rows.filter(_condition(state))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(uscc=text.upper()))
    page = KeysetPage.of(rows, request.GET, order=("-id",))
    return render(
        request,
        "accounts/units.html",
        {
            "form": form,
            "page": page,
            "columns": COLUMNS,
            "lines": [(row, *STATES[row.state], row.state in ("open", "expired")) for row in page],
            "states": [(key, words) for key, (_tone, words) in STATES.items()],
            "state": state,
            "text": text,
        },
        status=status,
    )


def _condition(state: str) -> Q:
    waiting = Q(accepted_at=None, withdrawn_at=None)
    return {
        "accepted": Q(accepted_at__isnull=False),
        "withdrawn": Q(withdrawn_at__isnull=False),
        "expired": waiting & Q(expires_at__lte=clock.now()),
        "open": waiting & Q(expires_at__gt=clock.now()),
    }[state]


def _shown_once(request: ActorRequest, invited: InvitedUnit) -> HttpResponse:
    link = request.build_absolute_uri(reverse("unit_invitation", args=[invited.token]))
    return render(request, "accounts/unit_invited.html", {"invitation": invited.invitation, "link": link})


@roles(*SUPERVISOR_ROLES)
@require_POST
def unit_again(request: ActorRequest, pk: int) -> HttpResponse:
    """A new link for an invitation that got lost or ran out."""
    try:
        return _shown_once(request, send_unit_again(actor=request.actor, invitation_id=pk))
    except DomainError as error:
        if error.status == 404:
            raise
        refuse_in_message(request, error)
    return redirect("units")


@roles(*SUPERVISOR_ROLES)
@require_POST
def unit_withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Close an invitation."""
    try:
        withdraw_unit(actor=request.actor, invitation_id=pk)
    except DomainError as error:
        if error.status == 404:
            raise
        refuse_in_message(request, error)
    else:
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("units")


@public
@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
def unit_invitation(request: ActorRequest, token: str) -> HttpResponse:
    """Take up the invitation of a unit: with a new account, or with the one that is signed in."""
    found = find_unit_invitation(token)
    user = request.actor.user
    form = AcceptInvitationForm(request.POST or None)
    status = 200
    if request.method == "POST" and (user is not None or form.is_valid()):
        typed = {} if user else {key: form.cleaned_data[key] for key in ("username", "password")}
        try:
            organisation, member = accept_unit(token=token, user=user, **typed)
        except NameTaken as error:
            status = refuse_in_form(form, error)
        except DomainError as error:
            status = error.status
            messages.error(request, str(error))
        else:
            if user is None:
                login(request, member, backend=BACKEND)
            messages.success(request, _("Welcome to %(name)s.") % {"name": organisation.name})
            return redirect("home")
    elif request.method == "POST":
        status = 400
    return render(
        request, "accounts/unit_invitation.html", {"form": form, "invitation": found}, status=status
    )
