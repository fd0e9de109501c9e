"""Registration of the app supervision with the frame."""

from __future__ import annotations

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """The app supervision."""

    name = "supervision"
