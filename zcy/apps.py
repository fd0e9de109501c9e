"""Registration of the frame itself."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ZcyConfig(AppConfig):
    """What every app may use."""

    name = "zcy"
    verbose_name = _("Operation")

    def ready(self) -> None:
        """Register checks and periodic tasks; after every migrate keep beat's schedule and the calendar."""
        from zcy import celery, checks, health, home_sections, registries, schedule, workdays  # noqa: F401 - checks register themselves, celery becomes current
        from zcy.registries import PeriodicTask

        health.register()
        home_sections.register()
        for task in (
            PeriodicTask("outbox", "zcy.tasks.dispatch_outbox", seconds=1),
            PeriodicTask("audit seal", "zcy.tasks.seal_audit", seconds=60),
            PeriodicTask("night", "zcy.tasks.nightly_begin", hour=1),
            PeriodicTask("night watch", "zcy.tasks.nightly_watch", seconds=60),
        ):
            registries.periodic_tasks.register(task)
        post_migrate.connect(workdays.load_after_migrate, sender=self, dispatch_uid="zcy.workdays")
        post_migrate.connect(schedule.synchronise, dispatch_uid="zcy.schedule")
