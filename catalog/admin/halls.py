"""Halls in the administration: the operator makes them, each region chooses, orders and names its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Region
from accounts.roles import OPERATOR_ROLES, SUPERVISOR_ROLES, Role
from catalog import services
from catalog.admin.hall_rules import CHOOSERS, HallRuleForm
from catalog.halls.refusals import reason_of
from catalog.halls.rules import is_county_code, wrong_share
from catalog.models import GoodOrigin, Hall, HallGood, HallRegion, HallRule, OriginCounty
from catalog.staff import SEES
from zcy.admin_site import RoleAdmin
from zcy.errors import NotAllowed

CATALOG = frozenset([Role.CATALOG])


class HallRuleInline(admin.StackedInline[HallRule, Hall]):
    """The rules of a hall: all hold together."""

    model = HallRule
    form = HallRuleForm
    extra = 1
    verbose_name = gettext_lazy("rule of admission")
    verbose_name_plural = gettext_lazy("rules of admission: an offer has to meet all of them")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Who may not change the rules reads them in words."""
        return ("kind", *CHOOSERS) if self._may(request) else ("told",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if self._may(request) else ("told",)

    @admin.display(description=gettext_lazy("rule"))
    def told(self, rule: HallRule) -> str:
        reason = reason_of(rule)
        return f"{reason.label}: {reason.wanted}" if reason.wanted else reason.label

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def _may(self, request: HttpRequest) -> bool:
        return bool(request.actor.has_role(*CATALOG))  # type: ignore[attr-defined]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)


@admin.register(Hall)
class HallAdmin(RoleAdmin[Hall]):
    """What a change of the rules admits is computed at once."""

    view_roles = SEES["hall"]
    change_roles = add_roles = CATALOG
    list_display = ("name", "slug", "layout", "order", "active", "admission", "goods")
    list_filter = ("layout", "active")
    inlines = (HallRuleInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hall]:
        counted = HallGood.objects.filter(hall=OuterRef("pk")).order_by().values("hall")
        return (
            super()
            .get_queryset(request)
            .prefetch_related("rules")
            .annotate(goods_count=Coalesce(Subquery(counted.annotate(n=Count("id")).values("n")), 0))
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Hall | None = None) -> tuple[str, ...]:
        # The address of a hall is in bookmarks.
        return ("slug",) if obj else ()

    @admin.display(description=gettext_lazy("rules of admission"))
    def admission(self, hall: Hall) -> str:
        reasons = [reason_of(rule) for rule in hall.rules.all()]
        return "; ".join(
            f"{reason.label}: {reason.wanted}" if reason.wanted else reason.label for reason in reasons
        )

    @admin.display(description=gettext_lazy("goods"))
    def goods(self, hall: Hall) -> int:
        return int(getattr(hall, "goods_count", 0))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        rules = {rule.kind: rule.values for rule in form.instance.rules.all()}
        self.record(request, form.instance, "admission", {"rules": rules})
        services.refresh_halls()


class HallRegionForm(ModelForm[HallRegion]):
    """What a region decides about a hall."""

    class Meta:
        model = HallRegion
        fields = ("region", "hall", "shown", "name", "order")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("shown", "name", "order"):
            if name in self.fields:
                self.fields[name].help_text = _("Empty: as in the region above.")


@admin.register(HallRegion)
class HallRegionAdmin(RoleAdmin[HallRegion]):
    """A region's own decisions hold below it, until a region there decides otherwise."""

    view_roles = SEES["hallregion"]
    change_roles = add_roles = delete_roles = frozenset([Role.CATALOG, *SUPERVISOR_ROLES])
    form = HallRegionForm
    list_display = ("region", "hall", "shown", "name", "order")
    list_filter = ("hall",)
    list_select_related = ("region", "hall")
    search_fields = ("region__name", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: HallRegion | None = None) -> tuple[str, ...]:
        return ("region", "hall") if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "region":
            actor = request.actor  # type: ignore[attr-defined]
            rows = Region.objects.order_by("path")
            everywhere = actor.has_role(*OPERATOR_ROLES) or actor.region is None
            kwargs["queryset"] = rows if everywhere else rows.below(actor.region)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: HallRegion, form: ModelForm[HallRegion], change: bool
    ) -> None:
        actor = request.actor  # type: ignore[attr-defined]
        if not actor.has_role(*OPERATOR_ROLES) and not actor.covers_region(obj.region):
            raise NotAllowed(_("This region is not yours to decide for."))
        super().save_model(request, obj, form, change)


class OriginCountyForm(ModelForm[OriginCounty]):
    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip()
        if not is_county_code(code):
            raise forms.ValidationError(_("A county's code has six digits, such as 530825."))
        return code


class GoodOriginForm(ModelForm[GoodOrigin]):
    def clean_share(self) -> Decimal:
        share: Decimal = self.cleaned_data["share"]
        if wrong := wrong_share([str(share)]):
            raise forms.ValidationError(wrong)
        return share


@admin.register(OriginCounty)
class OriginCountyAdmin(RoleAdmin[OriginCounty]):
    form = OriginCountyForm
    view_roles = SEES["origincounty"]
    change_roles = add_roles = CATALOG
    list_display = ("code", "province", "city", "name")
    list_filter = ("province",)
    search_fields = ("name", "^code", "city")


@admin.register(GoodOrigin)
class GoodOriginAdmin(RoleAdmin[GoodOrigin]):
    form = GoodOriginForm
    view_roles = SEES["goodorigin"]
    change_roles = add_roles = delete_roles = CATALOG
    list_display = ("good", "county", "producer", "share")
    list_select_related = ("good", "county")
    search_fields = ("good__name", "county__name", "producer")
    autocomplete_fields = ("good", "county")

    def get_readonly_fields(self, request: HttpRequest, obj: GoodOrigin | None = None) -> tuple[str, ...]:
        return ("good",) if obj else ()
