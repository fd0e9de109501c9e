"""Registration of the app accounts with the frame."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The app accounts."""

    name = "accounts"
    verbose_name = _("People and organisations")

    def ready(self) -> None:
        """Declare third parties' addresses and fill the registries."""
        from accounts.roles import ADMIN_ROLES
        from accounts.third_party import declare_third_parties
        from zcy.access import PUBLIC, Access, Audience, declare

        declare_third_parties()
        declare("admin:login", PUBLIC)
        declare("admin", Access(Audience.ROLES, frozenset(ADMIN_ROLES)))
