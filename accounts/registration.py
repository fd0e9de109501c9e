"""What admission, licences, suspensions and delegations add to the frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import EmptyResultSet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models.licences import FILES_FOLDER
from accounts.roles import SUPERVISOR_ROLES, Role
from zcy import registries
from zcy.registries import (
    HeaderCount,
    HomeSection,
    MenuItem,
    NightlyPart,
    PrivateFiles,
    Tile,
    TodoItem,
    TodoProvider,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.actor import Actor
    from accounts.models import Suspension

APPLICATIONS: Final = "/admin/accounts/application/"
IN_REVIEW: Final = f"{APPLICATIONS}?state__exact=submitted"
_WAITING: Final = "SELECT count(*) FROM accounts_application WHERE state = 'submitted'"
STAFF: Final = frozenset([Role.ONBOARDING])


def register() -> None:
    """Called once, when the app is ready."""
    from accounts import notices_onboarding
    from accounts.onboarding.night import run_night
    from accounts.services.suspensions import SUSPENDERS

    notices_onboarding.register()
    registries.private_files.register(PrivateFiles(FILES_FOLDER, _may_see_licence))
    registries.menu.register(
        MenuItem(
            "supplier_application",
            _("Admission and licences"),
            "supplier_application",
            frozenset([Role.SUPPLIER_ADMIN]),
            _("Organisation"),
            order=890,
            icon="patch-check",
        )
    )
    registries.menu.register(
        MenuItem(
            "delegations",
            _("Standing in"),
            "delegations",
            frozenset(Role.values),
            _("Organisation"),
            order=910,
            icon="person-badge",
        )
    )
    registries.menu.register(
        MenuItem(
            "units",
            _("Units"),
            "units",
            SUPERVISOR_ROLES,
            _("Organisation"),
            order=880,
            icon="building-add",
        )
    )
    registries.menu.register(
        MenuItem(
            "applications",
            _("Applications for admission"),
            "admin:accounts_application_changelist",
            STAFF,
            _("Suppliers"),
            order=30,
            icon="patch-check",
            count="applications_in_review",
        )
    )
    registries.menu.register(
        MenuItem(
            "suspensions",
            _("Suspensions"),
            "admin:accounts_suspension_changelist",
            SUSPENDERS,
            _("Suppliers"),
            order=32,
            icon="pause-circle",
            count="suspensions_to_decide",
        )
    )
    registries.menu.register(
        MenuItem(
            "exclusions",
            _("Exclusion list"),
            "admin:accounts_exclusionentry_changelist",
            STAFF,
            _("Suppliers"),
            order=34,
            icon="slash-circle",
        )
    )
    registries.nightly_parts.register(
        NightlyPart("licences_and_bans", _("Licences, bans and suspensions"), stage=1, run=run_night)
    )
    registries.figure_words["notices"] = _("notices")
    registries.todo.register(TodoProvider("suspensions", SUSPENDERS, _suspensions, order=25))
    registries.todo.register(
        TodoProvider("own_licences", frozenset([Role.SUPPLIER_ADMIN]), _own_licences, order=16)
    )
    registries.header_counts.register(HeaderCount("suspensions_to_decide", SUSPENDERS, _to_decide))
    registries.header_counts.register(
        HeaderCount("applications_in_review", STAFF, lambda actor: (_WAITING, []))
    )
    registries.home_sections.register(
        HomeSection("coming_in", "zcy/_home_tiles.html", _days_tiles, STAFF, order=60)
    )
    registries.todo.register(TodoProvider("applications", STAFF, _in_review, order=20))
    registries.todo.register(TodoProvider("own_application", frozenset(), _own_application, order=10))
    registries.todo.register(
        TodoProvider("renewal", frozenset([Role.SUPPLIER_ADMIN]), _returned_renewal, order=15)
    )


def _may_see_licence(actor: Any, name: str) -> bool:
    from accounts.models import Licence

    return Licence.objects.visible_to(actor).filter(file=name).exists()


def _days_tiles(actor: Any) -> Mapping[str, Any]:
    """How long coming in takes, each leading to the page with months and regions."""
    from accounts.onboarding.figures import LEAST, usual_days

    usual = usual_days()
    figures = f"{APPLICATIONS}figures/"
    hint = (
        _("median of %(n)s suppliers, last 12 months") % {"n": usual.n}
        if usual
        else _("fewer than %(least)s suppliers in the last 12 months") % {"least": LEAST}
    )
    return {
        "title": _("How long coming in takes"),
        "tiles": [
            Tile(_("Days to admission"), f"{usual.admitted:.1f}" if usual else "–", hint, figures),
            Tile(_("Days to the first listing"), f"{usual.listed:.1f}" if usual else "–", hint, figures),
        ],
    }


def _in_review(actor: Actor) -> Iterable[TodoItem]:
    from django.db.models import Count, Min

    from accounts.models import Application, ApplicationState

    waiting = Application.objects.filter(state=ApplicationState.SUBMITTED).aggregate(
        n=Count("id"), since=Min("submitted_at")
    )
    if waiting["n"]:
        yield TodoItem(
            label=_("Applications for admission in review"),
            count=waiting["n"],
            url=IN_REVIEW,
            action=_("Review"),
            since=waiting["since"],
        )


def _own_application(actor: Actor) -> Iterable[TodoItem]:
    """For somebody who has registered a company and holds no role yet."""
    from accounts.models import Application

    found = Application.objects.own(actor).open().order_by("-id").first()
    if found is None:
        return
    words = {
        "draft": (_("Your application for admission: not submitted yet"), _("Go on"), "watch"),
        "returned": (_("Your application was sent back: mend what is marked"), _("Mend"), "serious"),
        "submitted": (_("Your application is in review"), _("Look"), "idle"),
    }
    label, action, tone = words[found.state]
    yield TodoItem(
        label=label,
        count=1,
        url=reverse("application", args=[found.pk]),
        action=action,
        since=found.submitted_at or found.created_at,
        tone=tone,
    )


def _returned_renewal(actor: Actor) -> Iterable[TodoItem]:
    from accounts.models import Application, ApplicationState

    found = Application.objects.own(actor).filter(state=ApplicationState.RETURNED).first()
    if found is not None:
        yield TodoItem(
            label=_("Your renewal was sent back: mend what is marked"),
            count=1,
            url=reverse("application", args=[found.pk]),
            action=_("Mend"),
            since=found.decided_at,
            tone="serious",
        )


def _for_a_second(actor: Actor) -> QuerySet[Suspension]:
    """What another one has proposed."""
    from django.db.models import Q

    from accounts.models import Suspension

    return (
        Suspension.objects.visible_to(actor)
        .awaiting_confirmation()
        .exclude(Q(confirmed_at=None, proposed_by_id=actor.user_id) | Q(lift_proposed_by_id=actor.user_id))
    )


def _to_decide(actor: Actor) -> tuple[str, list[Any]]:
    try:
        sql, params = _for_a_second(actor).order_by().values("id").query.sql_with_params()
    except EmptyResultSet:  # a supervisor without a region
        return "SELECT 0", []
    return f"SELECT count(*) FROM ({sql}) waiting", list(params)


def _suspensions(actor: Actor) -> Iterable[TodoItem]:
    from django.db.models import Count, Min

    waiting = _for_a_second(actor).aggregate(n=Count("id"), since=Min("proposed_at"))
    if waiting["n"]:
        yield TodoItem(
            label=_("Suspensions that need a second person"),
            count=waiting["n"],
            url="/admin/accounts/suspension/?stage=waiting",
            action=_("Decide"),
            since=waiting["since"],
        )


def _own_licences(actor: Actor) -> Iterable[TodoItem]:
    """Licences that end within 60 days; whoever has handed the renewal in waits."""
    from datetime import timedelta

    from accounts.home import LICENCE_DAYS
    from accounts.models import Application, ApplicationState, Licence
    from zcy import clock

    organisation = actor.organisation
    if organisation is None:
        return
    soon = clock.today() + timedelta(days=LICENCE_DAYS)
    ends = [
        end
        for end in Licence.objects.in_force()
        .filter(organisation=organisation, expires_on__lt=soon)
        .values_list("expires_on", flat=True)
        if end is not None
    ]
    own = organisation.licence_expires_on
    if not ends and own is not None and own < soon:
        ends = [own]
    if not ends:
        return
    if Application.objects.filter(organisation=organisation, state=ApplicationState.SUBMITTED).exists():
        return
    first = min(ends)
    yield TodoItem(
        label=_("Licences to renew"),
        count=len(ends),
        url=reverse("supplier_application"),
        action=_("Upload the renewed licence"),
        due=clock.start_of(first),
        tone="serious" if first < clock.today() else "watch",
    )
