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
        from accounts import home, notices, registration, security_trail, sign_in_log
        from accounts.roles import ADMIN_ROLES, Role
        from accounts.services.invite_person import ADMINISTRATOR_OF_KIND
        from accounts.third_party import declare_third_parties
        from zcy import registries
        from zcy.access import PUBLIC, Access, Audience, declare
        from zcy.registries import HeaderCount, HomeSection, MenuItem, TodoProvider

        declare_third_parties()
        registration.register()
        declare("admin:login", PUBLIC)
        declare("admin", Access(Audience.ROLES, frozenset(ADMIN_ROLES)))
        sign_in_log.connect()
        security_trail.connect()
        registries.header_counts.register(
            HeaderCount("notices", frozenset(Role.values), notices.unread_count_sql)
        )
        registries.todo.register(
            TodoProvider("licences", frozenset([Role.ONBOARDING]), home.licences, order=30)
        )
        registries.home_sections.register(
            HomeSection(
                "sign_ins",
                "zcy/_home_tiles.html",
                home.sign_ins,
                frozenset([Role.SECURITY_ADMIN, Role.AUDITOR]),
                order=45,
            )
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
        registries.menu.register(
            MenuItem(
                "administration",
                _("Administration"),
                "admin:index",
                frozenset(ADMIN_ROLES),
                _("Organisation"),
                order=950,
                icon="sliders",
                exact=True,
            )
        )
