"""Registration of the app credit with the frame."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditConfig(AppConfig):
    """The app credit."""

    name = "credit"
    verbose_name = _("Credit")

    def ready(self) -> None:
        """Put menu, notices, to-do, listeners and the steps of the night where the frame finds them."""
        from credit import registration

        registration.register()
