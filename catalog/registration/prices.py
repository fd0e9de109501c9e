"""What price data adds to the frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.notices import NoticeKind, kinds
from accounts.roles import Role
from zcy import registries
from zcy.registries import MenuItem, NightlyPart, PeriodicTask, TodoItem, TodoProvider

CONTESTS_URL: Final = "/admin/catalog/referencecontest/?decided_at__isempty=1"


def register() -> None:
    """Called once, when the app is ready."""
    from catalog.pricing import index
    from catalog.pricing.learn import run_night

    registries.nightly_parts.register(
        NightlyPart(name="price_levels", label=_("Reasonable prices"), stage=1, run=run_night)
    )
    registries.nightly_parts.register(
        NightlyPart(name="price_index", label=_("Price index"), stage=1, run=index.run_night)
    )
    kinds.register(
        NoticeKind(
            "reference_withdrawn",
            _("A reference price of “%(good)s” that you contested was withdrawn."),
            tone="good",
        )
    )
    kinds.register(
        NoticeKind("reference_stands", _("A reference price of “%(good)s” that you contested stands."))
    )
    staff = frozenset([Role.CATALOG])
    for name, label, url_name, order in (
        ("references", _("Reference prices"), "admin:catalog_referenceprice_changelist", 40),
        ("references_import", _("Import reference prices"), "catalog:references_import", 41),
        ("contests", _("Contested prices"), "admin:catalog_referencecontest_changelist", 42),
        ("fetches", _("Fetched reference prices"), "admin:catalog_referencefetch_changelist", 43),
    ):
        registries.menu.register(
            MenuItem(
                name=name,
                label=label,
                url_name=url_name,
                roles=staff,
                section=_("Catalog"),
                order=order,
                icon="graph-up",
                exact=name == "references",
            )
        )
    registries.todo.register(TodoProvider("reference_contests", staff, _contests, order=30))
    registries.todo.register(TodoProvider("reference_fetches", staff, _fetches, order=31))
    registries.periodic_tasks.register(
        PeriodicTask("reference prices", "catalog.tasks.fetch_references", hour=4, minute=40)
    )


def _contests(actor: Any) -> Iterable[TodoItem]:
    from django.db.models import Count, Min

    from catalog.models import ReferenceContest

    found = ReferenceContest.objects.filter(decided_at__isnull=True).aggregate(n=Count("id"), since=Min("at"))
    if found["n"]:
        yield TodoItem(
            label=_("Contested reference prices"),
            count=found["n"],
            url=CONTESTS_URL,
            action=_("Decide"),
            since=found["since"],
        )


def _fetches(_actor: Any) -> Iterable[TodoItem]:
    """The latest reading of the configured source, where it failed or found faults."""
    from catalog.models import FetchState, ReferenceFetch
    from catalog.pricing.connectors import configured

    if configured() is None:
        return
    last = ReferenceFetch.objects.defer("details").order_by("-id").first()
    if last is not None and last.state != FetchState.DONE:
        yield TodoItem(
            label=_("Reference prices that could not be fetched"),
            count=max(last.wrong, 1),
            url=f"/admin/catalog/referencefetch/{last.pk}/change/",
            action=_("Look"),
            since=last.started_at,
        )
