"""Rules: definition, versions with parameters, drafts and their approval, what the nights found."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.roles import SUPERVISOR_ROLES, Role
from supervision.forms import VersionForm
from supervision.models import Rule, RuleVersion
from supervision.queries import night_figures, parameters_of, precision_by_rule
from supervision.rules import RULES
from supervision.services.rule_versions import approve_version, draft_version
from supervision.vocabulary import UNIT_WORDS, Dimension
from zcy import clock
from zcy.admin_site import ReadOnlyAdmin
from zcy.errors import DomainError
from zcy.refusals import refuse_in_form, refuse_in_message

if TYPE_CHECKING:
    from accounts.actor import ActorRequest

FIGURE_DAYS: Final = 30
STANDARD: Final = ("region", "effective_from", "effective_to", "legal_basis")


@admin.register(Rule)
class RuleAdmin(ReadOnlyAdmin[Rule]):
    view_roles = frozenset(SUPERVISOR_ROLES)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:rule_id>/draft/", view(require_POST(self._draft)), name="supervision_rule_draft"),
            path(
                "<int:rule_id>/versions/<int:version_id>/approve/",
                view(require_POST(self._approve)),
                name="supervision_rule_approve",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All rules with what the last 30 nights found and how often supervisors agreed."""
        if not self.has_view_permission(request):
            raise Http404
        actor = cast("ActorRequest", request).actor
        last = clock.today()
        precision = precision_by_rule()
        rows = [
            {
                "rule": row,
                "title": RULES[row.slug].title,
                "description": RULES[row.slug].description,
                "dimension": Dimension(row.dimension).label,
                "precision": precision.get(row.slug),
            }
            for row in Rule.objects.all()
            if row.slug in RULES
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Rules"),
            "rows": rows,
            "figures": night_figures(actor, last - timedelta(days=FIGURE_DAYS), last),
            "days": FIGURE_DAYS,
        }
        return render(request, "supervision/admin/rules.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self._found(request, object_id)
        return self._page(request, row, VersionForm(row.slug, cast("ActorRequest", request).actor))

    def _found(self, request: HttpRequest, object_id: str | int) -> Rule:
        row = Rule.objects.filter(pk=object_id).first() if str(object_id).isdigit() else None
        if row is None or row.slug not in RULES or not self.has_view_permission(request):
            raise Http404
        return row

    def _page(self, request: HttpRequest, row: Rule, form: VersionForm, status: int = 200) -> HttpResponse:
        actor = cast("ActorRequest", request).actor
        rule = RULES[row.slug]
        last = clock.today()
        versions = (
            RuleVersion.objects.visible_to(actor)
            .filter(rule=row)
            .select_related("region", "author", "approver")
        )
        lead = actor.has_role(Role.SUPERVISION_LEAD)
        context = {
            **self.admin_site.each_context(request),
            "title": rule.title,
            "rule": rule,
            "row": row,
            "definition": rule.definition(),
            "explained": f"supervision/rules/{row.slug}.html",
            "parameters": parameters_of(rule, actor.region, last),
            "versions": [
                {
                    "version": version,
                    "parameters": _told(rule, version.parameters),
                    "may_approve": lead
                    and version.approved_at is None
                    and version.author_id != actor.user_id,
                }
                for version in versions
            ],
            "figures": night_figures(actor, last - timedelta(days=FIGURE_DAYS), last, row.slug),
            "days": FIGURE_DAYS,
            "precision": precision_by_rule().get(row.slug),
            "form": form if lead and rule.regional() else None,
        }
        return render(request, "supervision/admin/rule.html", context, status=status)

    def _draft(self, request: HttpRequest, rule_id: int) -> HttpResponse:
        actor = cast("ActorRequest", request).actor
        row = self._found(request, rule_id)
        form = VersionForm(row.slug, actor, request.POST)
        if not form.is_valid():
            return self._page(request, row, form, status=400)
        data = form.cleaned_data
        try:
            draft_version(
                actor=actor,
                slug=row.slug,
                parameters={name: value for name, value in data.items() if name not in STANDARD},
                **{name: data[name] for name in STANDARD},
            )
        except DomainError as error:
            return self._page(request, row, form, status=refuse_in_form(form, error))
        messages.success(request, gettext("The draft is written. A second lead must approve it."))
        return HttpResponseRedirect(reverse("admin:supervision_rule_change", args=[row.pk]))

    def _approve(self, request: HttpRequest, rule_id: int, version_id: int) -> HttpResponse:
        try:
            approve_version(actor=cast("ActorRequest", request).actor, version_id=version_id)
        except DomainError as error:
            refuse_in_message(request, error)
        else:
            messages.success(request, gettext("The version is approved and holds from its first day on."))
        return HttpResponseRedirect(reverse("admin:supervision_rule_change", args=[rule_id]))


def _told(rule: Any, values: dict[str, Any]) -> list[tuple[str, Any, str]]:
    """(label, value, unit) of the parameters that a version sets."""
    known = {entry.name: entry for entry in fields(rule.parameters)}
    return [
        (
            str(known[name].metadata["label"]),
            value,
            UNIT_WORDS.get(known[name].metadata["unit"], known[name].metadata["unit"]),
        )
        for name, value in values.items()
        if name in known
    ]
