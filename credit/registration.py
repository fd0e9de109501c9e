"""What credit adds to the frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from accounts.roles import SUPERVISOR_ROLES, SUPPLIER_ROLES
from zcy import registries
from zcy.registries import MenuItem, NightlyPart, TodoItem, TodoProvider


def register() -> None:
    """Called once, when the app is ready."""
    from credit.listeners import deduct_for_upheld_warning
    from credit.nightly import notices, parts
    from supervision.signals import warning_verified

    notices.register()
    warning_verified.connect(deduct_for_upheld_warning, dispatch_uid="credit.deduct_for_upheld_warning")
    registries.menu.register(
        MenuItem(
            name="credit",
            label=_("Credit"),
            url_name="credit:supplier",
            roles=frozenset(SUPPLIER_ROLES),
            section=_("My company"),
            order=80,
            icon="award",
        )
    )
    registries.todo.register(TodoProvider("credit_bonuses", frozenset(SUPERVISOR_ROLES), _bonuses, order=60))
    registries.figure_words["taken_back"] = _("observations taken back")
    # After the rules (stages up to 3): facts first, then priors of all suppliers, then each supplier.
    for name, label, stage, run, shards in (
        ("credit-observations", _("Credit: observations"), 5, parts.observe, parts.SHARDS),
        ("credit-priors", _("Credit: priors of the month"), 6, parts.set_priors, 1),
        ("credit", _("Credit: scores and grades"), 7, parts.score, parts.SHARDS),
        ("credit-ranking", _("Credit: ranking in search"), 8, parts.rank, 1),
    ):
        registries.nightly_parts.register(NightlyPart(name, label, stage, run, shards))


def _bonuses(actor: Any) -> Iterable[TodoItem]:
    """Proposed bonuses that another officer of the region has to decide on."""
    from credit.models import BonusProposal

    waiting = BonusProposal.objects.visible_to(actor).waiting().exclude(proposed_by=actor.user_id)
    count, since = waiting.count(), waiting.aggregate(at=Min("proposed_at"))["at"]
    if count:
        yield TodoItem(
            label=_("Proposed credit bonuses"),
            count=count,
            url="/admin/credit/bonusproposal/?open=yes",
            action=_("Decide"),
            since=since,
        )
