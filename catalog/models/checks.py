"""What the automatic checks said about listings, the words they look for, and how people marked them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models.listings import Listing
from zcy.said import SaidCharField

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Finding(models.TextChoices):
    """“Could not be checked” is never “clear”."""

    CLEAR = "clear", _("clear")
    DOUBT = "doubt", _("doubtful")
    BLOCK = "block", _("not allowed")
    NOT_COMPUTABLE = "not_computable", _("could not be checked")


class CheckVerdict(models.Model):
    """What one check said about one version of a listing."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="verdicts")
    listing_version = models.PositiveIntegerField(_("version"))
    # Code of a check in catalog.checks.
    check_code = models.CharField(_("check"), max_length=40)
    finding = models.CharField(_("finding"), max_length=14, choices=Finding)
    # Code of catalog.review_reasons; empty where nothing is to be mended.
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    saw = SaidCharField(_("what was seen"), max_length=300, blank=True)
    at = models.DateTimeField(_("time"), db_default=Now())

    class Meta:
        verbose_name = _("verdict of a check")
        verbose_name_plural = _("verdicts of checks")
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "listing_version", "check_code"], name="check_says_one_thing_of_a_version"
            ),
            models.CheckConstraint(condition=models.Q(finding__in=Finding.values), name="finding_is_known"),
            models.CheckConstraint(
                condition=models.Q(finding__in=["clear", "not_computable"]) | ~models.Q(reason=""),
                name="doubt_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["check_code", "-at"],
                condition=models.Q(finding__in=["doubt", "block"]),
                name="verdict_doubts_of_check",
            )
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} v{self.listing_version} {self.check_code}: {self.finding}"

    @property
    def reason_title(self) -> str | _StrPromise:
        from catalog.review_reasons import BY_CODE

        return BY_CODE[self.reason].title if self.reason in BY_CODE else ""

    @property
    def remedy(self) -> str | _StrPromise:
        from catalog.review_reasons import BY_CODE

        return BY_CODE[self.reason].remedy if self.reason in BY_CODE else ""


class WordKind(models.TextChoices):
    SUPERLATIVE = "superlative", _("superlative that advertising law forbids")
    CONTACT = "contact", _("contact or place off the platform")
    FORBIDDEN = "forbidden", _("thing that may not be offered")
    ADVERTISING = "advertising", _("advertising that is no fact")


class CheckedWord(models.Model):
    """A word that the checks look for in what a supplier writes. Kept by the operator."""

    word = models.CharField(_("word"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=WordKind)
    blocks = models.BooleanField(
        _("not allowed at all"), default=False, help_text=_("Otherwise a person decides.")
    )
    active = models.BooleanField(_("in use"), default=True)
    # Shipped with the platform: switched off instead of deleted, so that an update does not bring it back.
    shipped = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("checked word")
        verbose_name_plural = _("checked words")
        ordering = ["kind", "word"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=WordKind.values), name="word_kind_is_known"),
            models.CheckConstraint(
                condition=~models.Q(word=""),
                name="checked_word_says_something",
                violation_error_message=_("Write the word that is looked for."),
            ),
        ]

    def __str__(self) -> str:
        return self.word


class MarkedVerdict(models.Model):
    """A verdict of the machine drawn by chance for a person to mark; the draw can be repeated from seed and share."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="marked_verdicts")
    listing_version = models.PositiveIntegerField(_("version"))
    # Code of the check that doubted; APPROVAL for "all is well".
    check_code = models.CharField(_("check"), max_length=40)
    finding = models.CharField(_("finding"), max_length=14, choices=Finding)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    saw = SaidCharField(_("what was seen"), max_length=300, blank=True)
    # What was judged (edit_listing.snapshot).
    values = models.JSONField(_("values"), default=dict)
    seed = models.CharField(_("seed"), max_length=40)
    share = models.DecimalField(_("share drawn"), max_digits=5, decimal_places=4)
    drawn_at = models.DateTimeField(_("drawn"), db_default=Now())
    right = models.BooleanField(_("right"), null=True)
    marked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    marked_at = models.DateTimeField(_("marked"), null=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("verdict to mark")
        verbose_name_plural = _("verdicts to mark")
        ordering = ["drawn_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "listing_version", "check_code"], name="verdict_is_drawn_once"
            ),
            models.CheckConstraint(
                condition=models.Q(right__isnull=True, marked_at__isnull=True)
                | models.Q(right__isnull=False, marked_at__isnull=False),
                name="mark_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["drawn_at", "id"], condition=models.Q(right__isnull=True), name="verdict_to_mark"
            )
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} v{self.listing_version} {self.check_code}"
