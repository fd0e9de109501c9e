"""Categories with their attributes."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actor import Actor
from accounts.roles import Role
from catalog.kept import forget_lists
from catalog.models import AttributeType, Category, CategoryAttribute, SchemaChangeState
from catalog.services.change_schema import (
    Plan,
    Wanted,
    change_schema,
    inherited,
    plan_change,
    plan_removal,
    remove_attribute,
)
from catalog.staff import SEES
from zcy.admin_site import RoleAdmin
from zcy.errors import DomainError
from zcy.outbox import enqueue

LARGEST: Final = 2**63 - 1
MOST_VALUES: Final = 300
LONGEST_VALUE: Final = 100
VALUE: Final = "value_"


class AttributeForm(forms.Form):
    """One attribute. Each value so far has a line of its own: written anew it is renamed, emptied it is removed."""

    label = forms.CharField(label=gettext_lazy("Label"), max_length=60)
    label_en = forms.CharField(label=gettext_lazy("English label"), max_length=60, required=False)
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=60,
        validators=[
            RegexValidator(r"^[a-z][a-z0-9_]*$", gettext_lazy("Small letters, digits and _, a letter first."))
        ],
        help_text=gettext_lazy(
            "Its name in specifications and files, such as memory. It does not change later."
        ),
    )
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=AttributeType.choices)
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Of a number, such as GB."),
    )
    new_values = forms.CharField(
        label=gettext_lazy("Further allowed values, one a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    required = forms.BooleanField(label=gettext_lazy("Required"), required=False)
    filterable = forms.BooleanField(label=gettext_lazy("Offered as a filter"), required=False)
    is_key = forms.BooleanField(
        label=gettext_lazy("Key attribute"),
        required=False,
        help_text=gettext_lazy("Goods that are equal in all key attributes are equivalent."),
    )
    order = forms.IntegerField(label=gettext_lazy("Position"), min_value=0, max_value=32767, initial=100)
    planned = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)

    def __init__(self, data: Any = None, *, attribute: CategoryAttribute | None = None) -> None:
        self.attribute = attribute
        values = [str(value) for value in attribute.choices] if attribute else []
        self.values_so_far = values
        initial: dict[str, Any] = {}
        if attribute is not None:
            plain = ("label", "label_en", "key", "type", "unit", "required", "filterable", "is_key", "order")
            initial = {name: getattr(attribute, name) for name in plain}
        initial |= {f"{VALUE}{number}": value for number, value in enumerate(values)}
        super().__init__(data, initial=initial)
        if attribute is not None:
            self.fields["key"].disabled = True
        for number, value in enumerate(values):
            self.fields[f"{VALUE}{number}"] = forms.CharField(
                label=_("Value “%(value)s”") % {"value": value}, max_length=LONGEST_VALUE, required=False
            )

    @property
    def value_rows(self) -> list[Any]:
        """The fields of the values so far."""
        return [self[f"{VALUE}{number}"] for number in range(len(self.values_so_far))]

    def clean_new_values(self) -> list[str]:
        """Without blanks and repetitions."""
        lines = [" ".join(line.split()) for line in self.cleaned_data["new_values"].splitlines()]
        values = list(dict.fromkeys(line for line in lines if line))
        if any(len(value) > LONGEST_VALUE for value in values):
            raise forms.ValidationError(_("A value has at most %(n)d characters.") % {"n": LONGEST_VALUE})
        if len(values) > MOST_VALUES:
            raise forms.ValidationError(_("At most %(n)d values: choose the type text.") % {"n": MOST_VALUES})
        return values

    def wanted(self) -> Wanted:
        """The attribute as it shall be."""
        data = self.cleaned_data
        renamed: dict[str, str] = {}
        choices: list[str] = []
        for number, value in enumerate(self.values_so_far):
            written = " ".join(str(data.get(f"{VALUE}{number}", value)).split())
            if written != value:
                renamed[value] = written
            if written:
                choices.append(written)
        choices += data["new_values"]
        is_choice = data["type"] == AttributeType.CHOICE
        return Wanted(
            key=data["key"], label=data["label"], label_en=data["label_en"], type=data["type"], unit=data["unit"],
            choices=tuple(dict.fromkeys(choices)) if is_choice else (), required=data["required"],
            filterable=data["filterable"], is_key=data["is_key"], order=data["order"],
            renamed=renamed if is_choice else {},
        )  # fmt: skip


@admin.register(Category)
class CategoryAdmin(RoleAdmin[Category]):
    """The tree is loaded from files; names, units and attributes are mended here."""

    view_roles = SEES["category"]
    change_roles = frozenset([Role.CATALOG])
    change_form_template = "admin/catalog/category/change_form.html"
    list_display = ("code", "name", "parent", "unit", "goods_count")
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    ordering = ("path",)
    fields = ("code", "name", "parent", "unit", "counted", "order", "goods_count")
    readonly_fields = ("code", "parent", "goods_count")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Its goods, and those below, are found under the new names."""
        super().save_related(request, form, formsets, change)
        pk = form.instance.pk
        enqueue("catalog.tasks.index_some", {"category": pk}, key=f"catalog.index.category.{pk}")
        forget_lists()

    def get_urls(self) -> list[URLPattern]:
        def page(view: Any, name: str, address: str) -> URLPattern:
            made: URLPattern = path(
                address, self.admin_site.admin_view(view), name=f"catalog_category_{name}"
            )
            return made

        return [
            page(self.attributes_view, "attributes", "<int:category_id>/attributes/"),
            page(self.attribute_view, "attribute_add", "<int:category_id>/attributes/add/"),
            page(self.attribute_view, "attribute", "<int:category_id>/attributes/<int:attribute_id>/"),
            page(
                self.remove_view,
                "attribute_remove",
                "<int:category_id>/attributes/<int:attribute_id>/remove/",
            ),
            *super().get_urls(),
        ]

    def _category(self, request: HttpRequest, category_id: int) -> Category:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(Category, pk=min(category_id, LARGEST))

    def _staff(self, request: HttpRequest) -> Actor:
        if not self._holds(request, self.change_roles):
            raise PermissionDenied(_("Only catalog staff change attributes."))
        actor: Actor = request.actor  # type: ignore[attr-defined]
        return actor

    def _page(self, request: HttpRequest, category: Category, title: str) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": title,
            "category": category,
        }

    def attributes_view(self, request: HttpRequest, category_id: int) -> HttpResponse:
        """The category's own attributes in their order, and those it inherits."""
        category = self._category(request, category_id)
        title = _("Attributes of %(name)s") % {"name": category.name}
        context = self._page(request, category, title) | {
            "own": category.attributes.order_by("order", "key"),
            "inherited": inherited(category.pk),
            "may_change": self._holds(request, self.change_roles),
        }
        context["changes"] = list(category.schema_changes.select_related("author")[:10])
        context["running"] = any(change.state != SchemaChangeState.DONE for change in context["changes"])
        return TemplateResponse(request, "admin/catalog/category/attributes.html", context)

    def attribute_view(
        self, request: HttpRequest, category_id: int, attribute_id: int | None = None
    ) -> HttpResponse:
        """One attribute: what the change means for the goods is shown before anything is written."""
        category = self._category(request, category_id)
        actor = self._staff(request)
        attribute = (
            get_object_or_404(category.attributes, pk=min(attribute_id, LARGEST)) if attribute_id else None
        )
        form = AttributeForm(request.POST or None, attribute=attribute)
        plan: Plan | None = None
        status = 200
        if request.method == "POST":
            status = 400
            if form.is_valid():
                wanted = form.wanted()
                plan = plan_change(category.pk, wanted)
                seen = form.cleaned_data["planned"]
                ready = seen == plan.digest or not (plan.rewritten or plan.flagged)
                if ready:
                    try:
                        change = change_schema(
                            actor=actor, category_id=category.pk, wanted=wanted,
                            attribute_id=attribute.pk if attribute else None,
                        )  # fmt: skip
                    except DomainError as error:
                        error.add_to(form)
                        status = error.status
                    else:
                        self._tell(request, change)
                        return redirect("admin:catalog_category_attributes", category.pk)
                else:
                    status = 200
                    typed = request.POST.copy()
                    typed["planned"] = plan.digest
                    form.data = typed
        title = _("Attribute “%(label)s”") % {"label": attribute.label} if attribute else _("New attribute")
        context = self._page(request, category, title) | {"form": form, "attribute": attribute, "plan": plan}
        return TemplateResponse(request, "admin/catalog/category/attribute.html", context, status=status)

    def _tell(self, request: HttpRequest, change: Any) -> None:
        if change.state == "done":
            text = _("Saved. %(migrated)d goods were rewritten, %(flagged)d are flagged.")
            messages.success(request, text % {"migrated": change.migrated, "flagged": change.flagged})
        else:
            text = _("Saved. %(total)d goods follow in the background: see “Changes of attributes”.")
            messages.success(request, text % {"total": change.total})

    def remove_view(self, request: HttpRequest, category_id: int, attribute_id: int) -> HttpResponse:
        """Take an attribute out, after saying how many goods state it."""
        category = self._category(request, category_id)
        actor = self._staff(request)
        attribute = get_object_or_404(category.attributes, pk=min(attribute_id, LARGEST))
        if request.method == "POST":
            remove_attribute(actor=actor, attribute_id=attribute.pk)
            messages.success(request, _("Removed. What goods state of it stays with them."))
            return redirect("admin:catalog_category_attributes", category.pk)
        title = _("Remove “%(label)s”") % {"label": attribute.label}
        context = self._page(request, category, title) | {
            "attribute": attribute, "goods": plan_removal(category.pk, attribute.key),
        }  # fmt: skip
        return TemplateResponse(request, "admin/catalog/category/remove.html", context)
