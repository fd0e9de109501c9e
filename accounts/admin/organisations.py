"""Organisations: kept by the onboarding staff, seen by supervisors of the region."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.forms import OrganisationForm
from accounts.home import LICENCE_DAYS, licences_ending
from accounts.models import Organisation, Shareholding
from accounts.roles import Role
from zcy.admin_site import RoleAdmin

VIEWERS = frozenset(
    [
        Role.SUPERVISOR,
        Role.SUPERVISION_LEAD,
        Role.CATALOG,
        Role.SERVICE,
        Role.SYSTEM_ADMIN,
        Role.SECURITY_ADMIN,
    ]
)


class LicenceFilter(admin.SimpleListFilter):
    """Licences that have run out or will within two months."""

    title = _("licence")
    parameter_name = "licence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ending", _("expired or within 60 days")), ("expired", _("expired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Organisation]) -> QuerySet[Organisation]:
        days = {"ending": LICENCE_DAYS, "expired": 0}.get(self.value() or "")
        return queryset if days is None else licences_ending(queryset, days)


class ShareholdingInline(admin.TabularInline[Shareholding, Organisation]):
    model = Shareholding
    fk_name = "organisation"
    extra = 0
    can_delete = False
    fields = readonly_fields = ("holder_name", "holder", "share")

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_view_permission(self, request: object, obj: object = None) -> bool:
        return True


@admin.register(Organisation)
class OrganisationAdmin(RoleAdmin[Organisation]):
    view_roles = VIEWERS
    change_roles = add_roles = frozenset([Role.ONBOARDING])
    form = OrganisationForm
    list_display = ("name", "kind", "uscc", "region", "active", "licence_expires_on", "excluded_to")
    list_filter = ("kind", LicenceFilter, "active")
    list_select_related = ("region",)
    search_fields = ("name", "=uscc")
    autocomplete_fields = ("region",)
    readonly_fields = ("created_at",)
    inlines = (ShareholdingInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> tuple[str, ...]:
        return self.readonly_fields if obj else ()
