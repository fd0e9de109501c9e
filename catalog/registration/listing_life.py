"""The life of listings in the frame: what ends by itself, what waits for whom, the words that are shipped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from accounts.roles import SUPPLIER_ROLES, Role
from zcy import registries
from zcy.registries import HeaderCount, MenuItem, PeriodicTask, PrivateFiles, TodoItem, TodoProvider

STAFF: Final = frozenset([Role.CATALOG])
_TO_MARK: Final = 'SELECT count(*) FROM catalog_markedverdict WHERE "right" IS NULL'
_ASKED: Final = "SELECT count(*) FROM catalog_catalogrequest WHERE state = 'waiting'"


def register() -> None:
    """Called once, when the app is ready."""
    from catalog.notices import catalog_requests

    catalog_requests.register()
    registries.private_files.register(PrivateFiles("certificates", _may_see_paper))
    registries.periodic_tasks.register(
        PeriodicTask(name="end_listings", task="catalog.tasks.end_listings", seconds=300)
    )
    post_migrate.connect(_load_words, dispatch_uid="catalog.load_words")
    registries.header_counts.register(HeaderCount("verdicts_to_mark", STAFF, lambda actor: (_TO_MARK, [])))
    registries.header_counts.register(HeaderCount("catalog_requests", STAFF, lambda actor: (_ASKED, [])))
    for item in _menu():
        registries.menu.register(item)
    registries.todo.register(TodoProvider("verdicts_to_mark", STAFF, _to_mark, order=60))
    registries.todo.register(TodoProvider("catalog_requests", STAFF, _asked, order=30))


def _menu() -> Iterable[MenuItem]:
    yield MenuItem(
        name="repair",
        label=_("Offers to mend"),
        url_name="catalog:supplier_repair",
        roles=SUPPLIER_ROLES,
        section=_("Goods"),
        order=21,
        icon="wrench",
        count="rejected_listings",
    )
    yield MenuItem(
        name="supplier_requests",
        label=_("Requests to the catalog"),
        url_name="catalog:supplier_requests",
        roles=SUPPLIER_ROLES,
        section=_("Goods"),
        order=26,
        icon="question-circle",
    )
    yield MenuItem(
        name="verdicts_to_mark",
        label=_("Verdicts to mark"),
        url_name="admin:catalog_markedverdict_changelist",
        roles=STAFF,
        section=_("Catalog"),
        order=24,
        icon="check2-square",
        count="verdicts_to_mark",
    )
    yield MenuItem(
        name="catalog_requests",
        label=_("Requests of suppliers"),
        url_name="admin:catalog_catalogrequest_changelist",
        roles=STAFF,
        section=_("Catalog"),
        order=26,
        icon="question-circle",
        count="catalog_requests",
    )
    yield MenuItem(
        name="checked_words",
        label=_("Checked words"),
        url_name="admin:catalog_checkedword_changelist",
        roles=STAFF,
        section=_("Catalog"),
        order=62,
        icon="spellcheck",
    )
    yield MenuItem(
        name="check_precision",
        label=_("Precision of the checks"),
        url_name="catalog:listing_checks",
        roles=STAFF,
        section=_("Catalog"),
        order=63,
        icon="bullseye",
    )


def _to_mark(actor: Any) -> Iterable[TodoItem]:
    from django.db.models import Count, Min

    from catalog.models import MarkedVerdict

    found = MarkedVerdict.objects.filter(right=None).aggregate(n=Count("id"), since=Min("drawn_at"))
    if found["n"]:
        yield TodoItem(
            label=_("Verdicts of the checks to mark"),
            count=found["n"],
            url="/admin/catalog/markedverdict/?marked=no",
            action=_("Mark"),
            since=found["since"],
        )


def _asked(actor: Any) -> Iterable[TodoItem]:
    from django.db.models import Count, Min

    from catalog.models import CatalogRequest, RequestState
    from zcy import clock

    found = CatalogRequest.objects.filter(state=RequestState.WAITING).aggregate(
        n=Count("id"), due=Min("due_on")
    )
    if found["n"]:
        yield TodoItem(
            label=_("What suppliers ask of the catalog"),
            count=found["n"],
            url="/admin/catalog/catalogrequest/?state__exact=waiting",
            action=_("Answer"),
            due=clock.end_of(found["due"]),
        )


def _may_see_paper(actor: Any, name: str) -> bool:
    from catalog.models import CertificatePaper

    return CertificatePaper.objects.visible_to(actor).filter(file=name).exists()


def _load_words(sender: Any, **_signal: Any) -> None:
    """After every migrate of the catalog: the shipped words that are not there yet."""
    if sender.name == "catalog":
        from catalog.checks.shipped_words import load_words

        load_words()
