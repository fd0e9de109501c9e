"""Registration of the app exchange with the frame."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The app exchange."""

    name = "exchange"

    def ready(self) -> None:
        """Put the portal's parts on the home page."""
        from exchange import home

        home.register()
