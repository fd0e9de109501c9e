"""The words that the checks look for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.roles import Role
from catalog.checks.words import squeezed
from catalog.models import CheckedWord
from catalog.staff import SEES
from zcy.admin_site import RoleAdmin


class CheckedWordForm(ModelForm[CheckedWord]):
    """A word says something: one character alone would be found everywhere."""

    class Meta:
        model = CheckedWord
        fields = ("word", "kind", "blocks", "active")

    def clean_word(self) -> str:
        word = " ".join(str(self.cleaned_data["word"]).split())
        if len(squeezed(word)) < 2:
            raise forms.ValidationError(_("Write at least two characters."))
        return word


@admin.register(CheckedWord)
class CheckedWordAdmin(RoleAdmin[CheckedWord]):
    """In force for the next check; shipped words are switched off instead of deleted."""

    view_roles = SEES["checkedword"]
    change_roles = add_roles = delete_roles = frozenset([Role.CATALOG])
    form = CheckedWordForm
    list_display = ("word", "kind", "blocks", "active")
    list_filter = ("kind", "blocks", "active")
    search_fields = ("word",)

    def has_delete_permission(self, request: HttpRequest, obj: CheckedWord | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is not None and obj.shipped)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deleting of many at once: shipped words may be among them."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions
