"""People and their roles, for the security administrator; the sign-in log."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.errors import OwnRoles
from accounts.models import Invitation, Membership, SignIn, User
from accounts.roles import ROLES_OF_KIND, OrganisationKind, Role
from zcy.admin_site import ReadOnlyAdmin, RoleAdmin
from zcy.browsers import browser_name


@admin.register(User)
class UserAdmin(RoleAdmin[User]):
    """Accounts are made by invitation; here they are closed and opened again."""

    view_roles = frozenset([Role.AUDITOR, Role.SERVICE])
    change_roles = frozenset([Role.SECURITY_ADMIN])
    list_display = ("username", "name", "is_active", "last_login", "demonstration")
    list_filter = ("is_active", "demonstration")
    search_fields = ("username", "name")
    fields = ("username", "name", "email", "phone", "is_active", "last_login", "date_joined", "demonstration")
    readonly_fields = ("username", "last_login", "date_joined", "demonstration")


class MembershipForm(forms.ModelForm[Membership]):
    """A role that the organisation's kind has, never two of the three powers, and none for oneself."""

    # Who fills the form in.
    own_id: ClassVar[int | None] = None

    def clean(self) -> dict[str, Any]:
        """Check role and organisation together, and that it is for somebody else."""
        data: dict[str, Any] = super().clean() or {}
        if self.own_id is not None and getattr(data.get("user"), "pk", None) == self.own_id:
            self.add_error("user", str(OwnRoles.message))
        organisation, role = data.get("organisation"), data.get("role")
        if organisation and role and role not in ROLES_OF_KIND[OrganisationKind(organisation.kind)]:
            self.add_error("role", _("Organisations of this kind do not have this role."))
        return data


@admin.register(Membership)
class MembershipAdmin(RoleAdmin[Membership]):
    view_roles = frozenset([Role.AUDITOR])
    add_roles = delete_roles = frozenset([Role.SECURITY_ADMIN])
    form = MembershipForm
    list_display = ("user", "role_words", "organisation", "created_at")
    list_select_related = ("user", "organisation")
    search_fields = ("user__username", "user__name", "organisation__name")
    autocomplete_fields = ("user", "organisation")
    fields = ("user", "organisation", "role")

    @admin.display(description=_("role"), ordering="role")
    def role_words(self, membership: Membership) -> str:
        return str(membership.role_label)

    def get_form(
        self, request: HttpRequest, obj: Membership | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Membership]]:
        form = super().get_form(request, obj, change, **kwargs)
        form.own_id = request.user.pk  # type: ignore[attr-defined]
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            return forms.ChoiceField(label=db_field.verbose_name, choices=Role.choices)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin[Invitation]):
    view_roles = frozenset([Role.SECURITY_ADMIN, Role.AUDITOR])
    list_display = ("name", "organisation", "role", "created_at", "expires_at", "accepted_at", "withdrawn_at")
    list_select_related = ("organisation",)
    exclude = ("token_hash",)


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin[SignIn]):
    view_roles = frozenset([Role.SECURITY_ADMIN, Role.AUDITOR])
    list_display = ("at", "username", "result", "ip", "browser", "short_device")
    list_filter = ("result",)
    fields = ("at", "username", "result", "ip", "device", "user_agent")
    search_fields = ("=username", "=ip", "=device")
    date_hierarchy = "at"
    ordering = ("-id",)

    @admin.display(description=_("browser"))
    def browser(self, entry: SignIn) -> str:
        return browser_name(entry.user_agent) or "–"

    @admin.display(description=_("device"), ordering="device")
    def short_device(self, entry: SignIn) -> str:
        return entry.device[:8] or "–"
