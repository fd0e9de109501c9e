"""A supplier registers, works on its application, and hands it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import ActorRequest
from accounts.errors import ApplicationChanged, ApplicationIncomplete, NameTaken
from accounts.models import (
    Application,
    ApplicationEvent,
    ApplicationState,
    ApplicationStep,
    Licence,
    LicenceKind,
    Region,
)
from accounts.onboarding.figures import usual_days
from accounts.onboarding.files import LIMIT
from accounts.onboarding.findings import licences_for
from accounts.onboarding.forms import (
    FIELDS,
    LICENCES,
    SECTIONS,
    ApplicationForm,
    LicenceForm,
    RegistrationForm,
    as_typed,
    bound,
    gently_bound,
    labels,
    shown,
)
from accounts.roles import Role
from accounts.services.applications import (
    begin_renewal,
    discard_application,
    register_supplier,
    resume_application,
    save_draft,
    submit_application,
)
from accounts.services.licences import add_licence, remove_licence
from zcy.access import public, roles, signed_in
from zcy.errors import DomainError
from zcy.refusals import refuse_in_form, refuse_in_message
from zcy.uploads import takes_file

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public
@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
def register(request: ActorRequest) -> HttpResponse:
    """The first step: an account and the company it is for; whoever is signed in goes on where they were."""
    if request.actor.is_authenticated:
        return redirect("supplier_application")
    form = RegistrationForm(request.POST or None)
    status = 200
    if request.method == "POST":
        refused: HttpResponse | None = ratelimit.consume_or_429(request, action="register_supplier")
        if refused is not None:
            return refused
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                application = register_supplier(
                    username=data["username"],
                    password=data["password"],
                    person=data["person"].strip(),
                    email=data["email"],
                    company=data["company"].strip(),
                    region=Region.objects.get(code=data["region"]),
                )
            except NameTaken as error:
                status = refuse_in_form(form, error)
            else:
                login(request, application.applicant, backend=BACKEND)
                messages.success(
                    request,
                    _("Your account is made. State what is asked: you can save and come back at any time."),
                )
                return redirect("application", pk=application.pk)
    return render(
        request, "accounts/onboarding/register.html", {"form": form, "usual": usual_days()}, status=status
    )


@signed_in
@require_safe
def own_application(request: ActorRequest) -> HttpResponse:
    """Where one's application stands; what is in force once it is approved; without one the way to get one."""
    found = Application.objects.own(request.actor).order_by("-id")
    newest = found.open().first() or found.filter(state=ApplicationState.APPROVED).first()
    discarded = found.filter(state=ApplicationState.DISCARDED).first()
    if newest is not None and newest.state != ApplicationState.APPROVED:
        return redirect("application", pk=newest.pk)
    may_renew = request.actor.has_role(Role.SUPPLIER_ADMIN)
    organisation = request.actor.organisation if may_renew else None
    context = {
        "last": newest,
        # Only what came after the approved one: an older one is out of date.
        "discarded": discarded if discarded and (newest is None or discarded.pk > newest.pk) else None,
        "may_renew": may_renew,
        "organisation": organisation,
        "licences": organisation.licences.in_force() if organisation else [],
    }
    return render(request, "accounts/onboarding/none.html", context)


@roles(Role.SUPPLIER_ADMIN)
@require_POST
def renew(request: ActorRequest) -> HttpResponse:
    """Open the application for a renewal, or the one that is open."""
    application = begin_renewal(actor=request.actor)
    return redirect("application", pk=application.pk)


@roles(Role.SUPPLIER_ADMIN)
@never_cache
@require_http_methods(["GET", "POST"])
def discard(request: ActorRequest, pk: int) -> HttpResponse:
    """Asks once more, then gives a renewal up; it can be taken up again."""
    found = get_object_or_404(Application.objects.own(request.actor), pk=pk)
    if request.method == "POST":
        try:
            discard_application(actor=request.actor, application_id=found.pk)
        except DomainError as error:
            refuse_in_message(request, error)
            return redirect("application", pk=found.pk)
        messages.success(request, _("Discarded. What is in force stays in force; you can take it up again."))
        return redirect("supplier_application")
    if not found.is_discardable:
        return redirect("application", pk=found.pk)
    return render(
        request,
        "accounts/onboarding/discard.html",
        {"application": found, "licences": Licence.objects.of_application(found).count()},
    )


@roles(Role.SUPPLIER_ADMIN)
@require_POST
def resume(request: ActorRequest, pk: int) -> HttpResponse:
    """Take a discarded renewal up again."""
    found = get_object_or_404(Application.objects.own(request.actor), pk=pk)
    try:
        resume_application(actor=request.actor, application_id=found.pk)
    except DomainError as error:
        refuse_in_message(request, error)
        return redirect("supplier_application")
    messages.success(request, _("Here it is again, as it was."))
    return redirect("application", pk=found.pk)


@signed_in
@takes_file(LIMIT)
@never_cache
@require_http_methods(["GET", "POST"])
def application(request: ActorRequest, pk: int) -> HttpResponse:
    """The application with its remarks; every button first saves what was typed."""
    found = get_object_or_404(
        Application.objects.own(request.actor).select_related("organisation__region", "decided_by"), pk=pk
    )
    if request.method == "POST":
        return _posted(request, found)
    form = gently_bound(found.typed) if found.is_editable else None
    return _page(request, found, form=form)


def _posted(request: ActorRequest, found: Application) -> HttpResponse:
    typed = as_typed(request.POST)
    seen = request.POST.get("version", "")
    try:
        found = save_draft(
            actor=request.actor,
            application_id=found.pk,
            typed=typed,
            version=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None,
        )
    except ApplicationChanged as error:
        form = gently_bound(typed)
        form.add_error(None, str(error))
        return _page(request, found, form=form, differing=_differing(found.typed, typed), status=error.status)
    except DomainError as error:
        refuse_in_message(request, error)
        return redirect("application", pk=found.pk)
    return _done(request, found)


def _done(request: ActorRequest, found: Application) -> HttpResponse:
    """What the button asked for, now that everything typed is saved."""
    action, _colon, argument = request.POST.get("action", "save").partition(":")
    begun = action in ("submit", "save") and _licence_begun(request)
    if action == "add_licence" or begun:
        # A licence that was filled in but not uploaded yet is meant to go along, and is not lost.
        refused = _add_licence(request, found)
        if refused is not None:
            return refused
        if action != "submit":
            return _back(found, "licences")
        found.refresh_from_db()
    if action == "submit":
        return _submit(request, found)
    if action == "remove_licence" and argument.isascii() and argument.isdigit() and len(argument) < 19:
        try:
            remove_licence(actor=request.actor, application_id=found.pk, licence_id=int(argument))
        except DomainError as error:
            refuse_in_message(request, error)
        return _back(found, "licences")
    messages.success(request, _("Saved. You can go on whenever you like."))
    return redirect("application", pk=found.pk)


def _submit(request: ActorRequest, found: Application) -> HttpResponse:
    try:
        submit_application(actor=request.actor, application_id=found.pk)
    except ApplicationIncomplete as error:
        form = bound(found.typed)
        form.full_clean()
        if error.field == LICENCES or not _has_business_licence(found):
            form.add_error(None, _("Upload the business licence."))
        return _page(request, found, form=form, status=error.status)
    except DomainError as error:
        refuse_in_message(request, error)
    else:
        messages.success(request, _("Submitted. You will be told what was decided."))
    return redirect("application", pk=found.pk)


def _has_business_licence(found: Application) -> bool:
    return any(licence.kind == LicenceKind.BUSINESS for licence in licences_for(found))


def _licence_begun(request: ActorRequest) -> bool:
    typed = any(request.POST.get(f"licence-{name}") for name in ("number", "issued_on", "expires_on"))
    return typed or "licence-file" in request.FILES


def _add_licence(request: ActorRequest, found: Application) -> HttpResponse | None:
    """Keep the licence that was filled in; nothing where it went well."""
    licence_form = LicenceForm(request.POST, request.FILES, prefix="licence")
    if licence_form.is_valid():
        data = licence_form.cleaned_data
        upload = data.pop("file")
        try:
            add_licence(
                actor=request.actor,
                application_id=found.pk,
                file=upload,
                file_name=upload.name,
                size=upload.size,
                **data,
            )
        except ValidationError as error:
            licence_form.add_error("file", error)
        except DomainError as error:
            refuse_in_message(request, error)
            return redirect("application", pk=found.pk)
        else:
            messages.success(request, _("The licence is added, and the rest is saved."))
            return None
    return _page(request, found, form=gently_bound(found.typed), licence_form=licence_form, status=400)


def _back(found: Application, anchor: str) -> HttpResponse:
    response = redirect("application", pk=found.pk)
    response["Location"] += f"#{anchor}"
    return response


def _page(
    request: ActorRequest,
    found: Application,
    *,
    form: ApplicationForm | None,
    licence_form: LicenceForm | None = None,
    differing: list[tuple[Any, str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    remarks: Mapping[str, str] = found.remarks if found.state == ApplicationState.RETURNED else {}
    words = labels()
    values = shown(found.typed)
    sections = [
        (
            key,
            title,
            [
                {
                    "label": words[name],
                    "field": form[name] if form else None,
                    "value": values[name],
                    "remark": remarks.get(name, ""),
                }
                for name in names
            ],
        )
        for key, title, names in SECTIONS
    ]
    context = {
        "application": found,
        "form": form,
        "sections": sections,
        "licences": licences_for(found),
        "licence_form": licence_form or LicenceForm(prefix="licence"),
        "licence_remark": remarks.get(LICENCES, ""),
        "remarked": [(name, words[name]) for name in (*FIELDS, LICENCES) if name in remarks],
        "remark": remarks.get("", ""),
        "differing": differing,
        "events": timeline(found),
        "usual": usual_days(found.organisation.region),
    }
    return render(request, "accounts/onboarding/application.html", context, status=status)


def _differing(stored: Mapping[str, Any], typed: Mapping[str, Any]) -> list[tuple[Any, str, str]]:
    words, now, own = labels(), shown(stored), shown(typed)
    return [(words[name], now[name], own[name]) for name in FIELDS if now[name] != own[name]]


TONES = {
    ApplicationStep.APPROVED: "good",
    ApplicationStep.RETURNED: "serious",
    ApplicationStep.SUBMITTED: "info",
    ApplicationStep.DISCARDED: "watch",
}


def _told(event: ApplicationEvent) -> str:
    """The number of what was handed in, and what was said."""
    number = str(event.data.get("number", ""))
    if number and event.step == ApplicationStep.SUBMITTED:
        number = _("version %(versions)s") % {"versions": number}
    return f"{number} {event.data.get('text', '')}".strip()


def timeline(found: Application) -> list[dict[str, Any]]:
    """The steps of an application, the newest first, as the timeline draws them."""
    words = labels()
    entries = []
    for event in found.events.select_related("user").order_by("-id"):
        remarks: Mapping[str, str] = event.data.get("remarks", {})
        text = "; ".join(
            f"{words.get(field, _('in general'))}: {remark}" for field, remark in remarks.items()
        )
        entries.append(
            {
                "title": event.get_step_display(),
                "at": event.at,
                "who": event.user or "",
                "text": text or _told(event),
                "tone": TONES.get(ApplicationStep(event.step), "idle"),
            }
        )
    return entries
