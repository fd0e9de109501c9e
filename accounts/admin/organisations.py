"""Organisations: kept by the onboarding staff, seen by supervisors of the region."""

from __future__ import annotations

from django.contrib import admin

from accounts.forms import OrganisationForm
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
    list_filter = ("kind", "active")
    list_select_related = ("region",)
    search_fields = ("name", "=uscc")
    autocomplete_fields = ("region",)
    readonly_fields = ("created_at",)
    inlines = (ShareholdingInline,)
