"""Who did what, when: written plain, sealed in order once a minute, verifiable for ever."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from zcy.formats import local
from zcy.models.append_only import append_only_triggers


class AuditEntry(models.Model):
    """One act of one person, or of the system (no actor)."""

    at = models.DateTimeField(_("time"), db_default=Now())
    # The transaction that wrote the row: sealing waits until every older transaction has ended.
    transaction_id = models.BigIntegerField(
        db_default=models.Func(function="txid_current", output_field=models.BigIntegerField()), editable=False
    )
    action = models.CharField(_("action"), max_length=80)
    actor_id = models.BigIntegerField(_("person"), null=True)
    actor_name = models.CharField(_("name"), max_length=150, blank=True)
    organisation_id = models.BigIntegerField(_("organisation"), null=True)
    region_code = models.CharField(_("region"), max_length=12, blank=True)
    subject_type = models.CharField(_("kind of subject"), max_length=60, blank=True)
    subject_id = models.CharField(_("subject"), max_length=60, blank=True)
    data = models.JSONField(_("details"), default=dict)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    ip = models.GenericIPAddressField(_("address"), null=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            BrinIndex(fields=["at"], name="audit_entry_at_brin"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_entry_subject"),
            models.Index(fields=["actor_id", "-id"], name="audit_entry_actor"),
            models.Index(fields=["action", "-id"], name="audit_entry_action"),
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{local(self.at)} · {self.action} · {self.subject_type}:{self.subject_id}"


class AuditSeal(models.Model):
    """A link of the chain: the SM3 hash over a run of entries and over the seal before."""

    at = models.DateTimeField(_("time"), db_default=Now())
    # All entries written by transactions from `from_transaction` (inclusive) to `to_transaction` (exclusive).
    from_transaction = models.BigIntegerField(_("from transaction"))
    to_transaction = models.BigIntegerField(_("to transaction"))
    count = models.PositiveIntegerField(_("entries"))
    previous_hash = models.CharField(_("hash before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        constraints = [
            models.UniqueConstraint(fields=["from_transaction"], name="audit_seals_do_not_overlap"),
            models.UniqueConstraint(fields=["previous_hash"], name="audit_chain_does_not_fork"),
            models.CheckConstraint(
                condition=models.Q(to_transaction__gt=models.F("from_transaction")),
                name="audit_seal_covers_something",
            ),
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.pk}: {self.count} → {self.hash[:12]}"
