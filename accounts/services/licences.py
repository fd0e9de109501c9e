"""Licences are uploaded with an application; what is accepted says until when a supplier may trade."""

from __future__ import annotations

from datetime import date
from typing import IO, Final

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Application, ApplicationStep, Licence, LicenceKind, Organisation
from accounts.onboarding.files import check_file
from accounts.services.applications import note, own_application
from zcy import clock
from zcy.errors import Missing

MOST_LICENCES: Final = 40
# With those that were taken out again: their files stay.
MOST_UPLOADS: Final = 120


def add_licence(
    *,
    actor: Actor,
    application_id: int,
    kind: str,
    number: str,
    file: IO[bytes],
    file_name: str,
    size: int,
    issued_on: date | None = None,
    expires_on: date | None = None,
) -> Licence:
    """Keep a licence with its file.

    Raises:
        Missing, NotEditable: not the actor's application, or in review.
        ValidationError: the file may not be kept, or there are too many.
    """
    checked = check_file(file, size)
    with transaction.atomic():
        application = own_application(actor, application_id)
        assert actor.user is not None
        if Licence.objects.of_application(application).count() >= MOST_LICENCES:
            raise ValidationError(_("There are 40 licences already: remove what is not needed."))
        if application.licences.count() >= MOST_UPLOADS:
            raise ValidationError(
                _("Too many files were uploaded for this application: ask the onboarding staff.")
            )
        saved = default_storage.save(checked.name, ContentFile(checked.content))
        licence = Licence.objects.create(
            organisation_id=application.organisation_id,
            application=application,
            kind=LicenceKind(kind),
            number=number.strip(),
            issued_on=issued_on,
            expires_on=expires_on,
            file=saved,
            file_name=file_name.replace("\0", "")[-200:],
            sha256=checked.sha256,
            size=len(checked.content),
            uploaded_by=actor.user,
        )
        _changed(application)
        note(
            application,
            ApplicationStep.LICENCE_ADDED,
            actor,
            kind=licence.kind,
            number=licence.number,
            sha256=licence.sha256,
        )
    return licence


def remove_licence(*, actor: Actor, application_id: int, licence_id: int) -> None:
    """Take a licence out of an application; the file stays, because an earlier version may name it.

    Raises:
        Missing, NotEditable: not the actor's application or licence, or in review.
    """
    with transaction.atomic():
        application = own_application(actor, application_id)
        licence = Licence.objects.of_application(application).filter(pk=licence_id).first()
        if licence is None:
            raise Missing
        licence.removed_at = clock.now()
        licence.save(update_fields=["removed_at"])
        _changed(application)
        note(application, ApplicationStep.LICENCE_REMOVED, actor, kind=licence.kind, number=licence.number)


def _changed(application: Application) -> None:
    application.version += 1
    application.save(update_fields=["version"])


def accept_licences(application: Application) -> None:
    """Put an approved application's licences into force; each replaces the older ones of its kind and number's kind.

    Of business licences there is one; of other kinds those with the same number are replaced.
    """
    moment = clock.now()
    fresh = list(Licence.objects.of_application(application).filter(accepted_at__isnull=True))
    for licence in fresh:
        older: QuerySet[Licence] = Licence.objects.in_force().filter(
            organisation_id=application.organisation_id, kind=licence.kind
        )
        if licence.kind != LicenceKind.BUSINESS:
            older = older.filter(number=licence.number)
        older.exclude(pk__in=[other.pk for other in fresh]).update(replaced_at=moment)
    Licence.objects.filter(pk__in=[licence.pk for licence in fresh]).update(accepted_at=moment)
    follow_licences(application.organisation)


def follow_licences(organisation: Organisation) -> None:
    """Set until when the organisation may trade: the latest end of its business licences; none ends it never.

    A permit or certificate that runs out concerns some goods, not the trade as a whole: it is noticed, nothing more.
    """
    ends = list(
        Licence.objects.in_force()
        .filter(organisation=organisation, kind=LicenceKind.BUSINESS)
        .values_list("expires_on", flat=True)
    )
    if not ends:
        return
    known = [end for end in ends if end is not None]
    organisation.licence_expires_on = max(known) if len(known) == len(ends) else None
    organisation.save(update_fields=["licence_expires_on"])
