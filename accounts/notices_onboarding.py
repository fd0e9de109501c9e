"""What people are told of admission, licences, suspensions and delegations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notices import NoticeKind, kinds


def register() -> None:
    """The kinds of notices; called once, when the app is ready."""
    for kind in (
        NoticeKind(
            "application_returned",
            _("The application of %(name)s was sent back: %(n)s things to mend, marked beside the fields."),
            tone="serious",
        ),
        NoticeKind(
            "application_approved",
            _("%(name)s is admitted: you can offer goods now. What was renewed is in force."),
            tone="good",
        ),
        NoticeKind(
            "licence_expiring",
            _("Licence %(licence)s expires on %(day)s: upload the renewed one before."),
            tone="watch",
        ),
        NoticeKind(
            "licence_expired",
            _(
                "%(licence)s expired on %(day)s: nothing can be ordered from you until the renewed one is accepted."
            ),
            tone="serious",
        ),
        NoticeKind(
            "supplier_suspended",
            _("%(name)s is suspended from %(day)s: %(reason)s"),
            tone="serious",
        ),
        NoticeKind("suspension_lifted", _("The suspension of %(name)s is lifted: %(reason)s"), tone="good"),
        NoticeKind("delegation_given", _("You stand in for %(name)s from %(begin)s to %(end)s.")),
        NoticeKind("delegation_ended", _("You no longer stand in for %(name)s.")),
        NoticeKind("unit_joined", _("%(name)s has accepted your invitation."), tone="good"),
    ):
        kinds.register(kind)
