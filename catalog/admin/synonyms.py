"""Words that mean the same to search."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.forms import ModelForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from catalog.models import Synonym
from catalog.segmentation import normalise
from catalog.staff import SEES
from zcy.admin_site import RoleAdmin

LONGEST_WORD = 40


class SynonymForm(ModelForm[Synonym]):
    """The words in one line, separated as people separate them."""

    words = forms.CharField(
        label=gettext_lazy("words"),
        max_length=400,
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "size": 80}),
        help_text=gettext_lazy(
            "At least two, separated by commas: whoever searches for one finds goods named by another."
        ),
    )

    class Meta:
        model = Synonym
        fields = ("words",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["words"] = "、".join(self.instance.words)

    def clean_words(self) -> list[str]:
        """Distinct words, none too long, no group twice."""
        typed = self.cleaned_data["words"]
        for mark in "、,;；\n":
            typed = typed.replace(mark, "，")
        words = list(dict.fromkeys(word.strip() for word in typed.split("，") if word.strip()))
        if len({normalise(word) for word in words}) < 2:
            raise forms.ValidationError(_("Write at least two different words."))
        if max(map(len, words)) > LONGEST_WORD:
            raise forms.ValidationError(_("A word has at most 40 characters."))
        return words


@admin.register(Synonym)
class SynonymAdmin(RoleAdmin[Synonym]):
    """A change is in force at once in this process, in others within five minutes."""

    view_roles = SEES["synonym"]
    change_roles = add_roles = delete_roles = frozenset([Role.CATALOG])
    form = SynonymForm
    list_display = ("__str__",)
    search_fields = ("words__icontains",)
