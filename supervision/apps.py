"""Registration of the app supervision with the frame."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SupervisionConfig(AppConfig):
    """The app supervision."""

    name = "supervision"
    verbose_name = _("Supervision")

    def ready(self) -> None:
        """Register the night's parts, and write the rules after every migrate."""
        from supervision.night import history_start, parts
        from supervision.services.sync_rules import sync_rules
        from zcy import registries

        for part in parts():
            registries.nightly_parts.register(part)
        registries.history_starts.register(registries.HistoryStart("supervision", history_start))
        post_migrate.connect(sync_rules, sender=self, dispatch_uid="supervision.sync_rules")
