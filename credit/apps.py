"""Registration of the app credit with the frame."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditConfig(AppConfig):
    """The app credit."""

    name = "credit"
    verbose_name = _("credit")

    def ready(self) -> None:
        """Register the menu, the to-do list and the steps of the night."""
        from accounts.roles import SUPPLIER_ROLES
        from credit.nightly import parts
        from zcy import registries

        registries.menu.register(
            registries.MenuItem(
                name="credit",
                label=_("Credit"),
                url_name="credit:supplier",
                roles=frozenset(SUPPLIER_ROLES),
                section=_("My shop"),
                order=80,
                icon="award",
            )
        )
        registries.history_starts.register(registries.HistoryStart("credit", parts.history_start))
        for name, label, stage, run, shards in (
            ("credit-observations", _("credit: observations"), 3, parts.observe, parts.SHARDS),
            ("credit-priors", _("credit: priors of the month"), 4, parts.set_priors, 1),
            ("credit", _("credit: scores and grades"), 5, parts.score, parts.SHARDS),
            ("credit-ranking", _("credit: ranking in search"), 6, parts.rank, 1),
        ):
            registries.nightly_parts.register(registries.NightlyPart(name, label, stage, run, shards))
