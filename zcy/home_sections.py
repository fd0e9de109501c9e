"""What the frame adds to home pages: the last night for those who watch it, the audit for the auditor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zcy import registries
from zcy.admin_site import AUDITOR, SUPERVISION_LEAD, SUPERVISOR, SYSTEM_ADMIN
from zcy.formats import local
from zcy.models import AuditEntry, AuditSeal, NightlyRun, OutboxMessage, RunState
from zcy.registries import HomeSection, Tile, TodoItem, TodoProvider

TILES: Final = "zcy/_home_tiles.html"


def register() -> None:
    """Called once, when the app is ready."""
    watchers = frozenset([SYSTEM_ADMIN, SUPERVISOR, SUPERVISION_LEAD])
    registries.home_sections.register(HomeSection("night", TILES, last_night, watchers, order=40))
    registries.home_sections.register(
        HomeSection("audit", TILES, audit_trail, frozenset([AUDITOR]), order=40)
    )
    registries.todo.register(
        TodoProvider("failed_nights", frozenset([SYSTEM_ADMIN]), failed_nights, order=10)
    )


def _latest() -> Any:
    """The last night with the numbers of its parts (`done`, `failed`, `all_parts`), or None."""
    counted = NightlyRun.objects.annotate(
        done=Count("parts", filter=Q(parts__state=RunState.DONE)),
        failed=Count("parts", filter=Q(parts__state=RunState.FAILED)),
        all_parts=Count("parts"),
    )
    return counted.order_by("-last").first()


def last_night(actor: Any) -> Mapping[str, Any]:
    """The state of the last night; for the system administrator also what waits to be sent."""
    run = _latest()
    tiles = []
    if run is not None:
        address = reverse("admin:zcy_nightlyrun_change", args=[run.pk])
        tiles = [
            Tile(_("Night computed"), f"{run.last}", hint=run.get_state_display(), href=address),
            Tile(_("Parts done"), run.done, hint=_("of %(n)s") % {"n": run.all_parts}, href=address),
            Tile(_("Parts failed"), run.failed, href=address, tone="serious" if run.failed else ""),
        ]
    else:
        tiles = [Tile(_("Night computed"), "–", hint=_("No night has been computed yet."))]
    if actor.has_role(SYSTEM_ADMIN):
        waiting = OutboxMessage.objects.count()
        tiles.append(Tile(_("Messages to send"), waiting, href=reverse("admin:zcy_outboxmessage_changelist")))
    return {"title": _("The last night"), "tiles": tiles}


def failed_nights(_actor: Any) -> Iterable[TodoItem]:
    """Parts of the last night that failed for good."""
    run = _latest()
    if run is not None and run.failed:
        yield TodoItem(
            label=_("Parts of the last night that failed"),
            count=run.failed,
            url=reverse("admin:zcy_nightlyrun_change", args=[run.pk]),
            action=_("Run again"),
            since=run.ended_at or run.started_at,
            tone="serious",
        )


def audit_trail(_actor: Any) -> Mapping[str, Any]:
    """How far the audit is sealed."""
    seal = AuditSeal.objects.order_by("-id").first()
    unsealed = AuditEntry.objects.filter(transaction_id__gte=seal.to_transaction if seal else 0).count()
    entries, seals = reverse("admin:zcy_auditentry_changelist"), reverse("admin:zcy_auditseal_changelist")
    return {
        "title": _("Audit"),
        "tiles": [
            Tile(_("Last seal"), local(seal.at) if seal else "–", href=seals),
            Tile(_("Entries in it"), seal.count if seal else 0, href=seals),
            Tile(_("Entries not sealed yet"), unsealed, hint=_("sealed once a minute"), href=entries),
        ],
    }
