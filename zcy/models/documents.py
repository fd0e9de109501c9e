"""Documents whose genuineness anyone can check by their code."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from zcy.models.append_only import append_only_triggers


class Document(models.Model):
    """What a printed document said: its kind, number, content as data, and the hash of that data."""

    code = models.CharField(_("verification code"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    number = models.CharField(_("number"), max_length=40)
    issued_at = models.DateTimeField(_("issued"))
    template_version = models.PositiveSmallIntegerField(_("version of the form"), default=1)
    # The same content and time give the same bytes again, so the file itself need not be kept.
    content = models.JSONField(_("content"))
    # The few lines that the public page shows: parties, amount, date.
    summary = models.JSONField(_("summary"), default=dict)
    sm3 = models.CharField(_("SM3 of the content"), max_length=64)
    subject_type = models.CharField(_("kind of subject"), max_length=60)
    subject_id = models.BigIntegerField(_("subject"))

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [models.Index(fields=["subject_type", "subject_id", "-issued_at"], name="document_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind", "sm3"],
                name="document_is_issued_once_per_content",
            )
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Withdrawal(models.Model):
    """A document that is genuine and no longer in force, such as the contract of a cancelled order."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="withdrawal")
    at = models.DateTimeField(_("time"), db_default=Now())
    # A word of `zcy.documents`, such as `cancelled`.
    reason = models.CharField(_("reason"), max_length=40)

    class Meta:
        verbose_name = _("withdrawal of a document")
        verbose_name_plural = _("withdrawals of documents")
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.document_id} {self.reason}"
