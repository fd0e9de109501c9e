"""Organisations: kept by the onboarding staff, seen by supervisors of the region."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.forms import OrganisationForm
from accounts.home import LICENCE_DAYS, licences_ending
from accounts.models import Licence, Organisation, Shareholding, SupplierProfile
from accounts.models.onboarding import APPLICATION_VIEWERS
from accounts.onboarding.categories import category_names
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


class ProfileInline(admin.StackedInline[SupplierProfile, Organisation]):
    """Contact, bank and offer as they were admitted; changed by a renewal only."""

    model = SupplierProfile
    can_delete = False
    fields = readonly_fields = (
        "contact_name",
        "contact_phone",
        "contact_email",
        "bank_name",
        "bank_account",
        "asked_for",
        "registered_at",
        "admitted_at",
        "first_listing_at",
    )

    @admin.display(description=_("categories"))
    def asked_for(self, profile: SupplierProfile) -> str:
        return "、".join(category_names(profile.categories)) or "–"

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_view_permission(self, request: object, obj: object = None) -> bool:
        return True


class LicenceInline(admin.TabularInline[Licence, Organisation]):
    """Licences with their files, the accepted ones and what waits for a decision."""

    model = Licence
    extra = 0
    can_delete = False
    fields = readonly_fields = (
        "kind",
        "number",
        "issued_on",
        "expires_on",
        "paper",
        "accepted_at",
        "replaced_at",
    )

    @admin.display(description=_("file"))
    def paper(self, licence: Licence) -> SafeString:
        return format_html(
            '<a href="{}" target="_blank" rel="noopener">{}</a>', licence.url, licence.file_name
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Licence]:
        return super().get_queryset(request).filter(removed_at=None)

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

    def get_inlines(self, request: HttpRequest, obj: Organisation | None) -> list[Any]:
        """Papers and bank account are for those who admit suppliers, not for everybody who may look."""
        admits = self._holds(request, APPLICATION_VIEWERS)
        return [*([ProfileInline, LicenceInline] if obj and admits else []), *self.inlines]

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> tuple[str, ...]:
        return self.readonly_fields if obj else ()
