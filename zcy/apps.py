"""Registration of the frame itself."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ZcyConfig(AppConfig):
    """What every app may use."""

    name = "zcy"

    def ready(self) -> None:
        """Load the system checks, register the health checks, keep beat's schedule after every migrate."""
        from zcy import checks, health, schedule  # noqa: F401 - checks register themselves

        health.register()
        post_migrate.connect(schedule.synchronise, dispatch_uid="zcy.schedule")
