"""Changes of many listings at once: from a file, from a price rule, or taking such a change back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from catalog.models.categories import Category
from catalog.models.goods import Good
from catalog.models.listings import Listing
from zcy.money import MoneyField, QuantityField

if TYPE_CHECKING:
    from accounts.actor import Actor


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("waiting to be read")
    READING = "reading", _("being read")
    PREVIEW = "preview", _("to be confirmed")
    APPLYING = "applying", _("being written")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("stopped")


WORKING = (ImportState.UPLOADED, ImportState.READING, ImportState.APPLYING)
OPEN = (*WORKING, ImportState.PREVIEW)


class ImportMode(models.TextChoices):
    ALL = "all", _("all or nothing")
    GOOD = "good", _("good rows only")


class Verdict(models.TextChoices):
    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    SAME = "same", _("unchanged")
    ERROR = "error", _("error")
    CONFLICT = "conflict", _("changed meanwhile")


class PriceStep(models.TextChoices):
    PERCENT = "percent", _("per cent")
    AMOUNT = "amount", _("yuan")


class Rounding(models.TextChoices):
    CENT = "cent", _("to the cent")
    TENTH = "tenth", _("to 0.10")
    WHOLE = "whole", _("to whole yuan (.00)")
    NINETY = "ninety", _("to .90")
    NINETY_NINE = "ninety_nine", _("to .99")


class OwnQuerySet(models.QuerySet["ListingImport"]):
    def visible_to(self, actor: Actor) -> Self:
        """A supplier's people see what their supplier has imported; nobody else does."""
        from accounts.roles import SUPPLIER_ROLES

        if actor.has_role(*SUPPLIER_ROLES) and actor.organisation_id:
            return self.filter(supplier_id=actor.organisation_id)
        return self.none()


class PriceRule(models.Model):
    """How prices are to change: by per cent or yuan, rounded, of which listings. Never changed once written."""

    supplier = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="price_rules")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), db_default=Now())
    step = models.CharField(_("change by"), max_length=10, choices=PriceStep)
    # Signed: -5 is five per cent (or yuan) less.
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2)
    rounding = models.CharField(_("rounding"), max_length=12, choices=Rounding, default=Rounding.CENT)
    # Which listings, as the addresses of the list carry it: q, sale, review, category (codes), brand (ids).
    filters = models.JSONField(_("only these"), default=dict)

    class Meta:
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        constraints = [
            models.CheckConstraint(condition=models.Q(step__in=PriceStep.values), name="price_step_is_known"),
            models.CheckConstraint(
                condition=models.Q(rounding__in=Rounding.values), name="rounding_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value:+} {self.step}"


class ListingImport(models.Model):
    """One change of many listings: read, previewed, confirmed, written, with its progress and its counts."""

    supplier = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="listing_imports")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    confirmed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # Where the rows come from: a file, a rule, or an import that is taken back.
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    stored_as = models.CharField(max_length=200, blank=True, editable=False)
    checksum = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    category = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    rule = models.OneToOneField(PriceRule, on_delete=models.PROTECT, null=True, related_name="run")
    takes_back = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="taken_back_by"
    )
    # The key of a call by the supplier's own system: the same key changes nothing a second time.
    call_key = models.CharField(max_length=100, blank=True, editable=False)
    # Messages of rows are written in the language of the person who uploaded.
    language = models.CharField(max_length=10, default="zh-hans", editable=False)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    mode = models.CharField(_("mode"), max_length=10, choices=ImportMode, blank=True)
    # Whether new and mended listings are submitted for review with it.
    submit = models.BooleanField(_("submit for review"), default=True)
    # Header of the file as it stands there, for the file of error rows; and which columns were not understood.
    header = ArrayField(models.TextField(), default=list, editable=False)
    ignored = ArrayField(models.TextField(), verbose_name=_("columns not read"), default=list, editable=False)
    total = models.PositiveIntegerField(_("rows"), default=0)
    read = models.PositiveIntegerField(_("rows read"), default=0)
    written = models.PositiveIntegerField(_("rows written"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    same = models.PositiveIntegerField(_("unchanged"), default=0)
    errors = models.PositiveIntegerField(_("errors"), default=0)
    conflicts = models.PositiveIntegerField(_("changed meanwhile"), default=0)
    # Why it stopped, for the supplier.
    message = models.TextField(_("message"), blank=True)
    # The token of the preview that a confirmation names: it is confirmed once.
    confirm_key = models.CharField(max_length=32, blank=True, editable=False)
    cancel_asked = models.BooleanField(default=False, editable=False)
    # Token and last sign of life of the worker that has it in hand.
    worker = models.CharField(max_length=32, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    # When file and rows were removed; the counts stay.
    cleared_at = models.DateTimeField(null=True, editable=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing import")
        verbose_name_plural = _("listing imports")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ImportState.values), name="import_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(mode__in=["", *ImportMode.values]), name="import_mode_is_known"
            ),
            models.CheckConstraint(
                condition=~(models.Q(state="applying") | models.Q(written__gt=0))
                | models.Q(confirmed_at__isnull=False),
                name="import_is_written_once_confirmed",
            ),
            # The same file is not worked on twice at once.
            models.UniqueConstraint(
                fields=["supplier", "checksum"],
                condition=models.Q(state__in=["uploaded", "reading", "preview", "applying"])
                & ~models.Q(checksum=""),
                name="import_of_a_file_is_open_once",
            ),
            models.UniqueConstraint(
                fields=["supplier", "call_key"],
                condition=~models.Q(call_key=""),
                name="call_key_is_used_once",
            ),
        ]
        indexes = [
            models.Index(fields=["supplier", "-id"], name="listing_import_supplier"),
            models.Index(
                fields=["heartbeat_at"],
                condition=models.Q(state__in=["uploaded", "reading", "applying"]),
                name="listing_import_working",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    @property
    def working(self) -> bool:
        """Whether a worker has it in hand or is about to."""
        return self.state in WORKING

    @property
    def file_type(self) -> str:
        return "csv" if self.stored_as.endswith(".csv") else "xlsx"


class ListingImportRow(models.Model):
    """One row: what stood there, what it means, what it would change, and what became of it."""

    listing_import = models.ForeignKey(
        ListingImport, on_delete=models.CASCADE, related_name="rows", db_column="import_id"
    )
    # The row of the file, counted as a spreadsheet counts: the first below the header is 2.
    number = models.PositiveIntegerField(_("row"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    written = models.BooleanField(_("written"), default=False)
    cells = ArrayField(models.TextField(), default=list)
    good = models.ForeignKey(
        Good, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    listing = models.ForeignKey(
        Listing, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    # What the preview saw: an edit or an order that came between makes a conflict.
    version = models.PositiveIntegerField(null=True)
    stock_seen = QuantityField(null=True)
    old_price = MoneyField(_("old price"), null=True)
    price = MoneyField(_("price"), null=True)
    stock = QuantityField(null=True)
    min_quantity = QuantityField(null=True)
    delivery_days = models.PositiveSmallIntegerField(null=True)
    warranty_months = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)
    own_public_price = MoneyField(null=True)
    area_ids = ArrayField(models.BigIntegerField(), default=list)
    delivery_paths = ArrayField(models.CharField(max_length=80), default=list)
    # field → [old, new], in the spelling of `edit_listing.snapshot`.
    changes = models.JSONField(default=dict)
    # [[column, what is wrong and what would be right], …]
    problems = models.JSONField(default=list)
    # Goods that the row may mean, by their numbers; where nothing is wrong, the merged good that it named.
    candidates = ArrayField(models.BigIntegerField(), default=list)
    place = models.CharField(_("place in the range"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("row of a listing import")
        verbose_name_plural = _("rows of listing imports")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["listing_import", "number"], name="import_row_is_read_once"),
            models.CheckConstraint(
                condition=models.Q(verdict__in=Verdict.values), name="import_verdict_is_known"
            ),
        ]
        indexes = [models.Index(fields=["listing_import", "verdict", "number"], name="import_row_verdict")]

    def __str__(self) -> str:
        return f"{self.listing_import_id}: {self.number}"
