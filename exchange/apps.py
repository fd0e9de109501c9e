"""Registration of the app exchange with the frame."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The app exchange."""

    name = "exchange"
