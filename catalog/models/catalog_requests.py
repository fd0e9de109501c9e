"""What suppliers ask the catalog for: a brand or a category that it lacks, or that a label's certificate is entered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from catalog.models.categories import Category
from catalog.models.goods import Brand, Good, PolicyLabel

if TYPE_CHECKING:
    from accounts.actor import Actor


class RequestKind(models.TextChoices):
    BRAND = "brand", _("brand")
    CATEGORY = "category", _("category")
    CERTIFICATE = "certificate", _("label certificate")


# What the catalog lacks; a certificate is sent from the good that it is for.
LACKING: Final = (RequestKind.BRAND, RequestKind.CATEGORY)


class RequestState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    GRANTED = "granted", _("granted")
    DECLINED = "declined", _("declined")


CERTIFICATES_FOLDER: Final = "certificates"


class CertificatePaperQuerySet(models.QuerySet["CertificatePaper"]):
    def visible_to(self, actor: Actor) -> Self:
        """A supplier sees its own, the operator's staff what was sent, nobody else any."""
        from accounts.roles import OPERATOR_ROLES, SUPPLIER_ROLES

        if actor.has_role(*OPERATOR_ROLES):
            return self.filter(requests__isnull=False).distinct()
        if actor.has_role(*SUPPLIER_ROLES):
            return self.filter(supplier_id=actor.organisation_id)
        return self.none()


class CertificatePaper(models.Model):
    """The scan of a label's certificate, kept as it came; without a request while its form is still being mended."""

    supplier = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    # A random name in the storage; the uploader's own name is only shown.
    file = models.CharField(_("file"), max_length=100, unique=True)
    file_name = models.CharField(_("name of the file"), max_length=200)
    sha256 = models.CharField(_("hash of the file"), max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    uploaded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"), db_default=Now())

    objects = CertificatePaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("scan of a certificate")
        verbose_name_plural = _("scans of certificates")

    def __str__(self) -> str:
        return self.file_name

    @property
    def url(self) -> str:
        return f"/media/{self.file}"

    @property
    def is_picture(self) -> bool:
        return not self.file.endswith(".pdf")


class CatalogRequestQuerySet(models.QuerySet["CatalogRequest"]):
    def visible_to(self, actor: Actor) -> Self:
        """A supplier sees its own, the operator's staff all, nobody else any."""
        from accounts.roles import OPERATOR_ROLES, SUPPLIER_ROLES

        if actor.has_role(*OPERATOR_ROLES):
            return self
        if actor.has_role(*SUPPLIER_ROLES):
            return self.filter(supplier_id=actor.organisation_id)
        return self.none()


class CatalogRequest(models.Model):
    """A supplier asks for a brand or category that the catalog lacks, or sends a label's certificate.

    Answered within working days. Of a certificate the name is its number, and `why` a remark that may be empty.
    """

    supplier = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="catalog_requests")
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=RequestKind)
    name = models.CharField(_("name"), max_length=120)
    why = models.TextField(_("what you would offer under it"), max_length=1000, blank=True)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    due_on = models.DateField(_("answer due"))
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.WAITING)
    # Codes of catalog.review_reasons, where a certificate was sent back.
    reasons = ArrayField(
        models.CharField(max_length=40), verbose_name=_("reasons"), db_default=[], default=list
    )
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # What it was granted with: made for it, or there already under another name.
    brand = models.ForeignKey(Brand, on_delete=models.SET_NULL, null=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, related_name="+")

    # The label, its good and the paper that a certificate is sent for.
    good = models.ForeignKey(Good, on_delete=models.CASCADE, null=True, related_name="+")
    label = models.CharField(_("policy label"), max_length=40, choices=PolicyLabel, blank=True, db_default="")
    issued_on = models.DateField(_("issued"), null=True)
    # The last day on which it holds; empty = without an end.
    expires_on = models.DateField(_("expires"), null=True)
    paper = models.ForeignKey(
        CertificatePaper,
        on_delete=models.PROTECT,
        null=True,
        related_name="requests",
        verbose_name=_("scan of the certificate"),
    )
    # What the certificate replaced when it was granted: {certificate number: its last day or ""}.
    replaced = models.JSONField(default=dict, db_default={}, editable=False)

    objects = CatalogRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to the catalog")
        verbose_name_plural = _("requests to the catalog")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=RequestKind.values), name="request_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RequestState.values), name="request_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", answered_at__isnull=True)
                | (~models.Q(state="waiting") & models.Q(answered_at__isnull=False)),
                name="answered_request_has_a_time",
            ),
            models.UniqueConstraint(
                fields=["supplier", "kind", "name"],
                condition=models.Q(state="waiting") & ~models.Q(kind="certificate"),
                name="supplier_asks_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["supplier", "good", "label"],
                condition=models.Q(state="waiting", kind="certificate"),
                name="supplier_sends_a_certificate_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="certificate", good__isnull=False, paper__isnull=False)
                & models.Q(label__in=PolicyLabel.values)
                | (~models.Q(kind="certificate") & models.Q(good__isnull=True, paper__isnull=True, label="")),
                name="certificate_is_of_a_label_of_a_good",
            ),
            models.CheckConstraint(
                condition=models.Q(issued_on__isnull=True)
                | models.Q(expires_on__isnull=True)
                | models.Q(expires_on__gte=models.F("issued_on")),
                name="certificate_expires_after_it_was_issued",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="certificate", state="declined") | models.Q(reasons__len__gt=0),
                name="certificate_sent_back_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=models.Q(state="waiting"), name="request_waiting")
        ]

    def __str__(self) -> str:
        return self.name
