"""The work list and the evidence page of supervisors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from django.contrib import admin, messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.roles import SUPERVISOR_ROLES, Role
from supervision import forms
from supervision.evidence import evidence_of
from supervision.models import Warning
from supervision.queries import (
    ORDERS,
    counts_by_dimension,
    counts_by_region,
    precision_by_rule,
    subject_of,
    work_list,
)
from supervision.rules import RULES
from supervision.services.assign_warnings import assign_warnings, assignable_to
from supervision.services.decide_warning import close_warning, escalate_warning, verify_warning
from supervision.services.explanations import request_explanation
from supervision.services.suppress_warning import suppress_warning
from supervision.transitions import STEPS
from zcy.admin_site import ReadOnlyAdmin
from zcy.errors import DomainError
from zcy.exports import csv_response
from zcy.paging import KeysetPage
from zcy.refusals import refuse_in_form, refuse_in_message
from zcy.tables import Column

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.actor import Actor, ActorRequest

MOST_AT_ONCE: Final = 200
SEVERITY_TONES: Final = {1: "info", 2: "watch", 3: "serious"}
STATE_TONES: Final = {
    "open": "watch",
    "escalated": "serious",
    "verified": "good",
    "closed": "idle",
    "suppressed": "idle",
}
COLUMNS: Final = (
    Column(_("Choose"), fixed=True, select="warnings"),
    Column(_("Warning"), fixed=True),
    Column(_("Severity"), sort="severity"),
    Column(_("Deadline"), sort="due"),
    Column(_("State")),
    Column(_("Responsible")),
    Column(_("At stake"), sort="at_stake", numeric=True),
    Column(_("Region")),
    Column(_("First seen"), sort="first_seen"),
)


@admin.register(Warning)
class WarningAdmin(ReadOnlyAdmin[Warning]):
    view_roles = frozenset([*SUPERVISOR_ROLES, Role.CATALOG])

    def get_urls(self) -> list[URLPattern]:
        steps = [
            path(
                f"<int:warning_id>/{name}/",
                self.admin_site.admin_view(require_POST(partial(self._step, name))),
                name=f"supervision_warning_{name}",
            )
            for name in STEP_FORMS
        ]
        bulk = path(
            "assign/",
            self.admin_site.admin_view(require_POST(self._assign_many)),
            name="supervision_warning_assign_many",
        )
        return [bulk, *steps, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Five tiles, the regions below, then the list by deadline and priority; or the whole list as CSV."""
        if not self.has_view_permission(request):
            raise Http404
        actor = cast("ActorRequest", request).actor
        form = forms.WarningFilter(actor, request.GET)
        chosen = form.chosen()
        order = ORDERS.get(request.GET.get("sort", "")) or _default_order(chosen)
        rows = work_list(actor, chosen)
        if request.GET.get("format") == "csv":
            return _download(rows.order_by(*order))
        page = KeysetPage.of(rows, request.GET, order=order, size=50)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Warnings"),
            "form": form,
            "columns": COLUMNS,
            "page": page,
            "rows": [_listed(warning) for warning in page.rows],
            "total": rows.count(),
            "tiles": counts_by_dimension(actor),
            "regions": counts_by_region(actor),
            "people": _people(actor),
            "view": chosen.get("view", "live"),
        }
        return render(request, "supervision/admin/work_list.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The evidence page."""
        warning = self._found(request, object_id)
        return self._evidence_page(request, warning, {})

    def _found(self, request: HttpRequest, object_id: str | int) -> Warning:
        actor = cast("ActorRequest", request).actor
        rows = Warning.objects.visible_to(actor).select_related(
            "rule", "version", "region", "buyer", "supplier", "category", "assignee", "explainer", "verifier"
        )
        warning = rows.filter(pk=object_id).first() if str(object_id).isdigit() else None
        if warning is None:
            raise Http404
        return warning

    def _evidence_page(
        self, request: HttpRequest, warning: Warning, bound: dict[str, Form], status: int = 200
    ) -> HttpResponse:
        actor = cast("ActorRequest", request).actor
        may = actor.has_role(*SUPERVISOR_ROLES)
        evidence = evidence_of(warning)
        boxes = [
            {
                "name": name,
                "label": label,
                "form": bound.get(name) or make(actor, warning, None),
                "url": reverse(f"admin:supervision_warning_{name}", args=[warning.pk]),
                # Four eyes: told before somebody writes grounds that would be refused.
                "barred": name == "verify" and actor.user_id in {warning.assignee_id, warning.explainer_id},
            }
            for name, (step, label, make, _do) in STEP_FORMS.items()
            if may and warning.state in STEPS[step].sources
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": subject_of(warning),
            "warning": warning,
            "evidence": evidence,
            "explained": f"supervision/rules/{warning.rule.slug}.html",
            "similar": [(other, subject_of(other)) for other in evidence.similar],
            "may_see_rules": may,
            "events": _events(warning),
            "explanations": warning.explanations.select_related("organisation", "asked_by", "answered_by"),
            "precision": precision_by_rule().get(warning.rule.slug),
            "severity_tone": SEVERITY_TONES[warning.severity],
            "state_tone": STATE_TONES.get(warning.state, "info"),
            "boxes": boxes,
        }
        return render(request, "supervision/admin/evidence.html", context, status=status)

    def _step(self, name: str, request: HttpRequest, warning_id: int) -> HttpResponse:
        """One step of the decision box; a refusal shows the page again with what was typed."""
        actor = cast("ActorRequest", request).actor
        warning = self._found(request, warning_id)
        _step_name, label, make, do = STEP_FORMS[name]
        form = make(actor, warning, request.POST)
        if not form.is_valid():
            return self._evidence_page(request, warning, {name: form}, status=400)
        try:
            do(actor, warning.pk, form.cleaned_data)
        except DomainError as error:
            status = refuse_in_form(form, error)
            return self._evidence_page(request, self._found(request, warning_id), {name: form}, status=status)
        messages.success(request, gettext("Done: %(step)s.") % {"step": label})
        return HttpResponseRedirect(reverse("admin:supervision_warning_change", args=[warning.pk]))

    def _assign_many(self, request: HttpRequest) -> HttpResponse:
        actor = cast("ActorRequest", request).actor
        ids = [int(value) for value in request.POST.getlist("warning") if value.isdigit()][:MOST_AT_ONCE]
        assignee = request.POST.get("assignee", "")
        back = HttpResponseRedirect(reverse("admin:supervision_warning_changelist"))
        if not ids or not assignee.isdigit():
            messages.error(request, gettext("Choose warnings and who shall handle them."))
            return back
        try:
            done = assign_warnings(actor=actor, warning_ids=ids, assignee_id=int(assignee))
        except DomainError as error:
            refuse_in_message(request, error)
            return back
        text = ngettext("%(count)s warning assigned.", "%(count)s warnings assigned.", len(done))
        messages.success(request, text % {"count": len(done)})
        return back


def _default_order(chosen: dict[str, Any]) -> tuple[str, ...]:
    return ORDERS["-first_seen" if chosen.get("view") == "historic" else "due"]


def _download(rows: QuerySet[Warning]) -> HttpResponseBase:
    """Just what the list shows, with the sentence in a column of its own."""
    header = [_("Rule"), _("Subject"), _("Sentence"), *(column.label for column in COLUMNS[2:])]
    return csv_response(
        "warnings",
        header,
        (
            (
                RULES[w.rule.slug].title,
                subject_of(w),
                RULES[w.rule.slug].sentence(w.evidence),
                w.get_severity_display(),
                w.due_at,
                w.get_state_display(),
                w.assignee or "",
                w.at_stake,
                w.region.name,
                w.first_seen,
            )
            for w in rows.iterator(chunk_size=500)
        ),
    )


def _listed(warning: Warning) -> dict[str, Any]:
    rule = RULES[warning.rule.slug]
    return {
        "warning": warning,
        "subject": subject_of(warning),
        "rule": rule.title,
        "sentence": rule.sentence(warning.evidence),
        "severity_tone": SEVERITY_TONES[warning.severity],
        "state_tone": STATE_TONES.get(warning.state, "info"),
    }


def _people(actor: Actor) -> list[Any]:
    """To whom the bulk assignment offers: those responsible for the whole of the actor's region."""
    return (
        list(assignable_to(actor.region))
        if actor.region is not None and actor.has_role(*SUPERVISOR_ROLES)
        else []
    )


def _events(warning: Warning) -> list[dict[str, Any]]:
    words = {
        "raised": _("raised"),
        "assigned": _("assigned"),
        "explanation_requested": _("explanation requested"),
        "explained": _("explained"),
        "verified": pgettext_lazy("step of a warning", "decided"),
        "closed": _("closed"),
        "escalated": _("escalated"),
        "suppressed": _("suppressed"),
        "suppression_lifted": _("suppression lifted"),
        "closed_by_data": _("closed: the data no longer show it"),
        "reopened": _("opened again"),
    }
    return [
        {
            "title": words.get(event.action, event.action),
            "at": event.at,
            "who": str(event.by) if event.by else "",
            "tone": STATE_TONES.get(event.to_state, "info"),
        }
        for event in warning.events.select_related("by")
    ]


Make = Callable[["Actor", Warning, Any], "Form"]
Do = Callable[["Actor", int, dict[str, Any]], Any]


class _Nothing(Form):
    """A step that needs nothing but the button."""


STEP_FORMS: Final[dict[str, tuple[str, Any, Make, Do]]] = {
    "assign": (
        "assigned",
        _("Assign"),
        lambda actor, w, data: forms.AssignForm(list(assignable_to(w.region)), data, auto_id="assign-%s"),
        lambda actor, pk, data: assign_warnings(actor=actor, warning_ids=[pk], assignee_id=data["assignee"]),
    ),
    "request": (
        "explanation_requested",
        _("Request an explanation"),
        lambda actor, w, data: forms.RequestForm(w, data, auto_id="request-%s"),
        lambda actor, pk, data: request_explanation(
            actor=actor, warning_id=pk, sides=data["sides"], question=data["question"]
        ),
    ),
    "verify": (
        "verified",
        pgettext_lazy("step of a warning", "Decide"),
        lambda actor, w, data: forms.VerifyForm(data, auto_id="verify-%s"),
        lambda actor, pk, data: verify_warning(
            actor=actor,
            warning_id=pk,
            verdict=data["verdict"],
            text=data["text"],
            dismissal_reason=data["dismissal_reason"],
        ),
    ),
    "close": (
        "closed",
        pgettext_lazy("step of a warning", "Close"),
        lambda actor, w, data: _Nothing(data, auto_id="close-%s"),
        lambda actor, pk, data: close_warning(actor=actor, warning_id=pk),
    ),
    "escalate": (
        "escalated",
        _("Escalate"),
        lambda actor, w, data: forms.EscalateForm(data, auto_id="escalate-%s"),
        lambda actor, pk, data: escalate_warning(actor=actor, warning_id=pk, text=data["text"]),
    ),
    "suppress": (
        "suppressed",
        _("Suppress"),
        lambda actor, w, data: forms.SuppressForm(data, auto_id="suppress-%s"),
        lambda actor, pk, data: suppress_warning(
            actor=actor, warning_id=pk, days=data["days"], reason=data["reason"]
        ),
    ),
}
