"""A supplier registers, states what is asked, saves at any time, and submits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.errors import AnotherOpen, ApplicationChanged, ApplicationIncomplete, NameTaken, NotEditable
from accounts.models import (
    Application,
    ApplicationEvent,
    ApplicationKind,
    ApplicationState,
    ApplicationStep,
    ApplicationVersion,
    Organisation,
    Region,
    SupplierProfile,
    User,
)
from accounts.onboarding.findings import licences_for
from accounts.onboarding.forms import ApplicationForm, bound
from accounts.roles import OrganisationKind, Role
from zcy import audit, clock
from zcy.errors import Missing, NotAllowed


def register_supplier(
    *, username: str, password: str, person: str, email: str, company: str, region: Region
) -> Application:
    """Make the account, the company (which cannot do anything yet) and its application.

    Raises:
        NameTaken: somebody else took the user name at the same moment.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    username=username, password=password, name=person, email=email
                )
        except IntegrityError as error:
            raise NameTaken(field="username") from error
        organisation = Organisation.objects.create(
            kind=OrganisationKind.SUPPLIER, name=company, region=region, active=False
        )
        application = Application.objects.create(
            organisation=organisation,
            kind=ApplicationKind.FIRST,
            applicant=user,
            typed={"name": company, "region": region.code, "contact_name": person, "contact_email": email},
        )
        note(application, ApplicationStep.REGISTERED, Actor(user=user))
    return application


def begin_renewal(*, actor: Actor) -> Application:
    """Open the application with which an admitted supplier renews its licences or changes what it stated.

    The one that is open already is given back, so that two clicks make one.

    Raises:
        NotAllowed: not an administrator of a supplier.
    """
    if not actor.has_role(Role.SUPPLIER_ADMIN) or actor.organisation is None or actor.user is None:
        raise NotAllowed
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(pk=actor.organisation.pk)
        known = Application.objects.open().filter(organisation=organisation).first()
        if known is not None:
            return known
        application = Application.objects.create(
            organisation=organisation,
            kind=ApplicationKind.RENEWAL,
            applicant=actor.user,
            typed=_stated(organisation),
        )
        note(application, ApplicationStep.BEGUN, actor)
    return application


def _stated(organisation: Organisation) -> dict[str, Any]:
    """What the platform knows of a supplier, as its people would type it."""
    profile = SupplierProfile.objects.filter(organisation=organisation).first()
    founded = organisation.founded_on
    typed: dict[str, Any] = {
        "name": organisation.name,
        "uscc": organisation.uscc,
        "region": organisation.region.code,
        "size": organisation.size,
        "legal_person": organisation.legal_person,
        "founded_on": founded.isoformat() if founded else "",
        "address": organisation.address,
        "phone": organisation.phone,
    }
    if profile is not None:
        for name in ("contact_name", "contact_phone", "contact_email", "bank_name", "bank_account"):
            typed[name] = getattr(profile, name)
        typed["delivery_regions"] = list(profile.delivery_regions.values_list("code", flat=True))
        typed["categories"] = list(profile.categories)
    return typed


def save_draft(
    *, actor: Actor, application_id: int, typed: Mapping[str, Any], version: int | None = None
) -> Application:
    """Keep what was typed, right or not yet.

    Args:
        actor: the applicant, or an administrator of the supplier.
        application_id: an application that is not in review.
        typed: field → text, or list of texts.
        version: that was typed over; None: whatever it is.

    Raises:
        Missing: no application of the actor's.
        NotEditable: in review or approved.
        ApplicationChanged: a colleague saved in between.
    """
    with transaction.atomic():
        application = own_application(actor, application_id)
        if version is not None and application.version != version:
            raise ApplicationChanged
        if application.typed != dict(typed):
            application.typed = dict(typed)
            application.version += 1
            application.save(update_fields=["typed", "version"])
    return application


def submit_application(*, actor: Actor, application_id: int) -> ApplicationVersion:
    """Hand the application in as it stands; what is submitted is kept as a version.

    Raises:
        Missing: no application of the actor's.
        NotEditable: in review or approved.
        ApplicationIncomplete: a field or the business licence is missing or wrong.
    """
    with transaction.atomic():
        application = own_application(actor, application_id)
        assert actor.user is not None
        require_complete(application)
        number = application.versions.count() + 1
        version = ApplicationVersion.objects.create(
            application=application,
            number=number,
            values=application.typed,
            licences=[
                audit.plain(
                    {
                        "id": licence.pk,
                        "kind": licence.kind,
                        "number": licence.number,
                        "issued_on": licence.issued_on,
                        "expires_on": licence.expires_on,
                        "sha256": licence.sha256,
                    }
                )
                for licence in licences_for(application)
            ],
            submitted_by=actor.user,
        )
        application.state = ApplicationState.SUBMITTED
        application.submitted_at = clock.now()
        application.opened_by = application.opened_at = None
        application.version += 1
        application.save(update_fields=["state", "submitted_at", "opened_by", "opened_at", "version"])
        note(application, ApplicationStep.SUBMITTED, actor, number=number)
    return version


def require_complete(application: Application) -> ApplicationForm:
    """The form of an application that may be submitted.

    Raises:
        ApplicationIncomplete: it may not.
    """
    form = bound(application.typed)
    if not form.is_valid():
        raise ApplicationIncomplete
    licences = licences_for(application)
    if not any(licence.kind == "business" for licence in licences):
        raise ApplicationIncomplete(field="licences")
    return form


def discard_application(*, actor: Actor, application_id: int) -> Application:
    """Give up a renewal that is not in review: what is in force stays, and so does what was typed. A second click
    changes nothing.

    Raises:
        Missing: no application of the actor's.
        NotEditable: a first application, or in review or approved.
    """
    with transaction.atomic():
        application = _locked(actor, application_id)
        if application.state == ApplicationState.DISCARDED:
            return application
        if not application.is_discardable:
            raise NotEditable
        _move(application, ApplicationState.DISCARDED)
        note(application, ApplicationStep.DISCARDED, actor)
    return application


def resume_application(*, actor: Actor, application_id: int) -> Application:
    """Take a discarded renewal up again where it was; a second click changes nothing.

    Raises:
        Missing: no application of the actor's.
        AnotherOpen: the supplier has begun another one since.
        NotEditable: it was not discarded.
    """
    with transaction.atomic():
        application = _locked(actor, application_id)
        if application.is_editable:
            return application
        if application.state != ApplicationState.DISCARDED:
            raise NotEditable
        # As in begin_renewal: of two that are opened at once one comes second.
        Organisation.objects.select_for_update().get(pk=application.organisation_id)
        if Application.objects.open().filter(organisation=application.organisation_id).exists():
            raise AnotherOpen
        sent_back = application.submitted_at is not None
        _move(application, ApplicationState.RETURNED if sent_back else ApplicationState.DRAFT)
        note(application, ApplicationStep.RESUMED, actor)
    return application


def _move(application: Application, state: ApplicationState) -> None:
    application.state = state
    application.version += 1
    application.save(update_fields=["state", "version"])


def own_application(actor: Actor, application_id: int) -> Application:
    """The actor's application, locked, if it may still be changed.

    Raises:
        Missing, NotEditable: see above.
    """
    found = _locked(actor, application_id)
    if not found.is_editable:
        raise NotEditable
    return found


def _locked(actor: Actor, application_id: int) -> Application:
    found = (
        Application.objects.own(actor).select_for_update(of=("self",)).filter(pk=application_id).first()
        if actor.user_id
        else None
    )
    if found is None:
        raise Missing
    return found


def note(application: Application, step: ApplicationStep, actor: Actor | None, **data: Any) -> None:
    """Write a step into the history and the audit."""
    ApplicationEvent.objects.create(
        application=application, step=step, user=actor.user if actor else None, data=audit.plain(data)
    )
    audit.record(actor=actor, action=f"application.{step.value}", subject=application, data=data)
