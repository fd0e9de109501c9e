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
        """Fill the registries, and write the rules after every migrate."""
        from supervision.registration import register
        from supervision.services.sync_rules import sync_rules

        register()
        post_migrate.connect(sync_rules, sender=self, dispatch_uid="supervision.sync_rules")
