"""Prices seen elsewhere: where, when, under which terms, with what proof; and what suppliers say against them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from catalog.models.goods import Good
from zcy.money import MoneyField, QuantityField

if TYPE_CHECKING:
    from accounts.actor import Actor


class ReferenceKind(models.TextChoices):
    """Where a price was seen, in the order in which equals are taken."""

    MAKER = "maker", _("maker")
    OWN_SHOP = "own_shop", _("large shop, own sale")
    OTHER_SHOP = "other_shop", _("other shop")
    SURVEY = "survey", _("survey")


class ReferenceState(models.TextChoices):
    VALID = "valid", _("valid")
    CONTESTED = "contested", _("contested")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Grade(models.TextChoices):
    """How far a reference price can be compared with an offer here; empty = the sender gave no terms."""

    A = "A", _("A: same terms")
    B = "B", _("B: one term differs")
    C = "C", _("C: some terms differ")
    D = "D", _("D: hardly comparable")


class ReferencePriceQuerySet(models.QuerySet["ReferencePrice"]):
    def visible_to(self, actor: Actor) -> Self:
        """Reference prices are public; withdrawn ones are seen by the operator's staff."""
        from accounts.roles import OPERATOR_ROLES

        return self if actor.has_role(*OPERATOR_ROLES) else self.exclude(state=ReferenceState.WITHDRAWN)


class ReferencePrice(models.Model):
    """A price of a standard good outside the platform, in yuan per unit of the good."""

    good = models.ForeignKey(
        Good, verbose_name=_("standard good"), on_delete=models.CASCADE, related_name="reference_prices"
    )
    seen_at = models.CharField(_("seen at"), max_length=100)
    kind = models.CharField(_("kind of source"), max_length=12, choices=ReferenceKind)
    price = MoneyField(_("price"))
    observed_at = models.DateTimeField(_("seen on"))
    # None = not known.
    in_stock = models.BooleanField(_("in stock"), null=True, blank=True)
    tax_included = models.BooleanField(_("tax included"), null=True, blank=True)
    freight_included = models.BooleanField(_("freight included"), null=True, blank=True)
    installation_included = models.BooleanField(_("installation included"), null=True, blank=True)
    warranty_months = models.PositiveSmallIntegerField(_("warranty in months"), null=True, blank=True)
    quantity = QuantityField(_("quantity"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    url = models.URLField(_("address of the page"), max_length=500, blank=True)
    proof = models.FileField(_("proof"), upload_to="references/", blank=True)
    proof_sha256 = models.CharField(_("SHA-256 of the proof"), max_length=64, blank=True, editable=False)
    captured_by = models.ForeignKey(
        User,
        verbose_name=_("captured by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    captured_at = models.DateTimeField(_("captured"), db_default=Now())
    grade = models.CharField(_("comparability"), max_length=1, choices=Grade, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=ReferenceState, default=ReferenceState.VALID, editable=False
    )
    # Rows of a market's reference_prices.csv; the terms are not known there.
    source = models.CharField(_("source"), max_length=40, blank=True, editable=False)
    row_key = models.CharField(max_length=64, blank=True, editable=False)

    objects = ReferencePriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("reference price")
        verbose_name_plural = _("reference prices")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price__gt=0) | ~models.Q(row_key=""),
                name="reference_price_is_positive",
                violation_error_message=_("A price is above zero."),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ReferenceState.values), name="reference_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["source", "row_key"],
                condition=~models.Q(row_key=""),
                name="reference_row_is_imported_once",
            ),
        ]
        indexes = [models.Index(fields=["good", "-observed_at"], name="reference_of_good")]

    def __str__(self) -> str:
        return f"{self.good_id} {self.seen_at} ¥{self.price}"


class ReferenceContest(models.Model):
    """A supplier says why a reference price does not hold, with counter-proof; the operator decides."""

    reference = models.ForeignKey(
        ReferencePrice, verbose_name=_("reference price"), on_delete=models.CASCADE, related_name="contests"
    )
    supplier = models.ForeignKey(
        Organisation, verbose_name=_("supplier"), on_delete=models.CASCADE, related_name="+"
    )
    contested_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("time"), db_default=Now())
    text = models.TextField(_("what is wrong"), max_length=2000)
    proof = models.FileField(_("counter-proof"), upload_to="references/contests/", blank=True)
    proof_sha256 = models.CharField(_("SHA-256 of the counter-proof"), max_length=64, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    upheld = models.BooleanField(_("upheld"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("contest of a reference price")
        verbose_name_plural = _("contests of reference prices")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "supplier"],
                condition=models.Q(decided_at__isnull=True),
                name="supplier_contests_a_reference_once",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, upheld__isnull=True)
                | models.Q(decided_at__isnull=False, upheld__isnull=False),
                name="contest_is_decided_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference_id}: {self.supplier_id}"


class FetchState(models.TextChoices):
    DONE = "done", _("done")
    FAULTY = "faulty", _("with faults")
    FAILED = "failed", _("failed")


class ReferenceFetch(models.Model):
    """One reading of the configured source of reference prices, as the operator's staff look it up."""

    source = models.CharField(_("source"), max_length=200)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"))
    state = models.CharField(_("state"), max_length=10, choices=FetchState)
    files = models.PositiveIntegerField(_("files"), default=0)
    kept = models.PositiveIntegerField(_("new rows"), default=0)
    known = models.PositiveIntegerField(_("known rows"), default=0)
    wrong = models.PositiveIntegerField(_("wrong rows"), default=0)
    # Why nothing could be read at all.
    error = models.TextField(_("error"), blank=True)
    # For each file: {"name", "kept", "known", "wrong", "error", "rows": [[line, column, value, remedy]]}.
    details = models.JSONField(_("details"), default=list, blank=True)

    class Meta:
        verbose_name = _("fetch of reference prices")
        verbose_name_plural = _("fetches of reference prices")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=FetchState.values), name="reference_fetch_state_is_known"
            ),
        ]
        indexes = [models.Index(fields=["started_at"], name="reference_fetch_started")]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M}"
