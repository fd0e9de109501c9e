"""Brands and standard goods."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from catalog.admin.good_form import PLAIN, GoodForm, LabelInline, PictureInline, with_specification
from catalog.admin.good_pages import history_page, merge_view, retire_view, undo_view
from catalog.attributes import attributes_of, labelled
from catalog.category_search import find_categories, leaf
from catalog.good_history import snapshot
from catalog.models import Brand, Category, Good
from catalog.models.good_details import ChangeKind
from catalog.models.goods import GoodState
from catalog.services.good_changed import good_changed
from catalog.staff import SEES
from catalog.tree import category_tree
from zcy.admin_site import RoleAdmin
from zcy.formats import money
from zcy.outbox import enqueue

# What is decided on a page of its own, with what follows from it.
BEFORE: Final = "_good_before"


@admin.register(Brand)
class BrandAdmin(RoleAdmin[Brand]):
    view_roles = SEES["brand"]
    change_roles = add_roles = frozenset([Role.CATALOG])
    list_display = ("name", "latin", "goods_count")
    search_fields = ("name", "latin")

    def save_model(self, request: HttpRequest, obj: Brand, form: ModelForm[Brand], change: bool) -> None:
        """Its goods are found under the new name."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if change:
                enqueue("catalog.tasks.index_some", {"brand": obj.pk}, key=f"catalog.index.brand.{obj.pk}")


@admin.register(Good)
class GoodAdmin(RoleAdmin[Good]):
    """Standard goods; a change is indexed at once and stands in the good's history."""

    view_roles = SEES["good"]
    change_roles = add_roles = frozenset([Role.CATALOG])
    form = GoodForm
    inlines = [LabelInline, PictureInline]
    change_form_template = "admin/catalog/good/change_form.html"
    list_display = ("name", "brand", "model", "category", "offers", "lowest", "state")
    list_filter = ("state",)
    list_select_related = ("brand", "category")
    search_fields = ("name", "model", "brand__name", "gtin")
    autocomplete_fields = ("category", "brand")
    raw_id_fields = ("accessories",)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Good]:
        return super().get_queryset(request).defer("search", "pinyin")

    @admin.display(description=gettext_lazy("lowest price"), ordering="lowest_price")
    def lowest(self, good: Good) -> str:
        return money(good.lowest_price)

    def get_urls(self) -> list[URLPattern]:
        def page(view: Any, name: str, address: str) -> URLPattern:
            def bound(request: HttpRequest, **arguments: Any) -> HttpResponse:
                answer: HttpResponse = view(self, request, **arguments)
                return answer

            return path(address, self.admin_site.admin_view(bound), name=f"catalog_good_{name}")

        return [
            page(history_page, "changes", "<int:good_id>/changes/"),
            page(merge_view, "merge", "<int:good_id>/merge/"),
            page(undo_view, "unmerge", "<int:good_id>/unmerge/"),
            page(retire_view, "retire", "<int:good_id>/retire/"),
            *super().get_urls(),
        ]

    def get_form(
        self, request: HttpRequest, obj: Good | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form with the fields of the category: the one that is chosen now, else the good's own."""
        kwargs["fields"] = list(PLAIN)
        made = super().get_form(request, obj, change=change, **kwargs)
        chosen = request.POST.get("category") or request.GET.get("category") or ""
        known = Category.objects.filter(pk=int(chosen)) if chosen.isascii() and chosen.isdigit() else None
        category = known.first() if known is not None and len(chosen) < 18 else None
        return with_specification(made, category.pk if category else obj.category_id if obj else 0, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Good | None = None) -> Any:
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": [*PLAIN, "specification", "state"]})]
        return [(None, {"fields": list(self.get_form(request, obj).base_fields)})]

    @admin.display(description=gettext_lazy("specification"))
    def specification(self, good: Good) -> str:
        """As everybody reads it, for those who only look."""
        pairs = labelled(good.spec, attributes_of(category_tree().by_id.get(good.category_id)))
        return "；".join(f"{label}: {value}" for label, value in pairs)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Good | None:
        """Locked while it is being saved: two operators come one after the other, and the second is told."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST":
            Good.objects.select_for_update(no_key=True).only("id").get(pk=found.pk)
            found = super().get_object(request, object_id, from_field)
        return found

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """First the category, because it says what there is to fill in."""
        code = request.GET.get("code", "")
        if request.method == "GET" and not request.GET.get("category"):
            if not self.has_add_permission(request):
                return super().add_view(request, form_url, extra_context)
            if node := leaf(code):
                return redirect(f"{request.path}?category={node.id}")
            q = request.GET.get("q", "").replace("\x00", "")[:100]
            context = self.admin_site.each_context(request) | {
                "opts": self.opts, "title": _("Which category is the new good of?"), "q": q,
                "found": find_categories(q),
            }  # fmt: skip
            return TemplateResponse(request, "admin/catalog/good/choose_category.html", context)
        return super().add_view(request, form_url, extra_context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        extra = {"good_state": ""}
        if object_id.isdigit() and len(object_id) < 19:
            extra["good_state"] = (
                Good.objects.filter(pk=object_id).values_list("state", flat=True).first() or ""
            )
        return super().change_view(request, object_id, form_url, (extra_context or {}) | extra)

    def has_change_permission(self, request: HttpRequest, obj: Good | None = None) -> bool:
        """What was merged into another good is shown and not changed: the merge can be undone."""
        if obj is not None and obj.state == GoodState.MERGED:
            return False
        return super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Good, form: ModelForm[Good], change: bool) -> None:
        if change:
            setattr(obj, BEFORE, snapshot(obj.pk))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """With pictures and certificates saved, all that depends on the good follows in the same transaction."""
        good = form.instance
        certified = set(good.certificates.values_list("label", flat=True))
        super().save_related(request, form, formsets, change)
        gone = certified - set(good.certificates.values_list("label", flat=True))
        gone |= set(form.cleaned_data.get("dropped_labels") or ())
        if gone:
            labels = [label for label in good.labels if label not in gone]
            Good.objects.filter(pk=good.pk).update(labels=labels)
        good_changed(
            actor=request.actor,  # type: ignore[attr-defined]
            good_id=good.pk,
            before=getattr(good, BEFORE, None),
            kind=ChangeKind.EDITED if change else ChangeKind.CREATED,
        )
