"""Rules as rows, and their immutable versions: parameters, region, dates, law, author and approver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Region, User
from supervision.vocabulary import Dimension

if TYPE_CHECKING:
    from accounts.actor import Actor


class Rule(models.Model):
    """A rule that this release contains; its text and its computation stand in supervision/rules/."""

    slug = models.SlugField(_("rule"), max_length=60, unique=True)
    dimension = models.CharField(_("dimension"), max_length=1, choices=Dimension)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["dimension", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(dimension__in=Dimension.values), name="rule_dimension_is_known"
            )
        ]

    def __str__(self) -> str:
        return self.slug


class RuleVersionQuerySet(models.QuerySet["RuleVersion"]):
    def approved(self) -> Self:
        return self.filter(approved_at__isnull=False)

    def visible_to(self, actor: Actor) -> Self:
        """Rules in force are public; a draft is for the region that makes it and those above."""
        if actor.region is None:
            return self.approved()
        return self.filter(Q(approved_at__isnull=False) | Q(region__path__startswith=actor.region.path))


class RuleVersion(models.Model):
    """What a rule meant in a region and a time. Written once; a draft is approved once and then stands for ever."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    # Empty: shipped with the platform, for every region.
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="rule_versions"
    )
    # Only what differs from the tier above.
    parameters = models.JSONField(_("parameters"), default=dict)
    # Empty: in force from the beginning.
    effective_from = models.DateField(_("in force from"), null=True, blank=True)
    effective_to = models.DateField(_("in force to"), null=True, blank=True)
    legal_basis = models.TextField(_("legal basis"), blank=True)
    code_hash = models.CharField(_("hash of the code"), max_length=64)
    author = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="rule_versions"
    )
    created_at = models.DateTimeField(_("written"), db_default=Now())
    approver = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="approved_rule_versions"
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of rules")
        ordering = ["rule", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="rule_version_number_is_unique"),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=F("author")),
                name="rule_version_has_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(region__isnull=True) | Q(author__isnull=False),
                name="regional_rule_version_has_an_author",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(author__isnull=True) | Q(approver__isnull=False),
                name="approved_rule_version_has_an_approver",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="rule_version_ends_after_it_begins",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="rule_version_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="approved_rule_version_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__approved_at__isnull=False),
            ),
            pgtrigger.ReadOnly(
                name="rule_version_is_written_once",
                fields=[
                    "rule",
                    "number",
                    "region",
                    "parameters",
                    "effective_from",
                    "effective_to",
                    "author",
                    "code_hash",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.number}"
