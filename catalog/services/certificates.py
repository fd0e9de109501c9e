"""A supplier sends the certificate of a policy label, new or renewed; the operator enters it or sends it back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Organisation
from accounts.notices import notify
from accounts.onboarding.files import CheckedFile
from accounts.roles import SUPPLIER_ROLES, Role
from catalog.errors import ListingRefused, WrongState
from catalog.good_history import snapshot
from catalog.models import (
    CatalogRequest,
    CertificatePaper,
    Good,
    GoodLabel,
    Listing,
    PolicyLabel,
    RequestKind,
    RequestState,
)
from catalog.models.good_details import ChangeKind
from catalog.review_reasons import OF_CERTIFICATES
from catalog.services.catalog_requests import due_on
from catalog.services.good_changed import good_changed
from catalog.services.refresh_alerts import refresh_alerts
from zcy import audit, clock
from zcy.errors import Conflict, Missing, NotAllowed

# Scans of forms that were never sent: so many of a supplier, for so long, wait for their form to be mended.
MOST_UNSENT: Final = 20
UNSENT_FOR: Final = timedelta(days=1)


def _supplier(actor: Actor) -> Organisation:
    if not actor.has_role(*SUPPLIER_ROLES) or actor.organisation is None:
        raise NotAllowed
    return actor.organisation


def keep_paper(*, actor: Actor, checked: CheckedFile, file_name: str) -> CertificatePaper:
    """Keep a scan while the rest of its form is mended; the supplier's forgotten ones go.

    Raises:
        NotAllowed: the actor acts for no supplier.
    """
    supplier = _supplier(actor)
    with transaction.atomic():
        unsent = CertificatePaper.objects.filter(supplier=supplier, requests=None).order_by("-id")
        kept = list(unsent.filter(uploaded_at__gt=clock.now() - UNSENT_FOR)[: MOST_UNSENT - 1])
        for paper in unsent.exclude(pk__in=[paper.pk for paper in kept]):
            transaction.on_commit(partial(default_storage.delete, paper.file))
            paper.delete()
        return CertificatePaper.objects.create(
            supplier=supplier,
            file=default_storage.save(checked.name, ContentFile(checked.content)),
            file_name=file_name.replace("\0", "")[-200:],
            sha256=checked.sha256,
            size=len(checked.content),
            uploaded_by=actor.user,
            uploaded_at=clock.now(),
        )


def send_certificate(
    *,
    actor: Actor,
    good_id: int,
    label: str,
    certificate: str,
    paper_id: int,
    issued_on: date | None = None,
    expires_on: date | None = None,
    remark: str = "",
) -> CatalogRequest:
    """Send the certificate of a label of a good that the supplier offers. Sent twice the same, it is one.

    Args:
        actor: of the supplier.
        good_id: a good of which it has a listing that has not ended.
        label: a PolicyLabel.
        certificate: its number.
        paper_id: its scan (`keep_paper`).
        issued_on: as it stands on the paper.
        expires_on: the last day on which it holds; None: it names none.
        remark: for the operator.

    Raises:
        NotAllowed: the actor acts for no supplier.
        Missing: it does not offer the good, or has no such scan.
        ListingRefused: it has ended, or is what the catalog has already.
        Conflict: another one is waiting for this label of the good.
    """
    supplier = _supplier(actor)
    if not Listing.objects.filter(supplier=supplier, good_id=good_id).not_ended().exists():
        raise Missing
    certificate = " ".join(certificate.replace("\0", " ").split())[:80]
    if label not in PolicyLabel.values or not certificate:
        raise ListingRefused(_("Say which label it is for, and its number."), field="certificate")
    if expires_on is not None and expires_on < clock.today():
        raise ListingRefused(
            _("This certificate has ended: send the one that is valid now."), field="expires_on"
        )
    known = GoodLabel.objects.filter(good_id=good_id, label=label, certificate=certificate)
    if known.filter(expires_on=expires_on).exists():
        raise ListingRefused(
            _("The catalog has this certificate with this last day already: send the renewed one."),
            field="certificate",
        )
    paper = CertificatePaper.objects.filter(pk=paper_id, supplier=supplier).first()
    if paper is None:
        raise Missing
    try:
        with transaction.atomic():
            asked = CatalogRequest.objects.create(
                supplier=supplier,
                asked_by=actor.user,
                kind=RequestKind.CERTIFICATE,
                name=certificate,
                why=remark.replace("\0", " ").strip()[:1000],
                asked_at=clock.now(),
                due_on=due_on(supplier),
                good_id=good_id,
                label=label,
                issued_on=issued_on,
                expires_on=expires_on,
                paper=paper,
            )
            audit.record(
                actor=actor,
                action="catalog_request.asked",
                subject=asked,
                data={"name": certificate, "label": label, "good": good_id, "sha256": paper.sha256},
            )
            _look_again(good_id)
    except IntegrityError as error:
        if "supplier_sends_a_certificate_once" in str(error):
            return _sent_before(supplier, good_id, label, certificate, expires_on, paper)
        raise
    return asked


def _sent_before(
    supplier: Organisation,
    good_id: int,
    label: str,
    certificate: str,
    expires_on: date | None,
    paper: CertificatePaper,
) -> CatalogRequest:
    """The request that waits already, if it is the same one: a second click.

    Raises:
        Conflict: it is another one.
    """
    waiting = (
        CatalogRequest.objects.select_related("paper")
        .filter(supplier=supplier, good_id=good_id, label=label, state=RequestState.WAITING)
        .first()
    )
    if waiting is None:
        raise Conflict(_("The certificate that you sent before was answered just now: look at the answer."))
    assert waiting.paper is not None
    now, then = (
        (certificate, expires_on, paper.sha256),
        (waiting.name, waiting.expires_on, waiting.paper.sha256),
    )
    if now == then:
        return waiting
    raise Conflict(
        _(
            "You have sent %(number)s for this label already. It is answered by %(day)s; after that you can send another."
        )
        % {"number": waiting.name, "day": waiting.due_on},
        field="label",
    )


def answer_certificate(
    *,
    actor: Actor,
    request_id: int,
    grant: bool,
    replaces: Collection[int] = (),
    reasons: Sequence[str] = (),
    answer: str = "",
) -> CatalogRequest:
    """Enter the certificate into its good, or send it back; the supplier is told.

    Args:
        actor: catalog staff.
        request_id: a certificate that waits.
        grant: enter it.
        replaces: ids of certificates of the same label of the good that it takes the place of.
        reasons: codes of `review_reasons.CERTIFICATE_REASONS`, at least one to send it back.
        answer: for the supplier; stands in the good's history where it is entered.

    Raises:
        NotAllowed: not catalog staff.
        Missing: there is no such request.
        WrongState: it has been answered.
        ListingRefused: sent back without a published reason; or it has ended while it waited.
    """
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    if not grant and (not reasons or any(code not in OF_CERTIFICATES for code in reasons)):
        raise ListingRefused(_("Choose at least one published reason."), field="reasons")
    with transaction.atomic():
        rows = CatalogRequest.objects.select_for_update(of=("self",)).select_related("supplier", "good")
        asked = rows.defer("good__search").filter(pk=request_id, kind=RequestKind.CERTIFICATE).first()
        if asked is None:
            raise Missing
        if asked.state != RequestState.WAITING:
            raise WrongState(_("This request has been answered."))
        asked.answer = answer.replace("\0", " ").strip()[:1000]
        if grant:
            _enter(actor, asked, replaces)
        asked.state = RequestState.GRANTED if grant else RequestState.DECLINED
        asked.reasons = [] if grant else list(dict.fromkeys(reasons))
        asked.answered_at, asked.answered_by = clock.now(), actor.user
        asked.save()
        audit.record(
            actor=actor,
            action=f"catalog_request.{asked.state}",
            subject=asked,
            data={"answer": asked.answer, "reasons": asked.reasons, "replaced": asked.replaced},
        )
        assert asked.good is not None
        _look_again(asked.good.pk)
        again = f"/supplier/certificates/{asked.good.pk}/?again={asked.pk}"
        notify(
            (asked.supplier, SUPPLIER_ROLES),
            f"certificate_{asked.state}",
            data={"number": asked.name, "name": asked.good.name},
            url=f"/goods/{asked.good.pk}/" if grant else again,
            key=f"catalog-request-{asked.pk}",
        )
        return asked


def _enter(actor: Actor, asked: CatalogRequest, replaces: Collection[int]) -> None:
    if asked.expires_on is not None and asked.expires_on < clock.today():
        raise ListingRefused(_("This certificate has ended while it waited: send it back."), field="reasons")
    assert asked.good_id is not None
    # Locked, so that an edit of the good at the same time writes its own difference.
    good = Good.objects.select_for_update(no_key=True).only("pk").get(pk=asked.good_id)
    before = snapshot(good.pk)
    certificates = GoodLabel.objects.filter(good=good, label=asked.label)
    older = certificates.filter(pk__in=list(replaces)).exclude(certificate=asked.name)
    asked.replaced = {
        row.certificate: str(row.expires_on or "")
        for row in [*older, *certificates.filter(certificate=asked.name)]
    }
    older.delete()
    certificates.update_or_create(
        good=good, label=asked.label, certificate=asked.name, defaults={"expires_on": asked.expires_on}
    )
    good_changed(actor=actor, good_id=good.pk, before=before, kind=ChangeKind.EDITED, note=asked.answer)


def _look_again(good_id: int) -> None:
    """Whoever offers the good is warned of its certificates, or no longer."""
    refresh_alerts(list(Listing.objects.filter(good_id=good_id).not_ended().values_list("pk", flat=True)))
