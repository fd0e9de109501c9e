"""The onboarding staff send an application back field by field, or approve it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.errors import (
    ApplicationChanged,
    ApplicationIncomplete,
    CodeTaken,
    NotEditable,
    OwnOrganisation,
    StillExcluded,
)
from accounts.models import (
    Application,
    ApplicationKind,
    ApplicationState,
    ApplicationStep,
    ExclusionEntry,
    Membership,
    Organisation,
    Region,
    SupplierProfile,
    User,
)
from accounts.notices import notify
from accounts.onboarding.findings import findings_of
from accounts.onboarding.forms import REMARKABLE
from accounts.roles import Role
from accounts.services.applications import note, require_complete
from accounts.services.exclusions import follow_exclusions
from accounts.services.licences import accept_licences
from zcy import clock
from zcy.errors import Missing, NotAllowed

# So long a review counts as open after its page was last looked at.
OPEN_FOR: Final = timedelta(minutes=15)
LONGEST: Final = 1000


def open_review(*, actor: Actor, application: Application) -> User | None:
    """Note that the actor looks at an application; returns who else has it open just now."""
    moment = clock.now()
    other = application.opened_by
    recently = application.opened_at is not None and application.opened_at > moment - OPEN_FOR
    if other is not None and other.pk != actor.user_id and recently:
        return other
    Application.objects.filter(pk=application.pk, state=ApplicationState.SUBMITTED).update(
        opened_by_id=actor.user_id, opened_at=moment
    )
    return None


def return_application(
    *, actor: Actor, application_id: int, remarks: Mapping[str, str], text: str = "", version: int
) -> Application:
    """Send an application back with a remark beside each field that has to be mended.

    Args:
        actor: onboarding staff.
        application_id: an application in review.
        remarks: field → what is wrong and what to do; empty ones are left out.
        text: for the application as a whole.
        version: that was looked at.

    Raises:
        NotAllowed, OwnOrganisation, Missing, NotEditable, ApplicationChanged: see `_in_review`.
        ApplicationIncomplete: no field has a remark.
    """
    given = {
        field: remark.strip()[:LONGEST]
        for field, remark in remarks.items()
        if field in REMARKABLE and remark.strip()
    }
    with transaction.atomic():
        application = _in_review(actor, application_id, version)
        if not given:
            raise ApplicationIncomplete(_("Write a remark beside at least one field that has to be mended."))
        application.state = ApplicationState.RETURNED
        application.remarks = {**given, **({"": text.strip()[:LONGEST]} if text.strip() else {})}
        _decided(application, actor)
        note(application, ApplicationStep.RETURNED, actor, remarks=application.remarks)
        notify(
            _people_of(application),
            "application_returned",
            data={"name": application.typed.get("name", ""), "n": len(given)},
            url=f"/suppliers/application/{application.pk}/",
            key=f"application-{application.pk}-{application.version}",
        )
    return application


def approve_application(*, actor: Actor, application_id: int, version: int, text: str = "") -> Application:
    """Admit the supplier, or take over what it renewed.

    The organisation gets what was submitted and may trade; the applicant becomes its first administrator; the
    licences are in force; and the applicant is told.

    Args:
        actor: onboarding staff.
        application_id: an application in review.
        version: that was looked at.
        text: why, where the machine has serious findings.

    Raises:
        NotAllowed, OwnOrganisation, Missing, NotEditable, ApplicationChanged: see `_in_review`.
        ApplicationIncomplete: something is missing, wrong or expired; or a serious finding is left without a word.
        StillExcluded: the company stands on the exclusion list.
        CodeTaken: another organisation has the code.
    """
    with transaction.atomic():
        application = _in_review(actor, application_id, version)
        values = require_complete(application).cleaned_data
        serious = [finding for finding in findings_of(application) if finding.tone == "serious"]
        if ExclusionEntry.objects.in_force().filter(uscc=values["uscc"]).exists():
            raise StillExcluded
        blocking = [finding.text for finding in serious if finding.blocks]
        if blocking:
            raise ApplicationIncomplete(" ".join(blocking))
        if serious and not text.strip():
            raise ApplicationIncomplete(
                _("The checklist has serious findings: write why you approve all the same."), field="text"
            )
        organisation = Organisation.objects.select_for_update().get(pk=application.organisation_id)
        application.organisation = organisation
        _take_over(organisation, values)
        _profile(application, values)
        application.state = ApplicationState.APPROVED
        application.remarks = {}
        _decided(application, actor)
        accept_licences(application)
        follow_exclusions(organisations=[organisation.pk])
        if application.kind == ApplicationKind.FIRST:
            Membership.objects.get_or_create(
                user_id=application.applicant_id, organisation=organisation, role=Role.SUPPLIER_ADMIN
            )
        findings = [finding.text for finding in serious]
        note(application, ApplicationStep.APPROVED, actor, text=text.strip()[:LONGEST], findings=findings)
        notify(
            _people_of(application),
            "application_approved",
            data={"name": organisation.name},
            url="/",
            key=f"application-{application.pk}-{application.version}",
            organisation=organisation,
        )
    return application


def _in_review(actor: Actor, application_id: int, version: int) -> Application:
    """The application, locked.

    Raises:
        NotAllowed: not onboarding staff.
        Missing: there is none.
        OwnOrganisation: it is the actor's own.
        NotEditable: it is not in review (any more).
        ApplicationChanged: it changed since it was looked at.
    """
    if not actor.has_role(Role.ONBOARDING) or actor.user is None:
        raise NotAllowed
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=application_id)
        .first()
    )
    if application is None:
        raise Missing
    # Whoever applied, submitted a version, or works there.
    if (
        application.applicant_id == actor.user_id
        or application.versions.filter(submitted_by_id=actor.user_id).exists()
        or Membership.objects.filter(user=actor.user, organisation_id=application.organisation_id).exists()
    ):
        raise OwnOrganisation
    if application.state != ApplicationState.SUBMITTED:
        raise NotEditable(_("This application is not in review any more."))
    if application.version != version:
        raise ApplicationChanged
    return application


def _decided(application: Application, actor: Actor) -> None:
    application.decided_at = clock.now()
    application.decided_by = actor.user
    application.opened_by = application.opened_at = None
    application.version += 1
    application.save()


def _take_over(organisation: Organisation, values: Mapping[str, Any]) -> None:
    for name in ("name", "uscc", "size", "legal_person", "founded_on", "address", "phone"):
        setattr(organisation, name, values[name])
    organisation.region = Region.objects.get(code=values["region"])
    organisation.active = True
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as error:
        raise CodeTaken from error


def _profile(application: Application, values: Mapping[str, Any]) -> None:
    named = {
        name: values[name]
        for name in (
            "contact_name",
            "contact_phone",
            "contact_email",
            "bank_name",
            "bank_account",
            "categories",
        )
    }
    moment = clock.now()
    profile = SupplierProfile.objects.filter(organisation_id=application.organisation_id).first()
    if profile is None and application.kind == ApplicationKind.RENEWAL:
        # An imported supplier was admitted elsewhere: its time to the first listing says nothing of this platform.
        profile = SupplierProfile(
            organisation_id=application.organisation_id,
            registered_at=application.organisation.created_at,
            admitted_at=application.organisation.created_at,
            first_listing_at=application.organisation.created_at,
        )
    elif profile is None:
        profile = SupplierProfile(
            organisation_id=application.organisation_id,
            registered_at=application.created_at,
            admitted_at=moment,
        )
    for name, value in named.items():
        setattr(profile, name, value)
    profile.save()
    profile.delivery_regions.set(Region.objects.filter(code__in=values["delivery_regions"]))


def _people_of(application: Application) -> list[int]:
    """The applicant, and the administrators that there are already."""
    held = Membership.objects.filter(
        organisation_id=application.organisation_id, role=Role.SUPPLIER_ADMIN, user__is_active=True
    )
    return sorted({application.applicant_id, *held.values_list("user_id", flat=True)})
