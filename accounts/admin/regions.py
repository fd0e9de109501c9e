"""The tree of regions, and the settings that each region decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import settings
from accounts.models import Region, RegionSetting
from accounts.roles import ADMIN_ROLES, OPERATOR_ROLES, Role
from accounts.visibility import in_region_of
from zcy.admin_site import ReadOnlyAdmin, RoleAdmin
from zcy.errors import DomainError


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin[Region]):
    view_roles = ADMIN_ROLES
    list_display = ("code", "name", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("name", "^code")


class RegionSettingForm(forms.ModelForm[RegionSetting]):
    """A setting by its declaration: the value is checked by the declared type and bounds."""

    key = forms.ChoiceField(label=_("setting"))
    value = forms.CharField(
        label=_("value"), help_text=_("Numbers without unit; yes or no as true or false.")
    )

    class Meta:
        model = RegionSetting
        fields = ("region", "key", "value", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields:
            self.fields["key"].choices = [(d.key, describe(d)) for d in settings.declared()]  # type: ignore[attr-defined]
        known = settings.find(self.instance.key) if self.instance.pk else None
        if known is not None and "value" in self.fields:
            self.initial["value"] = known.show(known.read(self.instance.value))
            self.fields["value"].help_text = hint(known)

    def clean(self) -> dict[str, Any]:
        """Check the value by the setting's type."""
        data = super().clean() or {}
        known = settings.find(data.get("key") or self.instance.key)
        if known is None or "value" not in data:
            return data
        try:
            known.read(data["value"])
        except DomainError as error:
            self.add_error("value", str(error))
        return data


def describe(known: settings.Declared) -> str:
    """A setting in the list to choose from."""
    return f"{known.group_label} · {known.label}" + (f" ({known.unit})" if known.unit else "")


def hint(known: settings.Declared) -> str:
    """What may be typed."""
    parts = [str(known.help)] if known.help else []
    if known.unit:
        parts.append(_("unit: %(unit)s") % {"unit": known.unit})
    if known.least is not None:
        parts.append(_("at least %(least)s") % {"least": known.least})
    if known.most is not None:
        parts.append(_("at most %(most)s") % {"most": known.most})
    if known.choices:
        parts.append(", ".join(f"{value} = {label}" for value, label in known.choices.items()))
    return " · ".join(parts)


@admin.register(RegionSetting)
class RegionSettingAdmin(RoleAdmin[RegionSetting]):
    """A region's own values; what it inherits without one stands beside."""

    view_roles = frozenset([Role.SUPERVISOR, Role.AUDITOR])
    change_roles = add_roles = delete_roles = frozenset([Role.SUPERVISION_LEAD, Role.SYSTEM_ADMIN])
    form = RegionSettingForm
    list_display = ("region", "setting", "own_value", "inherited_value", "changed_by", "changed_at", "reason")
    list_select_related = ("region", "changed_by")
    search_fields = ("key", "region__name")
    readonly_fields = ("inherited_value", "changed_by", "changed_at")
    fields = ("region", "key", "value", "inherited_value", "reason", "changed_by", "changed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RegionSetting]:
        return in_region_of(super().get_queryset(request), request.actor)  # type: ignore[attr-defined]

    def get_readonly_fields(self, request: HttpRequest, obj: RegionSetting | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "region", "key") if obj else self.readonly_fields

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "region":
            actor = request.actor  # type: ignore[attr-defined]
            whole = Region.objects.order_by("path")
            everywhere = actor.region is None and actor.has_role(*OPERATOR_ROLES)
            kwargs["queryset"] = whole if everywhere or actor.region is None else whole.below(actor.region)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("setting"), ordering="key")
    def setting(self, row: RegionSetting) -> str:
        known = settings.find(row.key)
        return describe(known) if known else row.key

    @admin.display(description=_("value"))
    def own_value(self, row: RegionSetting) -> str:
        known = settings.find(row.key)
        return known.show(known.read(row.value)) if known else str(row.value)

    @admin.display(description=_("inherited value"))
    def inherited_value(self, row: RegionSetting) -> str:
        known = settings.find(row.key)
        if known is None or row.pk is None:
            return "–"
        value, path = settings.inherited(row.region, row.key)
        source = Region.objects.filter(path=path).first() if path else None
        return f"{known.show(value)} ({source or _('default')})"

    def save_model(
        self, request: HttpRequest, obj: RegionSetting, form: ModelForm[RegionSetting], change: bool
    ) -> None:
        row = settings.set_value(
            actor=request.actor,  # type: ignore[attr-defined]
            region=obj.region,
            key=obj.key,
            value=form.cleaned_data["value"],
            reason=form.cleaned_data["reason"],
        )
        obj.pk = row.pk
        obj._state.adding = False

    def delete_model(self, request: HttpRequest, obj: RegionSetting) -> None:
        with transaction.atomic():
            super().delete_model(request, obj)
            settings.forget()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[RegionSetting]) -> None:
        with transaction.atomic():
            super().delete_queryset(request, queryset)
            settings.forget()
