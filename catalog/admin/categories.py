"""Categories with their attributes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.roles import OPERATOR_ROLES, Role
from catalog.kept import forget_lists
from catalog.models import Category, CategoryAttribute
from zcy.admin_site import RoleAdmin
from zcy.outbox import enqueue


class AttributeInline(admin.TabularInline[CategoryAttribute, Category]):
    """Attributes of one category; those below inherit them."""

    model = CategoryAttribute
    extra = 0
    fields = (
        "order",
        "key",
        "label",
        "label_en",
        "type",
        "unit",
        "choices",
        "required",
        "filterable",
        "is_key",
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.actor.has_role(Role.CATALOG))  # type: ignore[attr-defined]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(Category)
class CategoryAdmin(RoleAdmin[Category]):
    """The tree is loaded from files; names, units and attributes are mended here."""

    view_roles = frozenset(OPERATOR_ROLES)
    change_roles = frozenset([Role.CATALOG])
    list_display = ("code", "name", "parent", "unit", "goods_count")
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    ordering = ("path",)
    fields = ("code", "name", "parent", "unit", "counted", "order", "goods_count")
    readonly_fields = ("code", "parent", "goods_count")
    inlines = [AttributeInline]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Its goods, and those below, are found under the new names."""
        super().save_related(request, form, formsets, change)
        pk = form.instance.pk
        enqueue("catalog.tasks.index_some", {"category": pk}, key=f"catalog.index.category.{pk}")
        forget_lists()
