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
        from accounts import notices, sign_in_log
        from accounts.roles import ADMIN_ROLES, Role
        from accounts.services.invite_person import ADMINISTRATOR_OF_KIND
        from accounts.third_party import declare_third_parties
        from zcy import registries
        from zcy.access import PUBLIC, Access, Audience, declare
        from zcy.registries import HeaderCount, MenuItem

        declare_third_parties()
        declare("admin:login", PUBLIC)
        declare("admin", Access(Audience.ROLES, frozenset(ADMIN_ROLES)))
        sign_in_log.connect()
        registries.header_counts.register(
            HeaderCount("notices", frozenset(Role.values), notices.unread_count_sql)
        )
        registries.menu.register(
            MenuItem(
                "people",
                _("People"),
                "people",
                frozenset(ADMINISTRATOR_OF_KIND.values()),
                _("Organisation"),
                order=900,
                icon="people",
            )
        )
