"""What search, favourites and demands add to the frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _

from accounts.roles import BUYER_ROLES, Role
from catalog.staff import SEES
from zcy import registries
from zcy.registries import HomeSection, MenuItem, NightlyPart, PeriodicTask, TodoItem, TodoProvider

if TYPE_CHECKING:
    from accounts.actor import Actor
    from zcy.registries import NightContext

STAFF: Final = frozenset([Role.CATALOG])


def register() -> None:
    """Called once, when the app is ready."""
    from catalog.models import Synonym
    from catalog.notices import searching

    searching.register()
    for signal in (post_save, post_delete):
        signal.connect(_rebuild, sender=Synonym, dispatch_uid=f"catalog.vocabulary.{id(signal)}")
    for name, label, url_name, roles, section, order, icon in (
        ("favourites", _("Favourites"), "catalog:favourites", BUYER_ROLES, _("Buying"), 60, "star"),
        ("demands", _("Demands"), "catalog:demands", BUYER_ROLES, _("Buying"), 70, "megaphone"),
        ("searches", _("My searches"), "catalog:searches", BUYER_ROLES, _("Buying"), 80, "search"),
        ("demanded", _("Demands"), "catalog:demanded", SEES["demands"], _("Catalog"), 60, "megaphone"),
        ("explanation", _("Why a hit stands there"), "catalog:explanation", SEES["explanation"], _("Catalog"), 65,
         "sort-down"),
    ):  # fmt: skip
        registries.menu.register(
            MenuItem(
                name=name,
                label=label,
                url_name=url_name,
                roles=frozenset(roles),
                section=section,
                order=order,
                icon=icon,
            )
        )
    registries.todo.register(TodoProvider("demands", STAFF, _demands, order=60))
    registries.home_sections.register(
        HomeSection("favourites", "catalog/buyer/_home_favourites.html", _fallen, BUYER_ROLES, order=40)
    )
    for task in (
        PeriodicTask("searches", "catalog.tasks.keep_searches", seconds=60),
        PeriodicTask("favourites", "catalog.tasks.tell_of_favourites", seconds=600),
        PeriodicTask("saved searches", "catalog.tasks.tell_of_new_goods", seconds=3600),
    ):
        registries.periodic_tasks.register(task)
    # After the sales and price figures of the night, of which merit is made.
    registries.nightly_parts.register(
        NightlyPart(name="search_merit", label=_("Order of search results"), stage=9, run=_refresh)
    )


def _rebuild(**kwargs: Any) -> None:
    from zcy.outbox import enqueue

    enqueue("catalog.tasks.rebuild_vocabulary", {}, key="catalog.rebuild_vocabulary")


def _refresh(_context: NightContext) -> Mapping[str, Any]:
    from catalog import services

    return {"rows": services.refresh_goods()}


def _demands(_actor: Actor) -> Iterable[TodoItem]:
    from django.db.models import Count, Min

    from catalog.models import DemandRequest

    waiting = DemandRequest.objects.open().aggregate(n=Count("key", distinct=True), since=Min("created_at"))
    if waiting["n"]:
        yield TodoItem(
            label=_("Goods that buyers ask for"),
            count=waiting["n"],
            url="/operator/demands/",
            action=_("Answer"),
            since=waiting["since"],
        )


def _fallen(actor: Actor) -> Mapping[str, Any]:
    from catalog.queries.favourites import fallen_favourites

    return {"rows": fallen_favourites(actor)}
