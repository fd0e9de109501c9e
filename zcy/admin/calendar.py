"""Days off and make-up days, corrected by people; outages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from zcy import workdays
from zcy.admin_site import SUPERVISION_LEAD, SYSTEM_ADMIN, RoleAdmin
from zcy.models import Holiday, Outage


@admin.register(Holiday)
class HolidayAdmin(RoleAdmin[Holiday]):
    """A day that a person enters is kept when the built-in calendar is loaded again."""

    view_roles = frozenset([SUPERVISION_LEAD])
    change_roles = add_roles = delete_roles = frozenset([SYSTEM_ADMIN])
    list_display = ("date", "kind", "name", "provisional", "source")
    list_filter = ("kind", "provisional", "source")
    fields = ("date", "kind", "name", "provisional")
    date_hierarchy = "date"
    ordering = ("-date",)

    def save_model(self, request: HttpRequest, obj: Holiday, form: ModelForm[Holiday], change: bool) -> None:
        obj.source = "manual"
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            workdays.rebuild()

    def delete_model(self, request: HttpRequest, obj: Holiday) -> None:
        with transaction.atomic():
            super().delete_model(request, obj)
            workdays.rebuild()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Holiday]) -> Any:
        with transaction.atomic():
            super().delete_queryset(request, queryset)
            workdays.rebuild()


@admin.register(Outage)
class OutageAdmin(RoleAdmin[Outage]):
    view_roles = frozenset([SUPERVISION_LEAD])
    change_roles = add_roles = frozenset([SYSTEM_ADMIN])
    list_display = ("began_at", "ended_at", "note")
