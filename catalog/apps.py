"""Registration of the app catalog with the frame."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The app catalog."""

    name = "catalog"
