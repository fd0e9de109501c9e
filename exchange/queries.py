"""The read side of the public portal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Q, QuerySet

from accounts.models import Announcement, Organisation, Region, SupplierStanding
from accounts.roles import OrganisationKind
from orders.models import OrderLine
from zcy import clock

DEAL_DAYS: Final = 30
FIGURES_SECONDS: Final = 60


def published_deals(region: Region | None = None, text: str = "") -> QuerySet[OrderLine]:
    """Lines of orders confirmed in the last 30 days and not cancelled, newest first: a deal is public from 接单 on."""
    since = clock.start_of(clock.today() - timedelta(days=DEAL_DAYS - 1))
    lines = OrderLine.objects.filter(
        order__confirmed_at__gte=since, order__confirmed_at__lte=clock.now(), order__cancelled_at__isnull=True
    ).select_related("order__buyer", "order__supplier", "order__region", "good__category")
    if region is not None:
        lines = lines.filter(order__region__path__startswith=region.path)
    return lines.filter(*_words("good__name", text))


def public_grades(
    region: Region | None = None, grade: str = "", text: str = ""
) -> QuerySet[SupplierStanding]:
    """The standing of each active supplier, best first."""
    standings = SupplierStanding.objects.filter(
        supplier__kind=OrganisationKind.SUPPLIER, supplier__active=True
    ).select_related("supplier__region", "supplier__figures")
    if region is not None:
        standings = standings.filter(supplier__region__path__startswith=region.path)
    if grade:
        standings = standings.filter(grade=grade)
    return standings.filter(*_words("supplier__name", text))


def public_announcements(region: Region | None = None, text: str = "") -> QuerySet[Announcement]:
    """Announcements of a region, those above it and those below it."""
    announcements = Announcement.objects.published().select_related("region")
    if region is not None:
        codes = region.path.rstrip("/").split("/")
        announcements = announcements.filter(region__path__startswith=region.path) | announcements.filter(
            region__code__in=codes
        )
    return announcements.filter(*_words("title", text))


def _words(field: str, text: str) -> list[Q]:
    """Every word must stand in the field, in any order."""
    return [Q(**{f"{field}__icontains": word}) for word in text.split()]


def figures() -> dict[str, Any]:
    """What the portal's first page says of itself, at most a minute old: it counts a whole month of lines."""
    found: Any = cache.get_or_set("exchange.figures", _count_figures, FIGURES_SECONDS)
    return dict(found)


def _count_figures() -> dict[str, Any]:
    return {
        "deals": published_deals().count(),
        "suppliers": Organisation.objects.suppliers().filter(active=True).count(),
        "announcements": Announcement.objects.published().count(),
    }
