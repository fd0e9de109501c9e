"""What suppliers ask of the catalog (brands, categories, label certificates), answered by catalog staff."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from catalog import services
from catalog.forms.certificates import CertificateAnswerForm
from catalog.models import CatalogRequest, Category, GoodLabel, RequestKind, RequestState
from catalog.review_reasons import reasons_of
from catalog.staff import SEES
from zcy import clock, workdays
from zcy.admin_site import LeadsElsewhere, ReadOnlyAdmin
from zcy.errors import DomainError


class AnswerForm(forms.Form):
    """Grant, with the category where one was asked for, or decline with a reason."""

    category = forms.CharField(
        label=gettext_lazy("Code of the category that answers it"), max_length=40, required=False
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer, for the supplier"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_category(self) -> Category | None:
        """By its code."""
        code = self.cleaned_data["category"].strip()
        found = Category.objects.filter(code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("There is no category with this code."))
        return found


@admin.register(CatalogRequest)
class CatalogRequestAdmin(LeadsElsewhere, ReadOnlyAdmin[CatalogRequest]):
    """What is due first."""

    looked_at = "admin:catalog_catalogrequest_answer"

    view_roles = SEES["catalogrequest"]
    answer_roles = frozenset([Role.CATALOG])
    list_display = ("asked_for", "kind", "supplier", "asked_at", "due_on", "state")
    list_filter = ("state", "kind")
    list_select_related = ("supplier",)
    search_fields = ("name", "supplier__name")
    ordering = ("due_on", "id")

    @admin.display(description=gettext_lazy("asked for"), ordering="name")
    def asked_for(self, asked: CatalogRequest) -> str:
        """Of a certificate the label too."""
        return f"{asked.get_label_display()} {asked.name}" if asked.label else asked.name

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.answer_view)
        return [
            path("<int:request_id>/answer/", view, name="catalog_catalogrequest_answer"),
            *super().get_urls(),
        ]

    def answer_view(self, request: HttpRequest, request_id: int) -> HttpResponse:
        """One request with the form of its answer."""
        if not self.has_view_permission(request):
            raise Http404
        rows = CatalogRequest.objects.select_related(
            "supplier", "asked_by", "answered_by", "brand", "category", "good", "paper"
        ).defer("good__search", "good__description")
        asked = get_object_or_404(rows, pk=min(request_id, 2**63 - 1))
        may_answer = self._holds(request, self.answer_roles) and asked.state == RequestState.WAITING
        if asked.kind == RequestKind.CERTIFICATE:
            return self._certificate_view(request, asked, may_answer)
        form = AnswerForm(request.POST or None)
        if asked.kind == RequestKind.BRAND:
            del form.fields["category"]
        status = 200
        if request.method == "POST":
            if not self._holds(request, self.answer_roles):
                raise PermissionDenied
            status = 400
            if form.is_valid():
                try:
                    services.answer_request(
                        actor=request.actor,  # type: ignore[attr-defined]
                        request_id=asked.pk,
                        grant="grant" in request.POST,
                        answer=form.cleaned_data["answer"],
                        category=form.cleaned_data.get("category"),
                    )
                except DomainError as error:
                    error.add_to(form)
                    status = error.status
                else:
                    messages.success(request, _("Answered: the supplier has been told."))
                    return redirect("admin:catalog_catalogrequest_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": asked.name,
            "asked": asked,
            "form": form,
            "may_answer": may_answer,
            "provisional": workdays.is_provisional(asked.due_on),
        }
        return TemplateResponse(request, "admin/catalog/catalogrequest/answer.html", context, status=status)

    def _certificate_view(
        self, request: HttpRequest, asked: CatalogRequest, may_answer: bool
    ) -> HttpResponse:
        """What the good has and what was sent, side by side, with the form of the answer."""
        older = list(
            GoodLabel.objects.filter(good=asked.good, label=asked.label).order_by("expires_on", "id")
        )
        form = CertificateAnswerForm(request.POST or None, asked=asked, older=older)
        status = 200
        if request.method == "POST":
            if not self._holds(request, self.answer_roles):
                raise PermissionDenied
            status = 400
            if form.is_valid():
                try:
                    services.answer_certificate(
                        actor=request.actor,  # type: ignore[attr-defined]
                        request_id=asked.pk,
                        grant="grant" in request.POST,
                        replaces=form.cleaned_data.get("replaces", ()),
                        reasons=form.cleaned_data["reasons"],
                        answer=form.cleaned_data["answer"],
                    )
                except DomainError as error:
                    error.add_to(form)
                    status = error.status
                else:
                    messages.success(request, _("Answered: the supplier has been told."))
                    return redirect("admin:catalog_catalogrequest_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{asked.get_label_display()} {asked.name}",
            "asked": asked,
            "older": older,
            "known": any(row.certificate == asked.name for row in older),
            "reasons": reasons_of(asked.reasons),
            "form": form,
            "may_answer": may_answer,
            "provisional": workdays.is_provisional(asked.due_on),
            "today": clock.today(),
        }
        return TemplateResponse(
            request, "admin/catalog/catalogrequest/certificate.html", context, status=status
        )
