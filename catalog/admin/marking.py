"""The sample of the machine's verdicts that people mark right or wrong."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.roles import Role
from catalog import services
from catalog.attributes import attributes_of, labelled
from catalog.changes import TABLE
from catalog.checks import checks
from catalog.checks.precision import APPROVAL
from catalog.models import MarkedVerdict
from catalog.review_reasons import BY_CODE
from catalog.staff import SEES
from catalog.tree import category_tree
from zcy.admin_site import LeadsElsewhere, ReadOnlyAdmin
from zcy.errors import DomainError


def check_label(code: str) -> str:
    """The name of a check, of the approval by all of them, or of one that is no longer made."""
    if code == APPROVAL:
        return str(_("all checks together"))
    return str(checks[code].label) if code in checks else code


class ToMark(admin.SimpleListFilter):
    title = gettext_lazy("mark")
    parameter_name = "marked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("to mark")), ("right", _("right")), ("wrong", _("wrong"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[MarkedVerdict]) -> QuerySet[MarkedVerdict]:
        wanted = {"no": None, "right": True, "wrong": False}
        value = self.value()
        return queryset.filter(right=wanted[value]) if value in wanted else queryset


@admin.register(MarkedVerdict)
class MarkedVerdictAdmin(LeadsElsewhere, ReadOnlyAdmin[MarkedVerdict]):
    """What waits for a mark first; a mark is not changed afterwards."""

    looked_at = "admin:catalog_markedverdict_mark"

    view_roles = SEES["markedverdict"]
    mark_roles = frozenset([Role.CATALOG])
    list_display = ("good", "check_name", "finding", "saw", "drawn_at", "mark_link")
    list_filter = (ToMark, "finding", "check_code")
    list_select_related = ("listing__good",)
    ordering = ("drawn_at", "id")
    actions = ("mark_right", "mark_wrong")

    @admin.display(description=gettext_lazy("standard good"))
    def good(self, verdict: MarkedVerdict) -> str:
        return verdict.listing.good.name

    @admin.display(description=gettext_lazy("check"))
    def check_name(self, verdict: MarkedVerdict) -> str:
        return check_label(verdict.check_code)

    @admin.display(description=gettext_lazy("mark"))
    def mark_link(self, verdict: MarkedVerdict) -> SafeString | str:
        if verdict.right is not None:
            return _("right") if verdict.right else _("wrong")
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:catalog_markedverdict_mark", args=[verdict.pk]), _("Mark")
        )

    def has_mark_permission(self, request: HttpRequest) -> bool:
        """Whether the actor marks."""
        return self._holds(request, self.mark_roles)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.mark_view)
        return [path("<int:verdict_id>/mark/", view, name="catalog_markedverdict_mark"), *super().get_urls()]

    @admin.action(description=gettext_lazy("Mark the chosen as right"), permissions=["mark"])
    def mark_right(self, request: HttpRequest, queryset: QuerySet[MarkedVerdict]) -> None:
        self._mark_all(request, queryset, right=True)

    @admin.action(description=gettext_lazy("Mark the chosen as wrong"), permissions=["mark"])
    def mark_wrong(self, request: HttpRequest, queryset: QuerySet[MarkedVerdict]) -> None:
        self._mark_all(request, queryset, right=False)

    def _mark_all(self, request: HttpRequest, queryset: QuerySet[MarkedVerdict], *, right: bool) -> None:
        done = 0
        for pk in queryset.filter(right=None).values_list("pk", flat=True):
            try:
                services.mark_verdict(actor=request.actor, verdict_id=pk, right=right)  # type: ignore[attr-defined]
                done += 1
            except DomainError as error:
                messages.error(request, f"{pk}: {error}")
        messages.success(
            request, ngettext("%(n)d verdict marked.", "%(n)d verdicts marked.", done) % {"n": done}
        )

    def mark_view(self, request: HttpRequest, verdict_id: int) -> HttpResponse:
        """One verdict with what was judged; then the next."""
        if not self.has_view_permission(request):
            raise Http404
        rows = MarkedVerdict.objects.select_related("listing__good__brand", "listing__supplier")
        verdict = get_object_or_404(rows, pk=min(verdict_id, 2**63 - 1))
        if request.method == "POST":
            if not self.has_mark_permission(request):
                raise PermissionDenied
            try:
                services.mark_verdict(
                    actor=request.actor,  # type: ignore[attr-defined]
                    verdict_id=verdict.pk,
                    right="right" in request.POST,
                    remark=request.POST.get("remark", ""),
                )
            except DomainError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("Marked."))
            return redirect(self._next(verdict))
        good = verdict.listing.good
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": good.name,
            "verdict": verdict,
            "listing": verdict.listing,
            "check": check_label(verdict.check_code),
            "reason": BY_CODE.get(verdict.reason),
            "values": [(row.label, verdict.values.get(row.field) or "–") for row in TABLE],
            "specs": labelled(good.spec, attributes_of(category_tree().by_id.get(good.category_id))),
            "may_mark": self.has_mark_permission(request) and verdict.right is None,
            "waiting": MarkedVerdict.objects.filter(right=None).count(),
        }
        return TemplateResponse(request, "admin/catalog/markedverdict/mark.html", context)

    def _next(self, verdict: MarkedVerdict) -> str:
        following = MarkedVerdict.objects.filter(right=None).order_by("drawn_at", "id").first()
        if following:
            return reverse("admin:catalog_markedverdict_mark", args=[following.pk])
        return reverse("admin:catalog_markedverdict_changelist")
