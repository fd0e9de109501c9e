"""An organisation's administrator manages its people; the invited take up their invitation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actor import ActorRequest
from accounts.errors import NameTaken
from accounts.forms import AcceptInvitationForm, InvitationForm, RolesForm
from accounts.models import Invitation, Membership, User
from accounts.services.change_memberships import set_roles
from accounts.services.invite_person import (
    ADMINISTRATOR_OF_KIND,
    Invited,
    accept_invitation,
    find_invitation,
    invite_again,
    invite_person,
    withdraw_invitation,
)
from zcy.access import public, roles
from zcy.errors import DomainError
from zcy.refusals import refuse_in_form, refuse_in_message

administrators = roles(*ADMINISTRATOR_OF_KIND.values())


@administrators
@require_http_methods(["GET", "POST"])
def people(request: ActorRequest) -> HttpResponse:
    """The people of the organisation, open invitations, and a form for a new one."""
    form = InvitationForm(request.POST or None, kind=request.actor.kind)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                invited = invite_person(actor=request.actor, **form.cleaned_data)
            except DomainError as error:
                status = refuse_in_form(form, error)
            else:
                return _shown_once(request, invited)
    return render(request, "accounts/people.html", {"form": form, **_people_of(request)}, status=status)


def _shown_once(request: ActorRequest, invited: Invited) -> HttpResponse:
    link = request.build_absolute_uri(reverse("invitation", args=[invited.token]))
    return render(request, "accounts/invited.html", {"invitation": invited.invitation, "link": link})


@administrators
@require_POST
def invite_once_more(request: ActorRequest, pk: int) -> HttpResponse:
    """A new link for an invitation that got lost or ran out."""
    found = get_object_or_404(Invitation, pk=pk, organisation_id=request.actor.organisation_id or 0)
    try:
        return _shown_once(request, invite_again(actor=request.actor, invitation=found))
    except DomainError as error:
        refuse_in_message(request, error)
    return redirect("people")


def _people_of(request: ActorRequest) -> dict[str, Any]:
    held = Membership.objects.filter(organisation_id=request.actor.organisation_id or 0).select_related(
        "user"
    )
    by_person: dict[User, list[Membership]] = {}
    for membership in held.order_by("user__name", "user_id", "id"):
        by_person.setdefault(membership.user, []).append(membership)
    # Those that have run out too: a new link opens them again.
    invitations = Invitation.objects.filter(
        accepted_at=None, withdrawn_at=None, organisation_id=request.actor.organisation_id or 0
    ).order_by("-id")
    return {"people": list(by_person.items()), "invitations": invitations}


@administrators
@require_http_methods(["GET", "POST"])
def person(request: ActorRequest, pk: int) -> HttpResponse:
    """The roles of one of the organisation's people; without any the person leaves it."""
    colleague = get_object_or_404(User, pk=pk, memberships__in=_memberships(request, pk)[:1])
    held = list(_memberships(request, pk).values_list("role", flat=True))
    form = RolesForm(request.POST or None, kind=request.actor.kind, initial={"roles": held})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            wanted = [] if "remove" in request.POST else form.cleaned_data["roles"]
            try:
                set_roles(actor=request.actor, user=colleague, roles=wanted)
            except DomainError as error:
                status = refuse_in_form(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("people")
    return render(request, "accounts/person.html", {"form": form, "person": colleague}, status=status)


def _memberships(request: ActorRequest, user_id: int) -> Any:
    return Membership.objects.filter(organisation_id=request.actor.organisation_id or 0, user_id=user_id)


@administrators
@require_POST
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Close an open invitation."""
    invitation = get_object_or_404(Invitation, pk=pk, organisation_id=request.actor.organisation_id or 0)
    try:
        withdraw_invitation(actor=request.actor, invitation=invitation)
    except DomainError as error:
        refuse_in_message(request, error)
    else:
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("people")


@public
@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
def invitation(request: ActorRequest, token: str) -> HttpResponse:
    """Take up an invitation: with a new account, or with the one that is signed in."""
    found = find_invitation(token)
    user = request.actor.user
    form = AcceptInvitationForm(request.POST or None)
    status = 200
    if request.method == "POST" and (user is not None or form.is_valid()):
        typed = {} if user else {key: form.cleaned_data[key] for key in ("username", "password")}
        try:
            member = accept_invitation(token=token, user=user, **typed)
        except NameTaken as error:
            status = refuse_in_form(form, error)
        except DomainError as error:
            status = error.status
            messages.error(request, str(error))
        else:
            if user is None:
                login(request, member, backend="allauth.account.auth_backends.AuthenticationBackend")
            messages.success(request, _("Welcome to %(name)s.") % {"name": found.organisation.name})
            return redirect("home")
    elif request.method == "POST":
        status = 400
    return render(request, "accounts/invitation.html", {"form": form, "invitation": found}, status=status)
