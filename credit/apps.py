"""Registration of the app credit with the frame."""

from __future__ import annotations

from django.apps import AppConfig


class CreditConfig(AppConfig):
    """The app credit."""

    name = "credit"
