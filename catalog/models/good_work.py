"""Work about standard goods: what suppliers propose, probable duplicates, merges, and what a schema no longer fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.models import Organisation, User
from catalog.models.categories import Category
from catalog.models.goods import Good

if TYPE_CHECKING:
    from accounts.actor import Actor


class ProposalState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PROPOSED = "proposed", pgettext_lazy("state of a proposal", "proposed")
    APPROVED = "approved", _("approved")
    CORRECTED = "corrected", _("approved with corrections")
    SAME = "same", _("known already")
    REJECTED = "rejected", _("sent back")


class GoodProposalQuerySet(models.QuerySet["GoodProposal"]):
    def visible_to(self, actor: Actor) -> Self:
        """A supplier sees its own; the operator's staff what was handed in; nobody else any."""
        from accounts.roles import OPERATOR_ROLES, SUPPLIER_ROLES

        if actor.has_role(*OPERATOR_ROLES):
            return self.exclude(state=ProposalState.DRAFT)
        if actor.has_role(*SUPPLIER_ROLES):
            return self.filter(supplier_id=actor.organisation_id)
        return self.none()

    def waiting(self) -> Self:
        """What the operator has to decide about."""
        return self.filter(state=ProposalState.PROPOSED)


class GoodProposal(models.Model):
    """A standard good as a supplier describes it, until the operator has decided about it."""

    supplier = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="good_proposals")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), db_default=Now())
    state = models.CharField(_("state"), max_length=10, choices=ProposalState, default=ProposalState.DRAFT)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    # As the supplier writes it: the brand may be new.
    brand_name = models.CharField(_("brand"), max_length=80, blank=True)
    model = models.CharField(_("model"), max_length=120, blank=True)
    name = models.CharField(_("name"), max_length=300)
    spec = models.JSONField(_("specification"), default=dict, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    pack_size = models.DecimalField(
        _("units per pack"),
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True)
    maker = models.CharField(_("maker"), max_length=120, blank=True)
    origin = models.CharField(_("country of origin"), max_length=60, blank=True)
    description = models.TextField(_("description"), blank=True)
    picture = models.ImageField(_("picture"), upload_to="goods/", blank=True)
    # {field: [proposed, approved]}: what the operator wrote otherwise.
    corrections = models.JSONField(_("corrections"), default=dict, blank=True)
    text = models.TextField(_("what to mend"), blank=True)
    good = models.ForeignKey(
        Good, on_delete=models.SET_NULL, null=True, blank=True, related_name="from_proposals"
    )
    submitted_at = models.DateTimeField(_("proposed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = GoodProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed good")
        verbose_name_plural = _("proposed goods")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["supplier", "-id"], name="proposal_supplier"),
            models.Index(
                fields=["submitted_at", "id"],
                condition=models.Q(state="proposed"),
                name="proposal_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ProposalState.values), name="proposal_state_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "corrected", "same"])
                | models.Q(decided_at__isnull=False),
                name="decided_proposal_has_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="rejected") | ~models.Q(text=""),
                name="rejected_proposal_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PairState(models.TextChoices):
    OPEN = "open", _("to be looked at")
    DISTINCT = "distinct", _("not the same")
    MERGED = "merged", _("merged")


class GoodPair(models.Model):
    """Two goods that are probably the same; what a person has said of them is remembered."""

    first = models.ForeignKey(Good, verbose_name=_("good"), on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(
        Good, verbose_name=_("probably the same as"), on_delete=models.CASCADE, related_name="+"
    )
    score = models.FloatField(_("score"))
    # Codes of catalog.duplicates with what was compared.
    reasons = models.JSONField(_("reasons"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=PairState, default=PairState.OPEN)
    found_at = models.DateTimeField(_("found"), db_default=Now())
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("probable duplicate")
        verbose_name_plural = _("probable duplicates")
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="two_goods_are_one_pair"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="pair_names_the_older_good_first"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=PairState.values), name="pair_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["-score", "id"], condition=models.Q(state="open"), name="pair_open"),
            models.Index(fields=["second"], name="pair_second"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"


class GoodMerge(models.Model):
    """One good was merged into another; kept so that it can be undone exactly."""

    survivor = models.ForeignKey(Good, verbose_name=_("survivor"), on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(
        Good, verbose_name=_("merged good"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("time"), db_default=Now())
    merged_by = models.ForeignKey(
        User, verbose_name=_("merged by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True)
    # The merged good's state before, and what became of listings of suppliers that offered both:
    # [{"listing", "kept", "sale", "delisted_at"}].
    before = models.JSONField(default=dict)
    ended_listings = models.JSONField(default=list)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User, verbose_name=_("undone by"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("merge of goods")
        verbose_name_plural = _("merges of goods")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(survivor=models.F("merged")), name="good_is_not_merged_into_itself"
            ),
            models.UniqueConstraint(
                fields=["merged"],
                condition=models.Q(undone_at__isnull=True),
                name="good_is_merged_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.survivor_id}"


class MovedRows(models.Model):
    """The rows of one table that a merge moved, and those it set aside because the survivor had their like."""

    merge = models.ForeignKey(GoodMerge, on_delete=models.CASCADE, related_name="moved")
    # As in catalog.merging: "app.Model.field".
    reference = models.CharField(_("table"), max_length=120)
    ids = ArrayField(models.BigIntegerField(), default=list)
    set_aside = models.JSONField(default=list)

    class Meta:
        verbose_name = _("rows moved by a merge")
        verbose_name_plural = _("rows moved by merges")
        constraints = [
            models.UniqueConstraint(fields=["merge", "reference"], name="merge_moves_a_table_once")
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {len(self.ids)}"


class SchemaChangeState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")


class SchemaChange(models.Model):
    """A category's attribute was changed: the goods concerned follow, in the background where they are many."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="schema_changes")
    key = models.CharField(_("key"), max_length=60)
    at = models.DateTimeField(_("time"), db_default=Now())
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # What the person asked for, in words, and each value that is rewritten: [[JSON of the old, new], …].
    summary = models.CharField(_("what was changed"), max_length=300)
    rewrites = models.JSONField(default=list)
    state = models.CharField(
        _("state"), max_length=10, choices=SchemaChangeState, default=SchemaChangeState.WAITING
    )
    # Goods of ids up to here are done: a run that was interrupted goes on from there.
    position = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(_("goods concerned"), default=0)
    done = models.PositiveIntegerField(_("goods done"), default=0)
    migrated = models.PositiveIntegerField(_("goods rewritten"), default=0)
    flagged = models.PositiveIntegerField(_("goods flagged"), default=0)

    class Meta:
        verbose_name = _("change of attributes")
        verbose_name_plural = _("changes of attributes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=SchemaChangeState.values), name="schema_change_state_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category_id} {self.key}: {self.summary}"

    @property
    def told(self) -> str:
        """What was changed, in the reader's language."""
        return told_of_schema(self.summary)


def told_of_schema(summary: str) -> str:
    """A summary of what became of an attribute, in the reader's language."""
    label, _colon, verb = summary.rpartition(": ")
    words = {
        "added": pgettext("an attribute was", "added"),
        "changed": pgettext("an attribute was", "changed"),
        "removed": pgettext("an attribute was", "removed"),
    }
    return f"{label}: {words[verb]}" if verb in words else summary


class GoodFault(models.Model):
    """A value of a good that its category's attributes no longer allow; gone as soon as the good fits again."""

    good = models.ForeignKey(Good, on_delete=models.CASCADE, related_name="faults")
    key = models.CharField(_("key"), max_length=60)
    fault = models.CharField(_("what is wrong"), max_length=10)
    value = models.CharField(_("value"), max_length=300, blank=True)
    found_at = models.DateTimeField(_("found"), db_default=Now())

    class Meta:
        verbose_name = _("flagged good")
        verbose_name_plural = _("flagged goods")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["good", "key"], name="good_is_flagged_once_for_a_key")]

    def __str__(self) -> str:
        return f"{self.good_id}: {self.key} {self.fault}"
