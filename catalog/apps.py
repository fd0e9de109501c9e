"""Registration of the app catalog with the frame."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """The app catalog."""

    name = "catalog"
    verbose_name = _("Catalog")

    def ready(self) -> None:
        """Put menu, to-do, counts, categories in the header and the nightly part into the registries."""
        from catalog import registration

        registration.register()
