"""Brands and standard goods."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import connection, transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.roles import OPERATOR_ROLES, Role
from catalog import services
from catalog.attributes import attributes_of
from catalog.models import Brand, Good, PolicyLabel
from catalog.pictures import clean_picture
from catalog.specs import StrictDecoder, faults, told
from catalog.tree import category_tree
from zcy.admin_site import RoleAdmin
from zcy.formats import money
from zcy.outbox import enqueue

# As the market import does it, so that equal specifications meet; an empty one equals no other.
_HASH_SPEC = """
    UPDATE catalog_good SET spec_hash = CASE WHEN spec = '{}' THEN '' ELSE md5(spec::text) END WHERE id = %s
"""


@admin.register(Brand)
class BrandAdmin(RoleAdmin[Brand]):
    view_roles = frozenset(OPERATOR_ROLES)
    change_roles = add_roles = frozenset([Role.CATALOG])
    list_display = ("name", "latin", "goods_count")
    search_fields = ("name", "latin")

    def save_model(self, request: HttpRequest, obj: Brand, form: ModelForm[Brand], change: bool) -> None:
        """Its goods are found under the new name."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if change:
                enqueue("catalog.tasks.index_some", {"brand": obj.pk}, key=f"catalog.index.brand.{obj.pk}")


class GoodForm(ModelForm[Good]):
    """A standard good: the specification must fit the category's attributes, a picture is drawn anew."""

    labels = forms.MultipleChoiceField(
        label=_("policy labels"),
        choices=PolicyLabel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    spec = forms.JSONField(label=_("specification"), required=False, decoder=StrictDecoder)

    class Meta:
        model = Good
        fields = (
            "category", "brand", "model", "name", "spec", "unit", "pack_size", "labels", "picture", "description",
            "origin", "state",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "spec" in self.fields:
            category = category_tree().by_id.get(self.instance.category_id or 0)
            self.fields["spec"].help_text = "；".join(_told(known) for known in attributes_of(category)) or _(
                "An object of the category's attributes; they are listed here once the good has a category."
            )

    def clean_picture(self) -> Any:
        """Only a newly chosen file is drawn anew."""
        picture = self.cleaned_data.get("picture")
        if picture and hasattr(picture, "content_type"):
            return clean_picture(picture.file, picture.size)
        return picture

    def clean_spec(self) -> dict[str, Any]:
        """An object of attribute keys."""
        spec = self.cleaned_data["spec"] or {}
        if not isinstance(spec, dict):
            raise forms.ValidationError(_('Write an object such as {"memory": 16}.'))
        if any(isinstance(value, dict | list) for value in spec.values()):
            raise forms.ValidationError(_("A value is a text, a number, true or false."))
        if any("\x00" in text for pair in spec.items() for text in pair if isinstance(text, str)):
            raise forms.ValidationError(_("A text has characters that cannot be stored: write it anew."))
        return spec

    def clean(self) -> dict[str, Any]:
        """Required attributes are filled, values are among those allowed."""
        data = super().clean() or {}
        category, spec = data.get("category"), data.get("spec")
        if category is None or spec is None:
            return data
        for attribute, fault in faults(spec, attributes_of(category_tree().by_id.get(category.pk))):
            self.add_error("spec", told(attribute, fault))
        return data


def _told(known: Any) -> str:
    """An attribute as it is written into a specification: its key, what it means, what it may be."""
    allowed = f": {'、'.join(known.choices)}" if known.choices else f" ({known.unit})" if known.unit else ""
    return f"{known.key} = {known.chinese}{allowed}"


@admin.register(Good)
class GoodAdmin(RoleAdmin[Good]):
    """Standard goods; a change is indexed at once."""

    view_roles = frozenset(OPERATOR_ROLES)
    change_roles = add_roles = frozenset([Role.CATALOG])
    form = GoodForm
    list_display = ("name", "brand", "model", "category", "offers", "lowest", "state")
    list_filter = ("state",)
    list_select_related = ("brand", "category")
    search_fields = ("name", "model", "brand__name")
    autocomplete_fields = ("category", "brand")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Good]:
        return super().get_queryset(request).defer("search", "pinyin")

    @admin.display(description=_("lowest price"), ordering="lowest_price")
    def lowest(self, good: Good) -> str:
        return money(good.lowest_price)

    def save_model(self, request: HttpRequest, obj: Good, form: ModelForm[Good], change: bool) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            super().save_model(request, obj, form, change)
            cursor.execute(_HASH_SPEC, [obj.pk])
            services.refresh_observations([obj.pk])
            services.refresh_goods([obj.pk])
            services.index_goods([obj.pk])
