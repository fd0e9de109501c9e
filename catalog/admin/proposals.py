"""The queue of standard goods that suppliers have proposed: approve, correct, send back, or “is the same as”."""

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
from catalog.category_search import leaf
from catalog.duplicates.candidates import likely_same
from catalog.duplicates.told import told
from catalog.forms.proposals import UNITS, DecisionForm, ProposalForm
from catalog.models import GoodProposal, ProposalState
from catalog.pictures import LIMIT
from catalog.services.propose_good import approve_proposal, recognise_proposal, reject_proposal
from catalog.staff import SEES
from catalog.tree import Node, category_tree
from zcy.admin_site import LeadsElsewhere, ReadOnlyAdmin
from zcy.errors import DomainError
from zcy.uploads import takes_file

LARGEST: Final = 2**63 - 1


@admin.register(GoodProposal)
class GoodProposalAdmin(LeadsElsewhere, ReadOnlyAdmin[GoodProposal]):
    """All that was handed in; a row opens the page of the decision."""

    looked_at = "admin:catalog_goodproposal_decide"

    view_roles = SEES["goodproposal"]
    decide_roles = frozenset([Role.CATALOG])
    list_display = (
        "name",
        "brand_name",
        "model",
        "category",
        "supplier",
        "state",
        "submitted_at",
        "decide_link",
    )
    list_filter = ("state",)
    list_select_related = ("category", "supplier")
    search_fields = ("name", "model", "brand_name", "supplier__name")
    ordering = ("submitted_at", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GoodProposal]:
        return super().get_queryset(request).defer("description")

    @admin.display(description=gettext_lazy("decision"))
    def decide_link(self, proposal: GoodProposal) -> SafeString | str:
        if proposal.state != ProposalState.PROPOSED:
            return "–"
        url = reverse("admin:catalog_goodproposal_decide", args=[proposal.pk])
        return format_html('<a href="{}">{}</a>', url, _("Decide"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_view)
        return [
            path("<int:proposal_id>/decide/", view, name="catalog_goodproposal_decide"),
            *super().get_urls(),
        ]

    @takes_file(LIMIT)
    def decide_view(self, request: HttpRequest, proposal_id: int) -> HttpResponse:
        """What was proposed, as a form to correct it in; goods that are probably the same; the decision."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        actor = request.actor  # type: ignore[attr-defined]
        rows = GoodProposal.objects.visible_to(actor).select_related("category", "supplier", "good")
        proposal = get_object_or_404(rows, pk=min(proposal_id, LARGEST))
        node = self._category(request, proposal)
        may = self._holds(request, self.decide_roles)
        form = ProposalForm(category=node, proposal=proposal)
        decision = DecisionForm()
        status = 200
        if request.method == "POST":
            if not may:
                raise PermissionDenied(_("Only catalog staff decide about proposed goods."))
            form = ProposalForm(request.POST, request.FILES, category=node, proposal=proposal)
            decision = DecisionForm(request.POST)
            status = self._decide(request, proposal, form, decision)
            if status == 302:
                return redirect(self._next())
        context = self.admin_site.each_context(request) | {
            "opts": self.opts, "title": proposal.name, "proposal": proposal, "form": form, "decision": decision,
            "category": node, "units": UNITS, "pending": proposal.state == ProposalState.PROPOSED, "may_decide": may,
            "similar": self._similar(proposal, node), "state": proposal.get_state_display(),
        }  # fmt: skip
        return TemplateResponse(request, "admin/catalog/goodproposal/decide.html", context, status=status)

    def _category(self, request: HttpRequest, proposal: GoodProposal) -> Node:
        """The proposed one, or another one that the operator looks at: its attributes make the form."""
        chosen = leaf(request.GET.get("category", ""))
        return chosen or category_tree().by_id[proposal.category_id]

    def _decide(
        self, request: HttpRequest, proposal: GoodProposal, form: ProposalForm, decision: DecisionForm
    ) -> int:
        """302 where it was decided, else the status of the form's page."""
        actor = request.actor  # type: ignore[attr-defined]
        decided = decision.is_valid()
        what = next((verb for verb in ("approve", "reject", "same") if verb in request.POST), "")
        needed = form if what == "approve" else decision
        version_text = request.POST.get("version", "")
        version = int(version_text) if version_text.isascii() and version_text.isdigit() else 0
        if not what or not (form.is_valid() if what == "approve" else decided):
            return 400
        try:
            if what == "approve":
                good = approve_proposal(
                    actor=actor, proposal_id=proposal.pk, version=version, values=form.values()
                )
                messages.success(request, _("“%(name)s” is in the catalog.") % {"name": good.name})
            elif what == "reject":
                reject_proposal(
                    actor=actor, proposal_id=proposal.pk, version=version, text=decision.cleaned_data["text"]
                )
                messages.success(request, _("Sent back with your reason."))
            else:
                number = decision.cleaned_data["good"] or 0
                recognise_proposal(actor=actor, proposal_id=proposal.pk, version=version, good_id=number)
                messages.success(request, _("The supplier is told which good it is."))
        except DomainError as error:
            error.add_to(needed)
            return error.status
        return 302

    def _next(self) -> str:
        """The proposal that has waited longest, else the list."""
        waiting = (
            GoodProposal.objects.waiting().order_by("submitted_at", "id").values_list("pk", flat=True).first()
        )
        if waiting:
            return reverse("admin:catalog_goodproposal_decide", args=[waiting])
        return reverse("admin:catalog_goodproposal_changelist")

    def _similar(self, proposal: GoodProposal, node: Node) -> list[dict[str, Any]]:
        form = ProposalForm(
            {
                name: value
                for name, value in ProposalForm(category=node, proposal=proposal).initial.items()
                if value
            },
            category=node,
        )
        without = [proposal.good_id] if proposal.good_id and proposal.state != ProposalState.SAME else []
        found = likely_same(form.described(), category_id=node.id, without=without, least=0.25)
        return [
            {
                "id": one.id,
                "name": one.name,
                "sure": one.verdict.same,
                "percent": f"{one.verdict.score:.0%}",
                "reasons": told(reason.as_json() for reason in one.verdict.reasons[:5]),
            }
            for one in found
        ]
