"""The read side of the public portal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import QuerySet

from accounts.models import Announcement, Organisation, Region, SupplierStanding
from accounts.roles import OrganisationKind
from orders.models import OrderLine
from zcy import clock

DEAL_DAYS: Final = 30


def published_deals(region: Region | None = None, text: str = "") -> QuerySet[OrderLine]:
    """Lines of orders confirmed in the last 30 days and not cancelled, newest first: a deal is public from 接单 on."""
    since = clock.start_of(clock.today() - timedelta(days=DEAL_DAYS - 1))
    lines = OrderLine.objects.filter(
        order__confirmed_at__gte=since, order__confirmed_at__lte=clock.now(), order__cancelled_at__isnull=True
    ).select_related("order__buyer", "order__supplier", "order__region", "good")
    if region is not None:
        lines = lines.filter(order__region__path__startswith=region.path)
    if text:
        lines = lines.filter(good__name__icontains=text)
    return lines


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
    if text:
        standings = standings.filter(supplier__name__icontains=text)
    return standings


def public_announcements(region: Region | None = None, text: str = "") -> QuerySet[Announcement]:
    """Announcements of a region, those above it and those below it."""
    announcements = Announcement.objects.published().select_related("region")
    if region is not None:
        codes = region.path.rstrip("/").split("/")
        announcements = announcements.filter(region__path__startswith=region.path) | announcements.filter(
            region__code__in=codes
        )
    if text:
        announcements = announcements.filter(title__icontains=text)
    return announcements


def figures() -> dict[str, Any]:
    """What the portal's first page says of itself."""
    return {
        "deals": published_deals().count(),
        "suppliers": Organisation.objects.suppliers().filter(active=True).count(),
        "announcements": Announcement.objects.published().count(),
    }
