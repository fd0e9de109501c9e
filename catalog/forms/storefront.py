"""Forms of a supplier's storefront."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.pictures import LIMIT
from catalog.review_reasons import CHOICES
from catalog.storefront import MOST_ANNOUNCEMENTS, MOST_GROUPS, Announcement, Content, Group
from zcy.uploads import LimitedFileField


class StorefrontForm(forms.Form):
    """Banner, headline and after-sales terms."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    banner = LimitedFileField(
        limit=LIMIT,
        label=_("Banner"),
        required=False,
        help_text=_(
            "JPEG, PNG or WebP, at most 5 MB and at least 200 pixels a side; shown 4 times as wide as high."
        ),
    )
    without_banner = forms.BooleanField(label=_("Take the banner away"), required=False)
    headline = forms.CharField(
        label=_("Headline"),
        max_length=60,
        required=False,
        help_text=_("Stands on the banner, or in its place."),
    )
    terms = forms.CharField(
        label=_("After-sales terms"),
        max_length=2000,
        required=False,
        help_text=_("Warranty, returns, repair, response times: what every order from you may rely on."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class AnnouncementForm(forms.Form):
    """One dated announcement."""

    title = forms.CharField(label=_("Title"), max_length=60)
    on = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    text = forms.CharField(
        label=_("Text"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        data = super().clean() or {}
        if data.get("on") and data.get("until") and data["until"] < data["on"]:
            self.add_error("until", _("The last day lies before the first."))
        return data


class GroupForm(forms.Form):
    """One category of the supplier's own; its listings are chosen on a page of their own."""

    number = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=MOST_GROUPS)
    name = forms.CharField(label=_("Name"), max_length=20)

    @property
    def place(self) -> str:
        """Its number in addresses; empty for one that is new, or whose hidden number is no number."""
        number = str(self["number"].value() if self["number"].value() is not None else "")
        return number if number.isascii() and number.isdigit() and len(number) < 4 else ""


AnnouncementFormSet = forms.formset_factory(
    AnnouncementForm, extra=1, can_delete=True, max_num=MOST_ANNOUNCEMENTS, validate_max=True
)
GroupFormSet = forms.formset_factory(
    GroupForm, extra=1, can_delete=True, can_order=True, max_num=MOST_GROUPS, validate_max=True
)


def initial_of(content: Content) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """The initial values of the form and of the two form sets."""
    announcements = [
        {"title": entry.title, "text": entry.text, "on": entry.on, "until": entry.until}
        for entry in content.announcements
    ]
    groups = [{"number": number, "name": group.name} for number, group in enumerate(content.groups)]
    return {"headline": content.headline, "terms": content.terms}, announcements, groups


def typed_content(content: Content, form: StorefrontForm, announcements: Any, groups: Any) -> Content:
    """The present content with what was typed; a group keeps its listings under its number."""
    kept = [entry for entry in announcements.cleaned_data if entry.get("title") and not entry.get("DELETE")]
    named = [entry for entry in groups.cleaned_data if entry.get("name") and not entry.get("DELETE")]
    ordered = sorted(enumerate(named), key=lambda item: (item[1].get("ORDER") or 1000, item[0]))
    return Content(
        headline=form.cleaned_data["headline"],
        terms=form.cleaned_data["terms"],
        featured=content.featured,
        announcements=tuple(
            Announcement(entry["title"], entry["text"], entry["on"], entry["until"]) for entry in kept
        ),
        groups=tuple(
            Group(entry["name"], _listings(content, entry.get("number"))) for _place, entry in ordered
        ),
    )


def _listings(content: Content, number: int | None) -> tuple[int, ...]:
    return content.groups[number].listings if number is not None and number < len(content.groups) else ()


class FreezeForm(forms.Form):
    """Why a storefront is taken from the public."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "–"), *CHOICES])
    text = forms.CharField(label=_("What to mend"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
