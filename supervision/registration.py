"""What supervision adds to the frame: parts of the night, menu, counts, work lists, notices, advisors."""

from __future__ import annotations

from collections.abc import Iterable
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
from zcy import registries
from zcy.registries import HeaderCount, HistoryStart, MenuItem, TodoItem, TodoProvider

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
        ("buyer_explanations", _("Explanations"), "buyer_explanations", BUYER_ROLES, "explanations"),
        ("supplier_explanations", _("Explanations"), "supplier_explanations", SUPPLIER_ROLES, "explanations"),
    )
    for order, (name, label, url_name, roles, count) in enumerate(entries):
        icon = (
            "chat-left-text"
            if name.endswith("explanations")
            else "exclamation-triangle"
            if count
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


def _warnings(actor: Any) -> Iterable[TodoItem]:
    from django.db.models import Count, Min, Q

    from supervision.models import Warning
    from supervision.vocabulary import WarningState

    state = WarningState
    live = Warning.objects.visible_to(actor).live()
    found = live.aggregate(
        open=Count("id", filter=Q(state=state.OPEN)),
        since=Min("raised_at", filter=Q(state=state.OPEN)),
        due=Min("due_at", filter=Q(state=state.OPEN)),
        explained=Count("id", filter=Q(state=state.EXPLAINED)),
        explained_due=Min("due_at", filter=Q(state=state.EXPLAINED)),
        escalated=Count("id", filter=Q(state=state.ESCALATED)),
    )
    if found["escalated"] and actor.has_role(Role.SUPERVISION_LEAD):
        text = ngettext("%(n)d escalated warning", "%(n)d escalated warnings", found["escalated"])
        yield TodoItem(
            text % {"n": found["escalated"]},
            found["escalated"],
            f"{WORK_LIST}?state=escalated",
            _("Decide"),
            tone="serious",
        )
    if found["explained"]:
        text = ngettext(
            "%(n)d warning explained, to decide", "%(n)d warnings explained, to decide", found["explained"]
        )
        yield TodoItem(
            text % {"n": found["explained"]},
            found["explained"],
            f"{WORK_LIST}?state=explained",
            _("Decide"),
            due=found["explained_due"],
        )
    if found["open"]:
        text = ngettext("%(n)d warning to assign", "%(n)d warnings to assign", found["open"])
        yield TodoItem(
            text % {"n": found["open"]},
            found["open"],
            f"{WORK_LIST}?state=open",
            _("Assign"),
            since=found["since"],
            due=found["due"],
        )


def _unit_errors(actor: Any) -> Iterable[TodoItem]:
    from supervision.models import Warning
    from supervision.vocabulary import LIVE_STATES

    count = Warning.objects.visible_to(actor).filter(state__in=LIVE_STATES, historic=False).count()
    if count:
        text = ngettext(
            "%(n)d price that looks like an error of the unit",
            "%(n)d prices that look like errors of the unit",
            count,
        )
        yield TodoItem(text % {"n": count}, count, f"{WORK_LIST}?view=unit_errors", _("Check"))


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
        text = ngettext("%(n)d explanation to give", "%(n)d explanations to give", found["n"])
        yield TodoItem(
            text % {"n": found["n"]},
            found["n"],
            f"/{side}/explanations/",
            _("Explain"),
            since=found["since"],
            due=found["due"],
        )
