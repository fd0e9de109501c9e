"""Suspensions of suppliers: proposed, confirmed and lifted, always by two people."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actor import Actor
from accounts.models import Suspension, SuspensionCause
from accounts.roles import OrganisationKind, Role
from accounts.services.suspensions import (
    SUSPENDERS,
    decide_lifting,
    decide_suspension,
    propose_lifting,
    propose_suspension,
)
from zcy import clock
from zcy.admin_site import LeadsElsewhere, RoleAdmin
from zcy.errors import DomainError
from zcy.refusals import refuse_in_message


class SuspensionForm(forms.ModelForm[Suspension]):
    """What one person proposes."""

    # Who fills the form in.
    actor: ClassVar[Actor | None] = None
    cause = forms.ChoiceField(label=gettext_lazy("cause"), choices=SuspensionCause.choices)
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The supplier reads it."),
    )

    class Meta:
        model = Suspension
        fields = ("organisation", "cause", "begins_on", "ends_on", "reason")

    def clean(self) -> dict[str, Any]:
        """A supplier of the actor's region, days in order, and no other one open for this cause."""
        data = super().clean() or {}
        organisation = data.get("organisation")
        begins, ends = data.get("begins_on"), data.get("ends_on")
        if begins and ends and ends < begins:
            self.add_error("ends_on", _("The suspension ends before it begins."))
        if organisation is None or self.actor is None:
            return data
        if organisation.kind != OrganisationKind.SUPPLIER:
            self.add_error("organisation", _("Only suppliers are suspended."))
        elif not self.actor.has_role(Role.ONBOARDING) and not self.actor.covers_region(organisation.region):
            self.add_error("organisation", _("This supplier is not of your region."))
        elif any(
            not row.is_over
            for row in Suspension.objects.filter(organisation=organisation, cause=data.get("cause") or "")
        ):
            self.add_error(
                "cause", _("A suspension for this cause is open already: lift it, or decide about it.")
            )
        return data


class StageFilter(admin.SimpleListFilter):
    """Where a suspension stands."""

    title = gettext_lazy("state")
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("needs a second person")), ("now", _("in force"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Suspension]) -> QuerySet[Suspension]:
        if self.value() == "waiting":
            return queryset.filter(pk__in=Suspension.objects.awaiting_confirmation())
        return queryset.filter(pk__in=Suspension.objects.in_force()) if self.value() == "now" else queryset


@admin.register(Suspension)
class SuspensionAdmin(LeadsElsewhere, RoleAdmin[Suspension]):
    looked_at = "admin:accounts_suspension_decide"
    view_roles = frozenset([Role.AUDITOR, Role.SERVICE])
    add_roles = SUSPENDERS
    form = SuspensionForm
    list_display = ("organisation", "cause", "begins_on", "ends_on", "stage", "proposed_by", "decide_link")
    list_filter = (StageFilter, "cause")
    list_select_related = ("organisation", "proposed_by")
    search_fields = ("organisation__name", "=organisation__uscc", "reason")
    autocomplete_fields = ("organisation",)

    def get_fieldsets(self, request: HttpRequest, obj: Suspension | None = None) -> Any:
        description = _(
            "What you propose holds as soon as a second person confirms it. Until then nothing changes."
        )
        return [(None, {"fields": self.get_fields(request, obj), "description": description})]

    @admin.display(description=gettext_lazy("state"))
    def stage(self, suspension: Suspension) -> str:
        return stage_of(suspension)

    @admin.display(description=gettext_lazy("decision"))
    def decide_link(self, suspension: Suspension) -> SafeString:
        return format_html(
            '<a href="{}">{}<span class="visually-hidden"> {}</span></a>',
            reverse("admin:accounts_suspension_decide", args=[suspension.pk]),
            _("Look"),
            suspension.organisation,
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_view)
        return [path("<int:pk>/decide/", view, name="accounts_suspension_decide"), *super().get_urls()]

    def get_form(
        self, request: HttpRequest, obj: Suspension | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[Suspension]]:
        form = super().get_form(request, obj, change, **kwargs)
        made: type[ModelForm[Suspension]] = type("SuspensionForm", (form,), {"actor": request.actor})  # type: ignore[attr-defined]
        supplier = made.base_fields.get("organisation")
        if supplier is not None:
            # A supplier is chosen here, neither made nor changed.
            for act in ("add", "change", "view"):
                setattr(supplier.widget, f"can_{act}_related", False)
        return made

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"begins_on": clock.today(), **super().get_changeform_initial_data(request)}

    def save_model(
        self, request: HttpRequest, obj: Suspension, form: ModelForm[Suspension], change: bool
    ) -> None:
        made = propose_suspension(actor=request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        obj.pk = made.pk
        obj._state.adding = False
        messages.info(request, _("Proposed. It holds as soon as a second person confirms it."))

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One suspension with who proposed, confirmed and lifted it, and what the actor may do about it."""
        if not self.has_view_permission(request):
            raise Http404
        rows = self.get_queryset(request).select_related(
            "organisation__region",
            "proposed_by",
            "confirmed_by",
            "refused_by",
            "lift_proposed_by",
            "lifted_by",
        )
        suspension = get_object_or_404(rows, pk=min(pk, 2**63 - 1))
        status = 200
        if request.method == "POST":
            try:
                self._act(request, suspension)
            except DomainError as error:
                refuse_in_message(request, error)
                status = error.status
                suspension = get_object_or_404(rows, pk=suspension.pk)
            else:
                return redirect("admin:accounts_suspension_decide", suspension.pk)
        actor: Actor = request.actor  # type: ignore[attr-defined]
        may = self._holds(request, SUSPENDERS)
        lifting = suspension.lift_proposed_by_id is not None and suspension.lifted_at is None
        proposed = suspension.confirmed_at is None and suspension.refused_at is None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": suspension.organisation.name,
            "suspension": suspension,
            "stage": stage_of(suspension),
            "others": Suspension.objects.filter(organisation=suspension.organisation).exclude(
                pk=suspension.pk
            ),
            "may_confirm": may and proposed and suspension.proposed_by_id != actor.user_id,
            "own_proposal": (proposed and suspension.proposed_by_id == actor.user_id)
            or (lifting and suspension.lift_proposed_by_id == actor.user_id),
            "may_lift": may and suspension.confirmed_at and not suspension.is_over and not lifting,
            "may_confirm_lifting": may and lifting and suspension.lift_proposed_by_id != actor.user_id,
            "typed": request.POST.get("reason", ""),
        }
        return TemplateResponse(request, "admin/accounts/suspension/decide.html", context, status=status)

    def _act(self, request: HttpRequest, suspension: Suspension) -> None:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        action = request.POST.get("action", "")
        if action in ("confirm", "refuse"):
            decide_suspension(actor=actor, suspension_id=suspension.pk, confirm=action == "confirm")
        elif action == "lift":
            reason = request.POST.get("reason", "").replace("\0", "")
            propose_lifting(actor=actor, suspension_id=suspension.pk, reason=reason)
        elif action in ("confirm_lifting", "refuse_lifting"):
            decide_lifting(actor=actor, suspension_id=suspension.pk, confirm=action == "confirm_lifting")
        else:
            raise DomainError


def stage_of(suspension: Suspension) -> str:
    """Where a suspension stands, in words."""
    if suspension.refused_at:
        return _("refused")
    if suspension.lifted_at:
        return _("lifted")
    if suspension.confirmed_at is None:
        return _("waits for a second person")
    if suspension.is_over:
        return _("over")
    if suspension.lift_proposed_by_id:
        return _("in force, lifting proposed")
    return _("in force") if suspension.is_in_force else _("confirmed, still to begin")
