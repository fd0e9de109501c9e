"""What supervisors see of credit, and the bonus that two of them give."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import SUPERVISOR_ROLES, Role
from credit.models import (
    BonusProposal,
    Component,
    CreditEvent,
    CreditModelVersion,
    CreditSnapshot,
    GradeChange,
)
from credit.services import decide_bonus, propose_bonus
from zcy.admin_site import ReadOnlyAdmin, RoleAdmin
from zcy.errors import DomainError

if TYPE_CHECKING:
    from accounts.actor import Actor

VIEWERS = frozenset([*SUPERVISOR_ROLES, Role.SERVICE])


@admin.register(CreditSnapshot)
class CreditSnapshotAdmin(ReadOnlyAdmin[CreditSnapshot]):
    """Scores of nights, with their revisions."""

    view_roles = VIEWERS
    list_display = (
        "supplier",
        "as_of",
        "revision",
        "score",
        "lower",
        "upper",
        "grade",
        "provisional",
        "effective_n",
    )
    list_filter = ("grade", "provisional", "as_of")
    search_fields = ("supplier__name", "supplier__uscc")
    list_select_related = ("supplier",)
    ordering = ("-as_of", "-score", "-id")


@admin.register(CreditEvent)
class CreditEventAdmin(ReadOnlyAdmin[CreditEvent]):
    """Deductions, bonuses, remedies and reversals."""

    view_roles = VIEWERS
    list_display = (
        "supplier",
        "kind",
        "severity",
        "points",
        "effective_on",
        "expires_on",
        "source",
        "recorded_at",
        "reversed",
    )
    list_filter = ("kind", "severity")
    search_fields = ("supplier__name", "source", "reason")
    list_select_related = ("supplier",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditEvent]:
        return super().get_queryset(request).prefetch_related("followed_by")

    @admin.display(description=_("reversed on appeal"), boolean=True)
    def reversed(self, event: CreditEvent) -> bool:
        """Whether an appeal against it has succeeded."""
        return event.is_reversed


@admin.register(GradeChange)
class GradeChangeAdmin(ReadOnlyAdmin[GradeChange]):
    """When whose grade moved, and why."""

    view_roles = VIEWERS
    list_display = ("supplier", "decided_on", "effective_on", "before", "after", "reason")
    list_filter = ("after", "reason", "decided_on")
    search_fields = ("supplier__name",)
    list_select_related = ("supplier",)


@admin.register(CreditModelVersion)
class CreditModelVersionAdmin(ReadOnlyAdmin[CreditModelVersion]):
    """Versions of the model, with weights and constants."""

    view_roles = VIEWERS
    list_display = ("number", "effective_on", "weights_in_words")
    fields = ("number", "effective_on", "weights_in_words", "constants_in_words", "recorded_at")

    @admin.display(description=_("weights"))
    def weights_in_words(self, version: CreditModelVersion) -> str:
        """Each component with its share of 100 points."""
        names = dict(Component.choices)
        return " · ".join(f"{names.get(name, name)} {share:.2f}" for name, share in version.points.items())

    @admin.display(description=_("constants"))
    def constants_in_words(self, version: CreditModelVersion) -> str:
        return " · ".join(f"{name} = {value}" for name, value in asdict(version.numbers).items())


class OpenFilter(admin.SimpleListFilter):
    """Proposals that wait."""

    title = _("decision")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("waiting")), ("no", _("decided"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BonusProposal]) -> QuerySet[BonusProposal]:
        if self.value() in ("yes", "no"):
            return queryset.filter(approved__isnull=self.value() == "yes")
        return queryset


class BonusProposalForm(forms.ModelForm[BonusProposal]):
    """Supplier and reason."""

    class Meta:
        model = BonusProposal
        fields = ("supplier", "reason")

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if len(reason) < 10:
            raise forms.ValidationError(_("Write the reason in 10 to 300 characters."))
        return reason


@admin.register(BonusProposal)
class BonusProposalAdmin(RoleAdmin[BonusProposal]):
    """One officer proposes, another approves or declines."""

    view_roles = SUPERVISOR_ROLES
    add_roles = SUPERVISOR_ROLES
    form = BonusProposalForm
    list_display = (
        "supplier",
        "reason",
        "proposed_by",
        "proposed_at",
        "approved",
        "decided_by",
        "decided_at",
    )
    list_filter = (OpenFilter,)
    list_select_related = ("supplier", "proposed_by", "decided_by")
    search_fields = ("supplier__name", "reason")
    autocomplete_fields = ()
    raw_id_fields = ("supplier",)
    actions = ("approve", "decline")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "supplier":
            kwargs["queryset"] = Organisation.objects.visible_to(_actor(request)).suppliers()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: BonusProposal, form: Any, change: bool) -> None:
        made = propose_bonus(actor=_actor(request), supplier_id=obj.supplier_id, reason=obj.reason)
        obj.pk = made.pk
        obj.refresh_from_db()

    @admin.action(description=_("Approve the chosen bonuses"), permissions=["view"])
    def approve(self, request: HttpRequest, queryset: QuerySet[BonusProposal]) -> None:
        self._decide(request, queryset, approve=True)

    @admin.action(description=_("Decline the chosen bonuses"), permissions=["view"])
    def decline(self, request: HttpRequest, queryset: QuerySet[BonusProposal]) -> None:
        self._decide(request, queryset, approve=False)

    def _decide(self, request: HttpRequest, queryset: QuerySet[BonusProposal], *, approve: bool) -> None:
        for proposal in queryset:
            try:
                decide_bonus(actor=_actor(request), proposal_id=proposal.pk, approve=approve)
            except DomainError as refusal:
                messages.error(request, f"{proposal.supplier}: {refusal}")
            else:
                messages.success(request, str(_("Decided: %(supplier)s")) % {"supplier": proposal.supplier})


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
