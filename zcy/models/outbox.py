"""Work announced inside a transaction and sent to the workers afterwards, broker or no broker."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class OutboxMessage(models.Model):
    """A Celery task to be sent once its transaction has ended; removed when it is sent."""

    created_at = models.DateTimeField(_("created"), db_default=Now())
    transaction_id = models.BigIntegerField(
        db_default=models.Func(function="txid_current", output_field=models.BigIntegerField()), editable=False
    )
    task = models.CharField(_("task"), max_length=120)
    kwargs = models.JSONField(_("arguments"), default=dict)
    # Not before this moment: reminders and retries wait here, not in the broker.
    due_at = models.DateTimeField(_("due"), db_default=Now())
    # A second message of the same key while the first waits changes nothing.
    key = models.CharField(_("key"), max_length=200, null=True, unique=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox messages")
        indexes = [models.Index(fields=["due_at", "id"], name="outbox_message_due")]

    def __str__(self) -> str:
        return f"{self.pk} {self.task}"
