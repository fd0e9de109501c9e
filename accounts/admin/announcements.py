"""Announcements, written per region."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts.models import Announcement, Region
from accounts.roles import Role
from accounts.visibility import in_region_of
from zcy.admin_site import RoleAdmin


@admin.register(Announcement)
class AnnouncementAdmin(RoleAdmin[Announcement]):
    view_roles = frozenset([Role.AUDITOR])
    change_roles = add_roles = frozenset([Role.SUPERVISOR, Role.SUPERVISION_LEAD, Role.SERVICE])
    list_display = ("title", "region", "published_at", "withdrawn_at", "author")
    list_select_related = ("region", "author")
    search_fields = ("title",)
    fields = ("region", "title", "body", "published_at", "withdrawn_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Announcement]:
        return in_region_of(super().get_queryset(request), request.actor)  # type: ignore[attr-defined]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        actor = request.actor  # type: ignore[attr-defined]
        if db_field.name == "region" and actor.region is not None:
            kwargs["queryset"] = Region.objects.below(actor.region).order_by("path")
            kwargs["initial"] = actor.region.pk
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Announcement, form: ModelForm[Announcement], change: bool
    ) -> None:
        if not change:
            obj.author = request.actor.user  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)
