"""What people are told of their favourites, saved searches and demands."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notices import NoticeKind, kinds


def register() -> None:
    """The kinds of notices; called once, when the app is ready."""
    kinds.register(
        NoticeKind(
            "favourite_fell", _("Your favourite “%(good)s” now costs %(now)s, before %(before)s."), "good"
        )
    )
    kinds.register(
        NoticeKind("favourite_ended", _("Your favourite “%(good)s” is no longer offered."), tone="watch")
    )
    kinds.register(
        NoticeKind(
            "saved_search_found",
            _("New goods for your search “%(name)s”: %(count)s, for example “%(good)s”."),
        )
    )
    kinds.register(NoticeKind("demand_answered", _("You asked for “%(query)s”: %(answer)s"), tone="good"))
    kinds.register(NoticeKind("demand_closed", _("You asked for “%(query)s”: %(answer)s"), tone="watch"))
