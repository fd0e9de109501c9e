"""Published storefronts: the operator looks at them, and takes an offending one from the public."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.roles import Role
from catalog import services
from catalog.forms.storefront import FreezeForm
from catalog.models import StoreVersion
from catalog.staff import SEES
from catalog.storefront import Content
from catalog.text_doubts import text_doubts
from zcy.admin_site import ReadOnlyAdmin
from zcy.errors import DomainError, NotAllowed


@admin.register(StoreVersion)
class StoreVersionAdmin(ReadOnlyAdmin[StoreVersion]):
    view_roles = SEES["storeversion"]
    list_display = ("supplier", "number", "published_at", "published_by", "state", "look")
    list_select_related = ("supplier", "published_by", "freeze")
    search_fields = ("supplier__name",)
    fields = ("supplier", "number", "published_at", "published_by", "says", "state", "look")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StoreVersion]:
        return super().get_queryset(request).order_by("-id")

    def get_urls(self) -> list[URLPattern]:
        freeze = path(
            "<int:version_id>/freeze/",
            self.admin_site.admin_view(self.freeze_view),
            name="catalog_storeversion_freeze",
        )
        return [freeze, *super().get_urls()]

    @admin.display(description=gettext_lazy("state"))
    def state(self, version: StoreVersion) -> str:
        freeze = getattr(version, "freeze", None)
        return (
            _("frozen: %(text)s") % {"text": freeze.text}
            if freeze
            else pgettext("state of a storefront", "published")
        )

    @admin.display(description=gettext_lazy("texts"))
    def says(self, version: StoreVersion) -> str:
        return "\n".join(text for text in Content.read(version.content).texts() if text)

    @admin.display(description="")
    def look(self, version: StoreVersion) -> str:
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:catalog_storeversion_freeze", args=[version.pk]),
            _("Look and freeze"),
        )

    def freeze_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """What the version says, with what is doubtful in it, and the form to freeze it."""
        actor: Any = request.actor  # type: ignore[attr-defined]
        if not self.has_view_permission(request):
            raise NotAllowed
        version = get_object_or_404(
            StoreVersion.objects.select_related("supplier", "freeze"), pk=min(version_id, 2**63 - 1)
        )
        may = actor.has_role(Role.CATALOG)
        form = FreezeForm(request.POST or None)
        status = 200
        if request.method == "POST":
            if not may:
                raise NotAllowed
            status = 400
            if form.is_valid():
                try:
                    services.freeze_storefront(
                        actor=actor,
                        version_id=version.pk,
                        reason=form.cleaned_data["reason"],
                        text=form.cleaned_data["text"],
                    )
                except DomainError as error:
                    error.add_to(form)
                    status = error.status
                else:
                    messages.success(request, _("The storefront is frozen; the supplier was told why."))
                    return redirect("admin:catalog_storeversion_changelist")
        content = Content.read(version.content)
        doubts = text_doubts(*content.texts())
        context = self.admin_site.each_context(request) | {
            "title": f"{version.supplier} · {version.number}",
            "version": version,
            "content": content,
            "doubts": doubts,
            "form": form,
            "may": may,
            "opts": self.opts,
        }
        return render(request, "admin/catalog/storeversion/freeze.html", context, status=status)
