"""What the halls add to the frame: links of the header, tiles of the home page, menus, the night."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _

from accounts.roles import BUYER_ROLES, SUPERVISOR_ROLES, SUPPLIER_ROLES, Role
from zcy import registries
from zcy.registries import (
    HomeSection,
    MenuItem,
    NavigationLink,
    NavigationProvider,
    NightContext,
    NightlyPart,
    Tile,
)

MOST_LINKS: Final = 7


def register() -> None:
    """Called once, when the app is ready."""
    from catalog.halls import rules
    from catalog.models import GoodLabel, GoodOrigin, Hall, HallRegion, HallRule

    rules.register()
    for sender in (Hall, HallRegion, HallRule):
        for signal in (post_save, post_delete):
            signal.connect(
                _changed, sender=sender, dispatch_uid=f"catalog.halls.{sender.__name__}.{id(signal)}"
            )
    for signal in (post_save, post_delete):
        signal.connect(_moved, sender=GoodOrigin, dispatch_uid=f"catalog.halls.origin.{id(signal)}")
        signal.connect(_moved, sender=GoodLabel, dispatch_uid=f"catalog.halls.certificate.{id(signal)}")

    registries.navigation.register(NavigationProvider("halls", _links, order=10))
    registries.home_sections.register(
        HomeSection("halls", "catalog/halls/_home.html", _tiles, BUYER_ROLES, public=True, order=60)
    )
    registries.menu.register(
        MenuItem(
            "supplier_halls",
            _("Halls"),
            "catalog:supplier_halls",
            SUPPLIER_ROLES,
            _("Goods"),
            order=28,
            icon="grid",
        )
    )
    registries.menu.register(
        MenuItem(
            "halls",
            _("Halls"),
            "admin:catalog_hall_changelist",
            frozenset([Role.CATALOG]),
            _("Catalog"),
            order=60,
            icon="grid",
        )
    )
    registries.menu.register(
        MenuItem(
            "halls_of_regions",
            _("Halls by region"),
            "admin:catalog_hallregion_changelist",
            SUPERVISOR_ROLES,
            _("Catalog"),
            order=62,
            icon="grid",
        )
    )
    registries.figure_words["shares"] = _("shares of halls")
    registries.nightly_parts.register(NightlyPart("halls", _("Halls"), 1, _night))


def _changed(**kwargs: Any) -> None:
    """Headers and drawn pages of this process show a change at once, those of others within a minute."""
    from catalog.kept import forget_lists
    from zcy import frame

    frame.forget()
    forget_lists()


def _moved(instance: Any, **kwargs: Any) -> None:
    from catalog.services import refresh_halls

    refresh_halls([instance.good_id])


def _links(region_id: int | None) -> Iterable[NavigationLink]:
    from accounts.models import Region
    from catalog.halls.of_region import halls_of

    region = Region.objects.filter(pk=region_id).first() if region_id else None
    halls = halls_of(region)
    for hall in halls[:MOST_LINKS]:
        yield NavigationLink(hall.name, hall.url)
    if len(halls) > MOST_LINKS:
        yield NavigationLink(str(_("All halls")), "/halls/")


def _tiles(actor: Any) -> Mapping[str, Any]:
    """The halls of one's region with the number of goods in each."""
    from django.db.models import Count

    from catalog.halls.of_region import halls_of
    from catalog.models import HallGood

    halls = halls_of(actor.region)
    counted = dict(
        HallGood.objects.filter(hall_id__in=[hall.id for hall in halls])
        .order_by()
        .values_list("hall_id")
        .annotate(n=Count("id"))
    )
    return {
        "tiles": [Tile(hall.name, counted.get(hall.id, 0), hint=hall.intro, href=hall.url) for hall in halls]
    }


def _night(context: NightContext) -> Mapping[str, Any]:
    """The whole membership anew, and the shares of the 90 days that end with the last night."""
    from catalog import services

    changed = services.refresh_halls()
    shares = services.refresh_shares(context.last)
    return {"rows": changed + shares, "shares": shares}
