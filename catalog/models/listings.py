"""A supplier's offer for a standard good, its reviews, and every price it has had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region, User
from catalog.listing_states import Review, Sale
from catalog.models.goods import Good
from catalog.triggers import first_standing_trigger, standing_trigger
from zcy.models import append_only_triggers
from zcy.money import MoneyField, QuantityField
from zcy.said import SaidTextField

if TYPE_CHECKING:
    from accounts.actor import Actor


class ListingQuerySet(models.QuerySet["Listing"]):
    def visible_to(self, actor: Actor) -> Self:
        """A supplier sees its own; the operator's staff all; everyone else what is searchable."""
        from accounts.roles import OPERATOR_ROLES, SUPPLIER_ROLES

        if actor.has_role(*OPERATOR_ROLES):
            return self
        if actor.has_role(*SUPPLIER_ROLES):
            return self.filter(supplier_id=actor.organisation_id)
        return self.searchable()

    def searchable(self) -> Self:
        return self.filter(sale=Sale.ON_SALE, review=Review.APPROVED)

    def not_ended(self) -> Self:
        """Not taken off for good."""
        return self.filter(models.Q(delisted_at__isnull=True) | models.Q(delisted_at__gt=Now()))

    def of_suppliers_in_good_standing(self) -> Self:
        return self.exclude(supplier__standing__suspended=True).filter(supplier__active=True)


class Listing(models.Model):
    """Orderable = on sale and (approved, or pending where the region publishes first); searchable = on sale and approved."""

    good = models.ForeignKey(Good, on_delete=models.PROTECT, related_name="listings")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="listings")
    price = MoneyField(_("price"))
    # None = unknown (an import may not say): not orderable here until the supplier states it.
    stock = QuantityField(_("stock"), null=True, blank=True)
    min_quantity = QuantityField(_("minimum quantity"), default=1)
    delivery_days = models.PositiveSmallIntegerField(_("delivery days"), null=True, blank=True)
    # Empty = everywhere; else the regions (with everything below them) that are delivered to.
    delivery_areas = models.ManyToManyField(
        Region, verbose_name=_("delivery areas"), blank=True, related_name="+"
    )
    # The paths of those regions, kept by the service, so that one query answers for a list.
    delivery_paths = ArrayField(models.CharField(max_length=80), default=list, blank=True, editable=False)
    warranty_months = models.PositiveSmallIntegerField(_("warranty in months"), null=True, blank=True)
    note = models.CharField(_("remark"), max_length=300, blank=True)
    own_public_price = MoneyField(_("own public shop price"), null=True, blank=True)
    sale = models.CharField(_("sale"), max_length=10, choices=Sale, default=Sale.DRAFT)
    review = models.CharField(_("review"), max_length=10, choices=Review, default=Review.NONE)
    listed_at = models.DateTimeField(_("listed"), null=True, blank=True)
    delisted_at = models.DateTimeField(_("delisted"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted for review"), null=True, blank=True)
    # A person rejected it or reopened its review: the checks alone do not approve it.
    needs_person = models.BooleanField(_("to be decided by a person"), db_default=False, editable=False)
    frozen_reason = models.CharField(
        _("why it is frozen"), max_length=300, blank=True, db_default="", editable=False
    )
    # An edit names the version it was made on, and is refused when a newer one came between.
    version = models.PositiveIntegerField(_("version"), default=1)
    origin = models.CharField(max_length=10, default="live", editable=False)
    source = models.CharField(_("source"), max_length=40, blank=True, editable=False)
    external_id = models.CharField(_("id at the source"), max_length=100, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price__gt=0) | models.Q(origin="imported"), name="price_is_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(stock__isnull=True) | models.Q(stock__gte=0), name="stock_is_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(min_quantity__gt=0) | models.Q(origin="imported"),
                name="minimum_quantity_is_positive",
            ),
            models.CheckConstraint(condition=models.Q(sale__in=Sale.values), name="sale_is_known"),
            models.CheckConstraint(condition=models.Q(review__in=Review.values), name="review_is_known"),
            models.CheckConstraint(
                condition=~(models.Q(sale="on_sale") & models.Q(review__in=["none", "rejected"])),
                name="on_sale_needs_a_review",
            ),
            models.UniqueConstraint(
                fields=["good", "supplier"],
                condition=models.Q(origin="live") & models.Q(delisted_at__isnull=True),
                name="supplier_offers_a_good_once",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="listing_external_id_is_unique",
            ),
        ]
        indexes = [
            models.Index(
                fields=["good", "price", "id"],
                condition=models.Q(sale="on_sale", review="approved"),
                name="listing_offers_of_good",
            ),
            models.Index(fields=["supplier", "-id"], name="listing_supplier"),
            models.Index(
                fields=["submitted_at", "id"], condition=models.Q(review="pending"), name="listing_in_review"
            ),
            models.Index(
                fields=["supplier", "id"], condition=models.Q(review="rejected"), name="listing_to_repair"
            ),
            models.Index(
                fields=["delisted_at"],
                condition=models.Q(sale="on_sale", delisted_at__isnull=False),
                name="listing_to_end",
            ),
            # The orders of a supplier's own list; none by stock, or every order would write all indexes of its listings.
            models.Index(fields=["supplier", "changed_at", "id"], name="listing_supplier_changed"),
            models.Index(fields=["supplier", "price", "id"], name="listing_supplier_price"),
        ]
        triggers = [first_standing_trigger(), standing_trigger()]

    def __str__(self) -> str:
        return f"{self.good_id} @ {self.supplier_id}"


class PriceChange(models.Model):
    """A price that a listing was given, and the one before. Before the first change its old price was in force."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="price_changes")
    at = models.DateTimeField(_("time"))
    old_price = MoneyField(_("old price"))
    new_price = MoneyField(_("new price"))
    shown_as_discount = models.BooleanField(_("shown as a discount"), null=True)
    changed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    source = models.CharField(max_length=40, blank=True, editable=False)
    row_key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["listing", "at"], name="price_change_listing"),
            BrinIndex(fields=["at"], name="price_change_at_brin"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "row_key"],
                condition=~models.Q(row_key=""),
                name="price_change_row_is_imported_once",
            )
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.listing_id}: {self.old_price} → {self.new_price}"


class ReviewDecision(models.Model):
    """What the operator's staff decided about a listing, and why."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="decisions")
    at = models.DateTimeField(_("time"), db_default=Now())
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    by_checks = models.BooleanField(_("decided by the checks"), db_default=False)
    approved = models.BooleanField(_("approved"))
    # Codes of catalog.review_reasons; the text is for the supplier.
    reasons = ArrayField(models.CharField(max_length=40), verbose_name=_("reasons"), default=list, blank=True)
    text = SaidTextField(_("what to mend"), blank=True)
    listing_version = models.PositiveIntegerField(_("version"))
    # What was decided on (edit_listing.snapshot): the next review shows what has changed since.
    values = models.JSONField(_("values"), default=dict, blank=True)

    class Meta:
        verbose_name = _("review decision")
        verbose_name_plural = _("review decisions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved=True) | models.Q(reasons__len__gt=0),
                name="rejection_has_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.listing_id}: {self.approved}"
