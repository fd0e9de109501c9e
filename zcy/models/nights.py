"""The night: which parts ran for which dates, how long, with what result."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class NightlyRun(models.Model):
    """One computation of the nights from `first` to `last`; `last` is the night that gives it its name."""

    first = models.DateField(_("first night"))
    last = models.DateField(_("night"))
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.WAITING)
    started_at = models.DateTimeField(_("started"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    # What was computed no longer holds, because older history has been imported since: the nights are due again.
    superseded_at = models.DateTimeField(_("superseded"), null=True)

    class Meta:
        verbose_name = _("night")
        verbose_name_plural = _("nights")
        ordering = ["-last"]
        constraints = [
            models.UniqueConstraint(fields=["last"], name="nightly_run_is_one_per_night"),
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="nightly_run_goes_forward"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RunState.values), name="nightly_run_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.last}"


class NightlyPartRun(models.Model):
    """One part (and shard) of one night, keyed so that it exists once; started again after a failure or a crash."""

    run = models.ForeignKey(NightlyRun, on_delete=models.CASCADE, related_name="parts")
    part = models.CharField(_("part"), max_length=80)
    stage = models.PositiveSmallIntegerField(_("stage"), default=0)
    shard = models.PositiveSmallIntegerField(_("shard"), default=0)
    shards = models.PositiveSmallIntegerField(_("shards"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    started_at = models.DateTimeField(_("started"), null=True)
    # A running part says regularly that it is alive; one that has not for a while is started again.
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    rows = models.BigIntegerField(_("rows"), default=0)
    figures = models.JSONField(_("figures"), default=dict)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("part of a night")
        verbose_name_plural = _("parts of a night")
        ordering = ["stage", "part", "shard"]
        constraints = [
            models.UniqueConstraint(fields=["run", "part", "shard"], name="nightly_part_runs_once_a_night"),
            models.CheckConstraint(
                condition=models.Q(shard__lt=models.F("shards")), name="nightly_shard_is_in_range"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RunState.values), name="nightly_part_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.part} {self.shard + 1}/{self.shards}"
