"""The administration: one site for supervisors and the operator's staff, each seeing their part by role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, TypeGuard, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zcy import audit

# The frame knows roles by their codes only; accounts.roles gives them meaning.
SYSTEM_ADMIN: Final = "system_admin"
SECURITY_ADMIN: Final = "security_admin"
AUDITOR: Final = "auditor"
SUPERVISOR: Final = "supervisor"
SUPERVISION_LEAD: Final = "supervision_lead"

LARGEST_ID: Final = 2**63 - 1

Row = TypeVar("Row", bound=Model)

# What relations are called. A relation names no words of its own on the model; these stand in lists and forms.
RELATIONS: Final = {
    "accepted_by": _("accepted by"),
    "approver": _("approver"),
    "answered_by": _("answered by"),
    "asked_by": _("asked by"),
    "author": _("author"),
    "brand": _("brand"),
    "buyer": _("buyer"),
    "category": _("category"),
    "changed_by": _("changed by"),
    "contested_by": _("contested by"),
    "created_by": _("created by"),
    "decided_by": _("decided by"),
    "good": _("standard good"),
    "event": _("event"),
    "holder": _("holder"),
    "marked_by": _("marked by"),
    "invited_by": _("invited by"),
    "listing": _("listing"),
    "model_version": _("model version"),
    "order": _("order"),
    "organisation": _("organisation"),
    "parent": _("above it"),
    "proposed_by": _("proposed by"),
    "recorded_by": _("recorded by"),
    "region": _("region"),
    "reversal_of": _("reversal of"),
    "rule": _("rule"),
    "supplier": _("supplier"),
    "user": _("person"),
    "version": _("version"),
}


class ZcyAdminSite(admin.AdminSite):
    """Django's admin behind our own sign-in, second factor and roles."""

    site_header = _("zcy administration")
    site_title = _("zcy administration")
    index_title = _("Administration")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the person holds any role that works here; the middleware has asked the same."""
        actor = getattr(request, "actor", None)
        return bool(
            actor and actor.is_authenticated and request.user.is_active and visible_models(self, request)
        )

    def login(self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None) -> HttpResponse:
        """No sign-in of its own, which would skip lock-out and second factor: to allauth's, as secure_admin_login does."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))
        if not self.has_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:index"))


def visible_models(site: admin.AdminSite, request: HttpRequest) -> bool:
    """Whether any registered model opens for the roles of the request's actor."""
    return any(model_admin.has_module_permission(request) for model_admin in site._registry.values())


class _Forgiving(AutocompleteMixin):
    """Django's field to choose rows by typing; a value that is no key is shown as nothing instead of failing."""

    def optgroups(self, name: str, value: Any, attrs: dict[str, Any] | None = None) -> Any:
        """The chosen rows, as far as there are such rows."""
        target: Field[Any, Any] = self.field.target_field
        return super().optgroups(name, [one for one in value if _is_a_key(target, one)], attrs)


class ForgivingAutocomplete(_Forgiving, AutocompleteSelect):
    """For one row."""


class ForgivingAutocompleteMultiple(_Forgiving, AutocompleteSelectMultiple):
    """For several."""


def _is_a_key(target: Field[Any, Any], value: Any) -> bool:
    try:
        target.to_python(value)
    except ValidationError:
        return False
    return "\0" not in str(value)


def _makes_no_sense(name: str, value: str) -> bool:
    """Whether a filter would make the database or the calendar fail, and not only find nothing."""
    if name.endswith(("__year", "__month", "__day")):
        return not (value.isascii() and value.isdigit() and len(value) <= 4)
    return "\0" in name or (name != "q" and "\0" in value)


def is_nameless_relation(field: Any) -> TypeGuard[ForeignKey[Any, Any]]:
    """A relation to which the model itself gives no words; Django makes some of its name, in no language."""
    return isinstance(field, ForeignKey) and getattr(field, "_verbose_name", None) is None


class RoleAdmin(admin.ModelAdmin[Row]):
    """A page of the administration that opens by role, shows only what the actor may see, and leaves a trace.

    `view_roles` may look, `change_roles` may look and change, `add_roles` and `delete_roles` as they say; nothing
    is deleted unless a page says so. Rows are scoped by the queryset's `visible_to(actor)` where it has one.
    """

    view_roles: ClassVar[frozenset[str]] = frozenset()
    change_roles: ClassVar[frozenset[str]] = frozenset()
    add_roles: ClassVar[frozenset[str]] = frozenset()
    delete_roles: ClassVar[frozenset[str]] = frozenset()
    # Counting all rows of a big table for "1 of 10,000,000" is not worth it.
    show_full_result_count = False
    list_per_page = 50
    empty_value_display = "–"

    def __init__(self, model: type[Row], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        for field in self.opts.get_fields():
            # Only the name that is shown: what migrations know of the field (`_verbose_name`) stays as it is.
            if is_nameless_relation(field) and field.name in RELATIONS:
                field.verbose_name = RELATIONS[field.name]

    def _holds(self, request: HttpRequest, roles: frozenset[str]) -> bool:
        return bool(request.user.is_active and request.actor.has_role(*roles))  # type: ignore[attr-defined]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return self._holds(request, self.view_roles | self.change_roles | self.add_roles)

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return self._holds(request, self.change_roles)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._holds(request, self.add_roles)

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return self._holds(request, self.delete_roles)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Row]:
        queryset = super().get_queryset(request)
        visible_to = getattr(queryset, "visible_to", None)
        if visible_to is None:
            return queryset
        scoped: QuerySet[Row] = visible_to(request.actor)  # type: ignore[attr-defined]
        return scoped

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list as the address asks for it.

        Raises:
            IncorrectLookupParameters: it asks for what cannot be; Django shows the whole list then, and we say so.
        """
        try:
            if any(_makes_no_sense(name, one) for name, values in request.GET.lists() for one in values):
                raise IncorrectLookupParameters
            return super().get_changelist_instance(request)
        except IncorrectLookupParameters:
            messages.warning(request, _("This filter makes no sense. Here is the whole list."))
            raise

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if "widget" not in kwargs and db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = ForgivingAutocomplete(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Row, form: ModelForm[Row], change: bool) -> None:
        super().save_model(request, obj, form, change)
        verb = "changed" if change else "added"
        data = {name: form.cleaned_data.get(name) for name in form.changed_data}
        self.record(request, obj, verb, data)

    def delete_model(self, request: HttpRequest, obj: Row) -> None:
        self.record(request, obj, "deleted", {})
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        for obj in queryset:
            self.record(request, obj, "deleted", {})
        super().delete_queryset(request, queryset)

    def record(self, request: HttpRequest, obj: Row, verb: str, data: Mapping[str, Any]) -> None:
        """Write what was done into the audit."""
        audit.record(
            actor=request.actor,  # type: ignore[attr-defined]
            action=f"{self.opts.model_name}.{verb}",
            subject=obj,
            data=data,
        )


class ReadOnlyAdmin(RoleAdmin[Row]):
    """A page that only shows."""

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


class LeadsElsewhere:
    """For lists whose rows are looked at on a page of their own."""

    # The name of that page's address, which takes the row's id.
    looked_at: ClassVar[str]

    def elsewhere(self, pk: int) -> HttpResponse:
        """The way from a row to its page."""
        return redirect(self.looked_at, pk)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not object_id.isdigit():
            raise Http404
        return self.elsewhere(min(int(object_id), LARGEST_ID))
