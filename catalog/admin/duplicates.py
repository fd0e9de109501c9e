"""Probable duplicates to look at, merges that were made, and goods that their schema no longer fits."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from catalog.attributes import attributes_of
from catalog.duplicates.told import told
from catalog.good_history import difference, shown_of, snapshot
from catalog.models import Good, GoodFault, GoodMerge, GoodPair, PairState, SchemaChange
from catalog.services.find_pairs import keep_apart
from catalog.services.merge_goods import may_be_undone
from catalog.specs import Fault
from catalog.staff import SEES
from catalog.tree import category_tree
from zcy.admin_site import LeadsElsewhere, ReadOnlyAdmin

LARGEST: Final = 2**63 - 1
_FAULTS: Final = {
    Fault.MISSING: gettext_lazy("is not stated"),
    Fault.NUMBER: gettext_lazy("is no number"),
    Fault.BOOLEAN: gettext_lazy("is neither yes nor no"),
    Fault.CHOICE: gettext_lazy("is not among the allowed values"),
    Fault.TEXT: gettext_lazy("is no text"),
}


@admin.register(GoodPair)
class GoodPairAdmin(LeadsElsewhere, ReadOnlyAdmin[GoodPair]):
    """Pairs by how probable they are; a row opens the comparison."""

    looked_at = "admin:catalog_goodpair_compare"

    view_roles = SEES["goodpair"]
    decide_roles = frozenset([Role.CATALOG])
    list_display = ("compare_link", "second_good", "percent", "why", "state", "found_at")
    list_filter = ("state",)
    list_display_links = None
    list_select_related = ("first", "second")
    search_fields = ("first__name", "second__name", "first__model", "second__model")
    ordering = ("-score", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GoodPair]:
        rows = super().get_queryset(request)
        return rows.defer("first__search", "second__search", "first__pinyin", "second__pinyin")

    @admin.display(description=gettext_lazy("good"))
    def compare_link(self, pair: GoodPair) -> SafeString:
        url = reverse("admin:catalog_goodpair_compare", args=[pair.pk])
        return format_html('<a href="{}">{}</a>', url, pair.first.name)

    @admin.display(description=gettext_lazy("probably the same as"))
    def second_good(self, pair: GoodPair) -> str:
        return pair.second.name

    @admin.display(description=gettext_lazy("score"), ordering="score")
    def percent(self, pair: GoodPair) -> str:
        return f"{pair.score:.0%}"

    @admin.display(description=gettext_lazy("reasons"))
    def why(self, pair: GoodPair) -> str:
        return "；".join(text for text, _for in told(pair.reasons[:3]))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.compare_view)
        return [path("<int:pair_id>/compare/", view, name="catalog_goodpair_compare"), *super().get_urls()]

    def compare_view(self, request: HttpRequest, pair_id: int) -> HttpResponse:
        """Both goods side by side with the reasons; merge them, or say that they are not the same."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = GoodPair.objects.select_related("first", "second", "decided_by")
        pair = get_object_or_404(rows, pk=min(pair_id, LARGEST))
        may = self._holds(request, self.decide_roles)
        if request.method == "POST":
            if not may:
                raise PermissionDenied(_("Only catalog staff decide about duplicates."))
            keep_apart(actor=request.actor, pair_id=pair.pk)  # type: ignore[attr-defined]
            messages.success(request, _("Remembered: these two are not the same."))
            following = GoodPair.objects.filter(state=PairState.OPEN).order_by("-score", "id").first()
            if following is not None:
                return redirect("admin:catalog_goodpair_compare", following.pk)
            return redirect("admin:catalog_goodpair_changelist")
        ignored = {"pictures", "successor"}
        before, after = snapshot(pair.first_id), snapshot(pair.second_id)
        differing = {key: value for key, value in difference(before, after).items() if key not in ignored}
        alike = {
            key: [value, value]
            for key, value in before.items()
            if value not in ("", None) and key not in {*differing, *ignored}
        }
        context = self.admin_site.each_context(request) | {
            "opts": self.opts, "title": _("Are these two the same good?"), "pair": pair,
            "reasons": told(pair.reasons), "percent": f"{pair.score:.0%}", "open": pair.state == PairState.OPEN,
            "differing": shown_of(pair.first, differing), "alike": [row[:2] for row in shown_of(pair.first, alike)],
            "may_decide": may, "both_active": _both_active(pair),
        }  # fmt: skip
        return TemplateResponse(request, "admin/catalog/goodpair/compare.html", context)


def _both_active(pair: GoodPair) -> bool:
    return Good.objects.active().filter(pk__in=[pair.first_id, pair.second_id]).count() == 2


@admin.register(GoodMerge)
class GoodMergeAdmin(LeadsElsewhere, ReadOnlyAdmin[GoodMerge]):
    """What was merged, by whom and why; within 30 days it can be undone."""

    view_roles = SEES["goodmerge"]
    list_display = ("merged", "survivor", "at", "merged_by", "reason", "undone_at", "undo_link")
    list_display_links = None
    list_select_related = ("merged", "survivor", "merged_by")
    search_fields = ("merged__name", "survivor__name")
    ordering = ("-id",)

    @admin.display(description=gettext_lazy("next step"))
    def undo_link(self, merge: GoodMerge) -> SafeString | str:
        if not may_be_undone(merge):
            return "–"
        url = reverse("admin:catalog_good_unmerge", args=[merge.merged_id])
        return format_html('<a href="{}">{}</a>', url, _("Undo"))

    def elsewhere(self, pk: int) -> HttpResponse:
        """A merge is looked at where it can be undone."""
        merge = get_object_or_404(GoodMerge, pk=pk)
        return redirect("admin:catalog_good_unmerge", merge.merged_id)


@admin.register(GoodFault)
class GoodFaultAdmin(LeadsElsewhere, ReadOnlyAdmin[GoodFault]):
    """The work list of goods that do not fit their category's attributes; a row opens the good's form."""

    view_roles = SEES["goodfault"]
    list_display = ("good_link", "category", "what", "value", "found_at")
    list_filter = ("fault",)
    list_display_links = None
    list_select_related = ("good__category",)
    search_fields = ("good__name", "key", "value")
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[GoodFault]:
        return super().get_queryset(request).defer("good__search", "good__pinyin")

    @admin.display(description=gettext_lazy("standard good"))
    def good_link(self, fault: GoodFault) -> SafeString:
        url = reverse("admin:catalog_good_change", args=[fault.good_id])
        return format_html('<a href="{}">{}</a>', url, fault.good.name)

    @admin.display(description=gettext_lazy("category"))
    def category(self, fault: GoodFault) -> str:
        return fault.good.category.name

    @admin.display(description=gettext_lazy("what is wrong"))
    def what(self, fault: GoodFault) -> str:
        schema = attributes_of(category_tree().by_id.get(fault.good.category_id))
        label = next((one.label for one in schema if one.key == fault.key), fault.key)
        return f"{label} {_FAULTS[Fault(fault.fault)]}"

    def elsewhere(self, pk: int) -> HttpResponse:
        """It is mended on the good."""
        fault = get_object_or_404(GoodFault, pk=pk)
        return redirect("admin:catalog_good_change", fault.good_id)


@admin.register(SchemaChange)
class SchemaChangeAdmin(ReadOnlyAdmin[SchemaChange]):
    """Changes of attributes and how far the goods concerned have followed."""

    view_roles = SEES["schemachange"]
    list_display = ("category", "key", "told", "at", "author", "state", "progress", "migrated", "flagged")
    list_display_links = None
    list_filter = ("state",)
    list_select_related = ("category", "author")
    search_fields = ("category__name", "category__code", "key", "summary")
    ordering = ("-id",)

    @admin.display(description=gettext_lazy("what was changed"), ordering="summary")
    def told(self, change: SchemaChange) -> str:
        return change.told

    @admin.display(description=gettext_lazy("goods done"))
    def progress(self, change: SchemaChange) -> str:
        return f"{change.done} / {change.total}"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """It is looked at in the list."""
        return redirect("admin:catalog_schemachange_changelist")
