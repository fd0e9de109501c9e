"""What a listing was before, and what suppliers ask the catalog for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from catalog.models.categories import Category
from catalog.models.goods import Brand
from catalog.models.listings import Listing
from zcy.models import append_only_triggers

if TYPE_CHECKING:
    from accounts.actor import Actor


class ListingVersion(models.Model):
    """The values of a listing at one of its versions, and who wrote them. Never changed."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField(_("version"))
    at = models.DateTimeField(_("time"), db_default=Now())
    # Code of catalog.transitions.Action; empty for what was found, not written (an imported listing before its edit).
    action = models.CharField(_("action"), max_length=10, blank=True)
    changed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    sale = models.CharField(_("sale"), max_length=10)
    review = models.CharField(_("review"), max_length=10)
    # edit_listing.snapshot
    values = models.JSONField(_("values"))
    note = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("version of a listing")
        verbose_name_plural = _("versions of listings")
        ordering = ["-version", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "version"], name="listing_version_is_written_once")
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.listing_id} v{self.version}"


class RequestKind(models.TextChoices):
    BRAND = "brand", _("brand")
    CATEGORY = "category", _("category")


class RequestState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    GRANTED = "granted", _("granted")
    DECLINED = "declined", _("declined")


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
    """A supplier asks for a brand or category that the catalog lacks; answered within working days."""

    supplier = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="catalog_requests")
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=RequestKind)
    name = models.CharField(_("name"), max_length=120)
    why = models.TextField(_("what you would offer under it"), max_length=1000)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    due_on = models.DateField(_("answer due"))
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.WAITING)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # What it was granted with: made for it, or there already under another name.
    brand = models.ForeignKey(Brand, on_delete=models.SET_NULL, null=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = CatalogRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a brand or category")
        verbose_name_plural = _("requests for brands and categories")
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
                condition=models.Q(state="waiting"),
                name="supplier_asks_once_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=models.Q(state="waiting"), name="request_waiting")
        ]

    def __str__(self) -> str:
        return self.name
