"""What suppliers are told of what they asked the catalog for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notices import NoticeKind, kinds


def register() -> None:
    """The kinds of notices; called once, when the app is ready."""
    kinds.register(
        NoticeKind(
            "catalog_request_granted", _("“%(name)s” is in the catalog now: you can offer it."), tone="good"
        )
    )
    kinds.register(
        NoticeKind(
            "catalog_request_declined", _("“%(name)s” was not added to the catalog: see why."), tone="watch"
        )
    )
    kinds.register(
        NoticeKind("certificate_granted", _("Certificate %(number)s stands on “%(name)s” now."), tone="good")
    )
    kinds.register(
        NoticeKind(
            "certificate_declined",
            _("Certificate %(number)s for “%(name)s” was sent back: see why and send it again."),
            tone="serious",
        )
    )
