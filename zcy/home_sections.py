"""What the frame adds to home pages: the last night for those who watch it, the audit for the auditor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext
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


def _latest() -> tuple[NightlyRun, Counter[str]] | None:
    """The last night with the number of its parts by state."""
    run = NightlyRun.objects.order_by("-last").first()
    return (run, Counter(run.parts.values_list("state", flat=True))) if run else None


def last_night(actor: Any) -> Mapping[str, Any]:
    """The state of the last night; for the system administrator also what waits to be sent."""
    latest = _latest()
    if latest is None:
        tiles = [Tile(_("Night computed"), "–", hint=_("No night has been computed yet."))]
    else:
        run, parts = latest
        address = reverse("admin:zcy_nightlyrun_change", args=[run.pk])
        done, failed = parts[RunState.DONE], parts[RunState.FAILED]
        tiles = [
            Tile(_("Night computed"), f"{run.last}", hint=run.get_state_display(), href=address),
            Tile(_("Parts done"), done, hint=gettext("of %(n)s") % {"n": parts.total()}, href=address),
            Tile(_("Parts failed"), failed, href=address, tone="serious" if failed else ""),
        ]
    if actor.has_role(SYSTEM_ADMIN):
        waiting = OutboxMessage.objects.count()
        tiles.append(Tile(_("Messages to send"), waiting, href=reverse("admin:zcy_outboxmessage_changelist")))
    return {"title": _("The last night"), "tiles": tiles}


def failed_nights(_actor: Any) -> Iterable[TodoItem]:
    """Parts of the last night that failed for good."""
    latest = _latest()
    if latest is not None and latest[1][RunState.FAILED]:
        run, parts = latest
        yield TodoItem(
            label=_("Parts of the last night that failed"),
            count=parts[RunState.FAILED],
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
