"""The exclusion list, kept by the onboarding staff: entry by entry, or from a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import clean_uscc
from accounts.models import ExclusionEntry
from accounts.roles import Role
from accounts.services.exclusions import follow_exclusions, plain_name
from accounts.services.import_exclusions import LIMIT, ImportReport, import_exclusions
from zcy import clock
from zcy.admin_site import RoleAdmin
from zcy.errors import DomainError
from zcy.refusals import refuse_in_form
from zcy.uploads import LimitedFileField, takes_file


class ExclusionForm(forms.ModelForm[ExclusionEntry]):
    """One entry; the code is checked, and a ban does not end before it begins."""

    uscc = forms.CharField(label=gettext_lazy("unified social credit code"), max_length=40, required=False)

    class Meta:
        model = ExclusionEntry
        fields = ("name", "uscc", "reason", "authority", "begins_on", "ends_on", "source")

    def clean_name(self) -> str:
        """As organisations are compared by it."""
        return plain_name(self.cleaned_data["name"])

    def clean_uscc(self) -> str:
        """The code by its check digit; old entries of persons have none."""
        return clean_uscc(self.cleaned_data["uscc"])

    def clean(self) -> dict[str, Any]:
        """The order of the two days."""
        data = super().clean() or {}
        begins, ends = data.get("begins_on"), data.get("ends_on")
        if begins and ends and ends < begins:
            self.add_error("ends_on", _("The ban ends before it begins."))
        return data


class FileForm(forms.Form):
    """The file of a published list."""

    file = LimitedFileField(
        limit=LIMIT,
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "UTF-8 or GB18030, at most 10 MB. The first line names the columns: "
            "企业名称, 统一社会信用代码, 原因, 执法单位, 处罚日期, 处罚截止日期, 来源."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )


class InForceFilter(admin.SimpleListFilter):
    """Bans that hold today."""

    title = gettext_lazy("in force")
    parameter_name = "force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("in force")), ("over", _("over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ExclusionEntry]) -> QuerySet[ExclusionEntry]:
        held = ExclusionEntry.objects.in_force()
        if self.value() == "now":
            return queryset.filter(pk__in=held)
        return queryset.filter(ends_on__lt=clock.today()) if self.value() == "over" else queryset


@admin.register(ExclusionEntry)
class ExclusionEntryAdmin(RoleAdmin[ExclusionEntry]):
    view_roles = frozenset([Role.SUPERVISOR, Role.SUPERVISION_LEAD, Role.CATALOG, Role.SERVICE, Role.AUDITOR])
    change_roles = add_roles = delete_roles = frozenset([Role.ONBOARDING])
    form = ExclusionForm
    list_display = ("name", "uscc", "authority", "begins_on", "ends_on", "source")
    list_filter = (InForceFilter,)
    search_fields = ("name", "=uscc", "authority")
    date_hierarchy = "begins_on"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="accounts_exclusionentry_import"), *super().get_urls()]

    def save_model(
        self, request: HttpRequest, obj: ExclusionEntry, form: ModelForm[ExclusionEntry], change: bool
    ) -> None:
        with transaction.atomic():
            before = ExclusionEntry.objects.filter(pk=obj.pk).first() if change else None
            super().save_model(request, obj, form, change)
            _follow(*(entry for entry in (before, obj) if entry is not None))

    def delete_model(self, request: HttpRequest, obj: ExclusionEntry) -> None:
        with transaction.atomic():
            super().delete_model(request, obj)
            _follow(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ExclusionEntry]) -> None:
        with transaction.atomic():
            gone = list(queryset)
            super().delete_queryset(request, queryset)
            _follow(*gone)

    @takes_file(LIMIT)
    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Read a file, and say row by row what became of it."""
        if not self._holds(request, self.add_roles):
            raise PermissionDenied(_("Only onboarding staff keep the exclusion list."))
        form = FileForm(request.POST or None, request.FILES or None)
        report: ImportReport | None = None
        status = 200
        if request.method == "POST":
            status = 400
            if form.is_valid():
                try:
                    report = import_exclusions(
                        actor=request.actor,  # type: ignore[attr-defined]
                        content=form.cleaned_data["file"].read(),
                    )
                    status = 200
                except DomainError as error:
                    status = refuse_in_form(form, error)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import the exclusion list"),
            "form": form,
            "report": report,
        }
        return TemplateResponse(request, "admin/accounts/exclusionentry/import.html", context, status=status)


def _follow(*entries: ExclusionEntry) -> None:
    follow_exclusions(
        codes={entry.uscc for entry in entries}, names={entry.name for entry in entries}, clear=True
    )
