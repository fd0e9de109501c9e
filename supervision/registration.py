"""What supervision adds to the frame: parts of the night, menu, counts, work lists, notices, advisors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.notices import NoticeKind
from accounts.notices import kinds as notice_kinds
from accounts.roles import BUYER_ROLES, SUPERVISOR_ROLES, SUPPLIER_ROLES, Role
from orders import advice as orders_advice
from orders.advice import Advisor
from orders.signals import advice_given, order_submitted
from supervision import advice
from supervision.night import history_start, parts
from supervision.services.record_advice import advice_shown, order_was_submitted
from supervision.vocabulary import NOT_EVALUABLE, Outcome
from zcy import registries
from zcy.registries import (
    HeaderCount,
    HistoryStart,
    HomeSection,
    MenuItem,
    Tile,
    TodoItem,
    TodoProvider,
)

WORK_LIST: Final = "/admin/supervision/warning/"
LIVE: Final = """select count(*) from supervision_warning w join accounts_region r on r.id = w.region_id
    where not w.historic and not w.unit_error and w.state in ('open', 'assigned', 'requested', 'explained', 'escalated')
    and starts_with(r.path, %s)"""
ASKED: Final = """select count(*) from supervision_explanation e join supervision_warning w on w.id = e.warning_id
    where e.organisation_id = %s and e.answered_at is null and w.state in ('requested', 'escalated')"""


def register() -> None:
    """Called once, when the app is ready."""
    for part in parts():
        registries.nightly_parts.register(part)
    registries.figure_words.update(
        {
            **{outcome.value: outcome.label for outcome in Outcome},
            **NOT_EVALUABLE,
            "warnings": _("new warnings"),
            "ranked": _("warnings ranked"),
            "escalated": _("warnings escalated"),
        }
    )
    registries.history_starts.register(HistoryStart("supervision", history_start))
    registries.header_counts.register(
        HeaderCount(
            "live_warnings",
            SUPERVISOR_ROLES,
            lambda actor: (LIVE, [actor.region.path if actor.region else "-"]),
        )
    )
    registries.header_counts.register(
        HeaderCount(
            "explanations", BUYER_ROLES | SUPPLIER_ROLES, lambda actor: (ASKED, [actor.organisation_id])
        )
    )
    registries.home_sections.register(
        HomeSection("dimensions", "zcy/_home_tiles.html", _dimensions, SUPERVISOR_ROLES, order=20)
    )
    _menu()
    registries.todo.register(TodoProvider("warnings", SUPERVISOR_ROLES, _warnings, order=10))
    registries.todo.register(TodoProvider("unit_errors", frozenset([Role.CATALOG]), _unit_errors, order=60))
    registries.todo.register(
        TodoProvider("explanations", BUYER_ROLES | SUPPLIER_ROLES, _explanations, order=10)
    )
    notice_kinds.register(
        NoticeKind(
            "supervision.asked",
            _("The finance bureau asks for an explanation about %(subject)s."),
            tone="watch",
        )
    )
    notice_kinds.register(
        NoticeKind("supervision.explained", _("%(organisation)s has explained %(subject)s."))
    )
    orders_advice.register(Advisor("price-above-peer", advice.price_above_peer, order=10))
    orders_advice.register(Advisor("split-orders", advice.split_orders, order=20))
    advice_given.connect(advice_shown, dispatch_uid="supervision.advice_shown")
    order_submitted.connect(order_was_submitted, dispatch_uid="supervision.order_was_submitted")


def _menu() -> None:
    entries = (
        (
            "supervision_warnings",
            _("Warnings"),
            "admin:supervision_warning_changelist",
            SUPERVISOR_ROLES,
            "live_warnings",
        ),
        ("supervision_rules", _("Rules"), "admin:supervision_rule_changelist", SUPERVISOR_ROLES, ""),
        (
            "supervision_advice",
            _("Advice given"),
            "admin:supervision_advicerecord_changelist",
            SUPERVISOR_ROLES,
            "",
        ),
        ("buyer_explanations", _("Explanations"), "buyer_explanations", BUYER_ROLES, "explanations"),
        ("supplier_explanations", _("Explanations"), "supplier_explanations", SUPPLIER_ROLES, "explanations"),
    )
    for order, (name, label, url_name, roles, count) in enumerate(entries):
        icon = (
            "chat-left-text"
            if name.endswith("explanations")
            else "exclamation-triangle"
            if count
            else "lightbulb"
            if name.endswith("advice")
            else "rulers"
        )
        registries.menu.register(
            MenuItem(
                name,
                label,
                url_name,
                roles,
                section=_("Supervision"),
                order=70 + order,
                icon=icon,
                count=count,
            )
        )


def _dimensions(actor: Any) -> Mapping[str, Any]:
    """The five dimensions with what waits in each."""
    from supervision.queries import counts_by_dimension

    return {
        "title": _("Warnings that wait, by dimension"),
        "tiles": [
            Tile(
                tile["label"],
                tile["count"],
                hint=ngettext("%(n)d serious", "%(n)d serious", tile["serious"]) % {"n": tile["serious"]},
                href=f"{WORK_LIST}?dimension={tile['code']}",
            )
            for tile in counts_by_dimension(actor)
        ],
    }


def _warnings(actor: Any) -> Iterable[TodoItem]:
    """What waits in the actor's region by state, the most urgent first; together it is the count in the menu."""
    from django.db.models import Count, Min, Q

    from supervision.models import Warning
    from supervision.vocabulary import WarningState

    rows = Warning.objects.visible_to(actor).live()
    found = {
        row["state"]: row
        for row in rows.values("state").annotate(
            n=Count("id"),
            since=Min("raised_at"),
            due=Min("due_at"),
            own=Count("id", filter=Q(assignee_id=actor.user_id)),
        )
    }
    lead = actor.has_role(Role.SUPERVISION_LEAD)
    state = WarningState
    for value, word, action, tone in (
        (
            state.ESCALATED,
            _("Escalated warnings"),
            _("Decide") if lead else _("Look"),
            "serious" if lead else "idle",
        ),
        (state.EXPLAINED, _("Explained warnings, to decide"), _("Decide"), "watch"),
        (state.ASSIGNED, _("Assigned warnings, nobody asked yet"), _("Request an explanation"), "watch"),
        (state.OPEN, _("Warnings to assign"), _("Assign"), "watch"),
        (state.REQUESTED, _("Warnings that wait for an explanation"), _("Follow"), "idle"),
    ):
        row = found.get(value)
        if row:
            yield TodoItem(
                word, row["n"], f"{WORK_LIST}?state={value}", action, row["since"], row["due"], tone
            )


def _unit_errors(actor: Any) -> Iterable[TodoItem]:
    from supervision.models import Warning
    from supervision.vocabulary import LIVE_STATES

    count = Warning.objects.visible_to(actor).filter(state__in=LIVE_STATES, historic=False).count()
    if count:
        label = _("Prices that look like errors of the unit")
        yield TodoItem(label, count, f"{WORK_LIST}?view=unit_errors", _("Check"))


def _explanations(actor: Any) -> Iterable[TodoItem]:
    from django.db.models import Count, Min

    from accounts.roles import OrganisationKind
    from supervision.models import Explanation

    found = (
        Explanation.objects.visible_to(actor)
        .waiting()
        .aggregate(n=Count("id"), since=Min("asked_at"), due=Min("due_at"))
    )
    if found["n"]:
        side = "buyer" if actor.kind == OrganisationKind.BUYER else "supplier"
        yield TodoItem(
            _("Explanations to give"),
            found["n"],
            f"/{side}/explanations/",
            _("Explain"),
            since=found["since"],
            due=found["due"],
        )
