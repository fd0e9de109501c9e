"""What alerts of listings add to the frame: a menu line with its count, to-dos, the night and the hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.roles import SUPPLIER_ROLES
from zcy import registries
from zcy.registries import (
    HeaderCount,
    MenuItem,
    NightContext,
    NightlyPart,
    PeriodicTask,
    TodoItem,
    TodoProvider,
)

_COUNT: Final = "SELECT count(*) FROM catalog_listingalert WHERE supplier_id = %s"


def register() -> None:
    """Called once, when the app is ready."""
    from catalog import alerts

    alerts.register()
    registries.menu.register(
        MenuItem(
            "mend",
            _("Stock and prices"),
            "catalog:mend",
            SUPPLIER_ROLES,
            _("Goods"),
            order=22,
            icon="wrench",
            count="listing_alerts",
        )
    )
    registries.header_counts.register(
        HeaderCount("listing_alerts", SUPPLIER_ROLES, lambda actor: (_COUNT, [actor.organisation_id]))
    )
    registries.todo.register(TodoProvider("listing_alerts", SUPPLIER_ROLES, _todo, order=45))
    registries.nightly_parts.register(NightlyPart("listing_sales", _("Sales of listings"), 1, _sales))
    # After the statistics of prices and the sales that it compares with.
    registries.nightly_parts.register(NightlyPart("listing_alerts", _("Listings to mend"), 2, _alerts))
    registries.figure_words["notices"] = _("notices")
    registries.periodic_tasks.register(
        PeriodicTask("listing_alerts", "catalog.tasks.refresh_alerts", seconds=3600)
    )


def _todo(actor: Any) -> Iterable[TodoItem]:
    """One line for each kind, leading to its table."""
    from django.db.models import Count, Min

    from catalog.alerts import kinds
    from catalog.models import ListingAlert

    rows = (
        ListingAlert.objects.visible_to(actor)
        .order_by()
        .values("kind")
        .annotate(n=Count("id"), first=Min("since"))
    )
    found = {row["kind"]: row for row in rows}
    for kind in kinds:
        if row := found.get(kind.name):
            yield TodoItem(
                label=kind.label,
                count=row["n"],
                url=f"/supplier/mend/{kind.name}/",
                action=kind.action,
                since=row["first"],
            )


def _sales(context: NightContext) -> Mapping[str, Any]:
    from catalog import services

    return {"rows": services.refresh_sales(context.last)}


def _alerts(context: NightContext) -> Mapping[str, Any]:
    from catalog import services

    changed = services.refresh_alerts()
    return {"rows": changed, "notices": services.tell_suppliers()}
