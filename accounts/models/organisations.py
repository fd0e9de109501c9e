"""Buyers' units, suppliers, finance bureaus and the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.regions import Region
from accounts.roles import OrganisationKind

if TYPE_CHECKING:
    from accounts.actor import Actor


class OrganisationSize(models.TextChoices):
    MICRO = "micro", _("micro")
    SMALL = "small", _("small")
    MEDIUM = "medium", _("medium-sized")
    LARGE = "large", _("large")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def suppliers(self) -> Self:
        return self.filter(kind=OrganisationKind.SUPPLIER)

    def buyers(self) -> Self:
        return self.filter(kind=OrganisationKind.BUYER)

    def visible_to(self, actor: Actor) -> OrganisationQuerySet:
        """An organisation's own people see it whole; supervisors those of their region; the operator's staff all."""
        from accounts.visibility import organisations_visible_to

        return organisations_visible_to(self, actor)


class Organisation(models.Model):
    """A legal entity that takes part."""

    kind = models.CharField(_("kind"), max_length=12, choices=OrganisationKind)
    name = models.CharField(_("name"), max_length=200)
    # 统一社会信用代码 (GB 32100): checked by its check digit in forms; an import may lack it.
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="organisations")
    # Free text where an import brings a code that is not known.
    size = models.CharField(_("size"), max_length=20, blank=True)
    legal_person = models.CharField(_("legal person"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    founded_on = models.DateField(_("founded"), null=True, blank=True)
    licence_expires_on = models.DateField(_("licence expires"), null=True, blank=True)
    excluded_from = models.DateField(_("excluded from"), null=True, blank=True)
    excluded_to = models.DateField(_("excluded to"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)
    # Two organisations of one group (related suppliers: rule-definitions.md) share the smallest id among them.
    related_group = models.BigIntegerField(_("related group"), null=True, editable=False)
    source = models.CharField(_("source"), max_length=40, blank=True, editable=False)
    external_id = models.CharField(_("id at the source"), max_length=100, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now())

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganisationKind.values) | ~models.Q(source=""),
                name="organisation_kind_is_known",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="organisation_external_id_is_unique",
            ),
            models.UniqueConstraint(
                fields=["kind", "uscc"],
                condition=~models.Q(uscc="") & models.Q(source=""),
                name="organisation_credit_code_is_unique",
                violation_error_message=_(
                    "Another organisation of this kind has this unified social credit code already."
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "region"], name="organisation_kind_region"),
            models.Index(fields=["uscc"], name="organisation_uscc"),
            models.Index(fields=["related_group"], name="organisation_related_group"),
            GinIndex(OpClass("name", name="gin_trgm_ops"), name="organisation_name_trigram"),
        ]

    def __str__(self) -> str:
        return self.name


class Shareholding(models.Model):
    """Who holds how much of an organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="shareholdings")
    # A person's name, or another organisation of the platform.
    holder_name = models.CharField(_("holder"), max_length=200, blank=True)
    holder = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="holdings"
    )
    share = models.DecimalField(_("share (0–1)"), max_digits=7, decimal_places=6)
    source = models.CharField(_("source"), max_length=40, blank=True, editable=False)
    row_key = models.CharField(_("row at the source"), max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("shareholding")
        verbose_name_plural = _("shareholdings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share__gte=0) & models.Q(share__lte=1),
                name="share_is_between_0_and_1",
                violation_error_message=_("A share lies between 0 and 1: write 0.25 for a quarter."),
            ),
            models.CheckConstraint(
                condition=models.Q(holder__isnull=False) | ~models.Q(holder_name=""),
                name="shareholding_has_a_holder",
                violation_error_message=_(
                    "Choose the organisation that holds the share, or write the name of the holder."
                ),
            ),
            models.UniqueConstraint(
                fields=["source", "row_key"],
                condition=~models.Q(row_key=""),
                name="shareholding_row_is_imported_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder_name or self.holder_id} {self.share}"
