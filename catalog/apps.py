"""Registration of the app catalog with the frame."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The app catalog."""

    name = "catalog"

    def ready(self) -> None:
        """Put menu, to-do, counts, categories in the header and the nightly part into the registries."""
        from catalog import registration

        registration.register()
