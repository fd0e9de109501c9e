"""Applications for admission: the work list of the onboarding staff, and the page where one is decided."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Application, ApplicationState
from accounts.models.onboarding import APPLICATION_VIEWERS
from accounts.onboarding.figures import LEAST, LOOK_BACK, days_by_month, days_by_region, usual_days
from accounts.onboarding.findings import findings_of, licences_for
from accounts.onboarding.forms import LICENCES, REMARKABLE, SECTIONS, labels, shown
from accounts.roles import Role
from accounts.services.decide_application import approve_application, open_review, return_application
from accounts.views.onboarding import timeline
from zcy import clock
from zcy.admin_site import LeadsElsewhere, ReadOnlyAdmin
from zcy.errors import DomainError
from zcy.exports import csv_response
from zcy.refusals import refuse_in_message


@admin.register(Application)
class ApplicationAdmin(LeadsElsewhere, ReadOnlyAdmin[Application]):
    """All applications; one opens on the page of its decision."""

    looked_at = "admin:accounts_application_review"

    view_roles = APPLICATION_VIEWERS
    decide_roles = frozenset([Role.ONBOARDING])
    list_display = (
        "company",
        "kind",
        "state_words",
        "region",
        "submitted_at",
        "created_at",
        "decided_by",
        "review_link",
    )
    list_filter = ("state", "kind", ("organisation__region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("organisation__region", "decided_by")
    search_fields = ("organisation__name", "typed__name", "typed__uscc", "applicant__name")
    ordering = ("submitted_at", "id")

    @admin.display(description=gettext_lazy("company"), ordering="organisation__name")
    def company(self, application: Application) -> str:
        return str(application.typed.get("name") or application.organisation.name)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_words(self, application: Application) -> str:
        return str(application.get_state_display())

    @admin.display(description=gettext_lazy("region"))
    def region(self, application: Application) -> str:
        return application.organisation.region.name

    @admin.display(description=gettext_lazy("decision"))
    def review_link(self, application: Application) -> SafeString:
        words = _("Review") if application.state == ApplicationState.SUBMITTED else _("Look")
        return format_html(
            '<a href="{}">{}<span class="visually-hidden"> {}</span></a>',
            reverse("admin:accounts_application_review", args=[application.pk]),
            words,
            self.company(application),
        )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/review/", wrap(self.review_view), name="accounts_application_review"),
            path("figures/", wrap(self.figures_view), name="accounts_application_figures"),
            *super().get_urls(),
        ]

    def figures_view(self, request: HttpRequest) -> HttpResponseBase:
        """How long coming in takes: median days by month and by region, with the number behind each."""
        if not self.has_view_permission(request):
            raise Http404
        since = clock.today() - LOOK_BACK
        months, regions = days_by_month(since), days_by_region(since)
        if request.GET.get("format") == "csv":
            header = (_("by"), _("month or region"), _("days to admission"), _("days to first listing"), "n")
            lines = [
                (by, row.label, round(row.admitted, 1), round(row.listed, 1), row.n)
                for by, rows in ((_("month"), months), (_("region"), regions))
                for row in rows
            ]
            return csv_response(_("days-to-first-listing"), header, lines)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("From registration to the first listing"),
            "usual": usual_days(),
            "months": months,
            "regions": regions,
            "least": LEAST,
        }
        return TemplateResponse(request, "admin/accounts/application/figures.html", context)

    def review_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One application with the machine's findings beside each field; only onboarding staff decide."""
        if not self.has_view_permission(request):
            raise Http404
        may_decide = self._holds(request, self.decide_roles)
        if request.method == "POST" and not may_decide:
            raise PermissionDenied(_("Only onboarding staff decide about applications."))
        rows: QuerySet[Application] = Application.objects.select_related(
            "organisation__region", "applicant", "opened_by", "decided_by"
        )
        application = get_object_or_404(rows, pk=min(pk, 2**63 - 1))
        status = 200
        if request.method == "POST":
            try:
                self._decide(request, application)
            except DomainError as error:
                refuse_in_message(request, error)
                status = error.status
                application = get_object_or_404(rows, pk=application.pk)
            else:
                return redirect(self._next(application))
        context = self._page(request, application, may_decide=may_decide)
        return TemplateResponse(request, "admin/accounts/application/review.html", context, status=status)

    def _decide(self, request: HttpRequest, application: Application) -> None:
        actor = request.actor  # type: ignore[attr-defined]
        seen = request.POST.get("version", "")
        version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
        text = request.POST.get("text", "").replace("\0", "")
        if "approve" in request.POST:
            approve_application(actor=actor, application_id=application.pk, version=version, text=text)
            messages.success(request, _("Approved: the supplier may trade and has been told."))
            return
        remarks = {field: request.POST.get(f"remark-{field}", "").replace("\0", "") for field in REMARKABLE}
        return_application(
            actor=actor, application_id=application.pk, remarks=remarks, text=text, version=version
        )
        messages.success(request, _("Sent back: the supplier sees the remarks beside the fields."))

    def _next(self, application: Application) -> str:
        waiting = Application.objects.filter(state=ApplicationState.SUBMITTED).exclude(pk=application.pk)
        following = waiting.order_by("submitted_at", "id").values_list("pk", flat=True).first()
        if following:
            return reverse("admin:accounts_application_review", args=[following])
        return reverse("admin:accounts_application_changelist")

    def _page(self, request: HttpRequest, application: Application, *, may_decide: bool) -> dict[str, Any]:
        pending = application.state == ApplicationState.SUBMITTED
        other = (
            open_review(actor=request.actor, application=application)  # type: ignore[attr-defined]
            if pending and may_decide
            else None
        )
        findings = findings_of(application)
        versions = list(application.versions.order_by("-number")[:2])
        earlier = shown(versions[1].values) if len(versions) > 1 else {}
        now, words = shown(application.typed), labels()
        asked = application.events.filter(step="returned").order_by("-id").first()
        remarked = asked.data.get("remarks", {}) if asked else {}

        def row(name: str) -> dict[str, Any]:
            return {
                "name": name,
                "label": words[name],
                "value": now.get(name, ""),
                "before": earlier.get(name, ""),
                "changed": bool(earlier) and earlier.get(name, "") != now.get(name, ""),
                "findings": [finding for finding in findings if finding.field == name],
                "asked": remarked.get(name, ""),
                "remark": request.POST.get(f"remark-{name}", ""),
            }

        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": now["name"] or application.organisation.name,
            "application": application,
            "sections": [(title, [row(name) for name in names]) for _key, title, names in SECTIONS],
            "licence_row": row(LICENCES),
            "licences": licences_for(application),
            "serious": sum(finding.tone == "serious" for finding in findings),
            "watch": sum(finding.tone == "watch" for finding in findings),
            "other": other,
            "pending": pending,
            "may_decide": may_decide,
            "versions": len(versions) and versions[0].number,
            "text": request.POST.get("text", ""),
            # Decided by somebody else in the meantime: the form is gone, what stood in it is not.
            "typed": [
                (words.get(name, _("in general")), text)
                for name in (*REMARKABLE, "")
                if not pending and (text := request.POST.get(f"remark-{name}" if name else "text", ""))
            ],
            "events": timeline(application),
            "waiting": Application.objects.filter(state=ApplicationState.SUBMITTED).count(),
        }
