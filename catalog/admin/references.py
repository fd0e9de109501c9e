"""Reference prices and what suppliers say against them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from catalog import services
from catalog.forms.numbers import AMOUNT, PRICE
from catalog.forms.references import PROOF
from catalog.models import ReferenceContest, ReferenceFetch, ReferencePrice
from catalog.staff import SEES
from zcy import clock
from zcy.admin_site import ReadOnlyAdmin, RoleAdmin
from zcy.uploads import LimitedFileField


class ReferenceForm(ModelForm[ReferencePrice]):
    """A price seen outside; the grade follows from the terms."""

    url = forms.URLField(
        label=_("address of the page"), required=False, max_length=500, assume_scheme="https"
    )
    price = forms.DecimalField(label=_("price"), **PRICE)
    quantity = forms.DecimalField(label=_("quantity"), required=False, **AMOUNT)
    proof = LimitedFileField(limit=PROOF, label=_("proof"), required=False, widget=AdminFileWidget)

    class Meta:
        model = ReferencePrice
        fields = (
            "good", "seen_at", "kind", "price", "observed_at", "in_stock", "tax_included", "freight_included",
            "installation_included", "warranty_months", "quantity", "unit", "url", "proof",
        )  # fmt: skip

    def clean_observed_at(self) -> Any:
        """Nobody has seen a price of tomorrow."""
        moment = self.cleaned_data["observed_at"]
        if moment and moment > clock.now():
            raise forms.ValidationError(_("This time lies in the future."))
        return moment


@admin.register(ReferencePrice)
class ReferencePriceAdmin(RoleAdmin[ReferencePrice]):
    view_roles = SEES["referenceprice"]
    change_roles = add_roles = frozenset([Role.CATALOG])
    form = ReferenceForm
    list_display = ("good", "seen_at", "kind", "price", "observed_at", "grade", "state")
    list_filter = ("state", "grade", "kind")
    search_fields = ("good__name", "seen_at")
    autocomplete_fields = ("good",)
    list_select_related = ("good",)
    date_hierarchy = None
    readonly_fields = ("proof_link", "proof_sha256", "grade", "state", "captured_by", "captured_at")

    def get_fields(self, request: HttpRequest, obj: ReferencePrice | None = None) -> Any:
        """What was computed stands below what is typed."""
        return (*ReferenceForm.Meta.fields, *self.readonly_fields) if obj else ReferenceForm.Meta.fields

    @admin.display(description=_("proof"))
    def proof_link(self, reference: ReferencePrice) -> SafeString | str:
        """By the view that checks who asks, and that the file is still the one that was captured."""
        if not reference.proof:
            return "–"
        url = reverse("catalog:reference_proof", args=[reference.pk])
        return format_html('<a href="{}">{}</a>', url, gettext("Download the proof"))

    def save_model(
        self, request: HttpRequest, obj: ReferencePrice, form: ModelForm[ReferencePrice], change: bool
    ) -> None:
        """With grade and the hash of a new proof."""
        proof = form.cleaned_data.get("proof") if "proof" in form.changed_data else None
        if "proof" in form.changed_data and not proof:
            obj.proof_sha256 = ""
        services.keep_reference(obj, actor=request.actor, proof=proof or None)  # type: ignore[attr-defined]


class ContestForm(ModelForm[ReferenceContest]):
    """The decision: upheld or not, and why."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("", "–"),
            ("upheld", _("upheld: withdraw the reference price")),
            ("refused", _("refused: it stands")),
        ],
    )

    class Meta:
        model = ReferenceContest
        fields = ("answer",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "answer" in self.fields:
            self.fields["answer"].required = True

    def clean(self) -> dict[str, Any]:
        """What is decided stays decided."""
        data = super().clean() or {}
        if self.instance.decided_at is not None:
            raise forms.ValidationError(_("This contest was decided already."))
        return data


@admin.register(ReferenceContest)
class ReferenceContestAdmin(RoleAdmin[ReferenceContest]):
    view_roles = SEES["referencecontest"]
    change_roles = frozenset([Role.CATALOG])
    form = ContestForm
    list_display = ("reference", "supplier", "at", "upheld", "decided_at")
    list_filter = ("upheld", ("decided_at", admin.EmptyFieldListFilter))
    list_select_related = ("reference", "supplier")
    readonly_fields = (
        "reference",
        "supplier",
        "at",
        "text",
        "proof",
        "proof_sha256",
        "decided_at",
        "decided_by",
        "upheld",
    )

    def get_fields(self, request: HttpRequest, obj: ReferenceContest | None = None) -> Any:
        """The decision only while there is one to take."""
        if obj is not None and obj.decided_at is None and self.has_change_permission(request, obj):
            return ("reference", "supplier", "at", "text", "proof", "proof_sha256", "decision", "answer")
        return (*self.readonly_fields, "answer")

    def has_change_permission(self, request: HttpRequest, obj: ReferenceContest | None = None) -> bool:
        """What is decided can be looked at only."""
        return super().has_change_permission(request, obj) and (obj is None or obj.decided_at is None)

    def save_model(
        self, request: HttpRequest, obj: ReferenceContest, form: ModelForm[ReferenceContest], change: bool
    ) -> None:
        """By the service: both the contest and the reference price."""
        decided = services.decide_contest(
            actor=request.actor,  # type: ignore[attr-defined]
            contest_id=obj.pk,
            upheld=form.cleaned_data["decision"] == "upheld",
            answer=form.cleaned_data["answer"],
        )
        obj.decided_at, obj.decided_by, obj.upheld = decided.decided_at, decided.decided_by, decided.upheld


@admin.register(ReferenceFetch)
class ReferenceFetchAdmin(ReadOnlyAdmin[ReferenceFetch]):
    """What each reading of the configured source brought, and what could not be read and why."""

    view_roles = SEES["referencefetch"]
    list_display = ("started_at", "source", "state", "files", "kept", "known", "wrong", "ended_at")
    list_filter = ("state",)
    fields = (
        "source",
        "started_at",
        "ended_at",
        "state",
        "error",
        "files",
        "kept",
        "known",
        "wrong",
        "per_file",
    )
    readonly_fields = ("per_file",)

    @admin.display(description=_("by file"))
    def per_file(self, fetch: ReferenceFetch) -> SafeString | str:
        """A line for each file, and under it what is wrong with which row."""
        lines = [
            (
                told["name"],
                told["error"]
                or gettext("%(kept)d new, %(known)d known, %(wrong)d wrong")
                % {name: told[name] for name in ("kept", "known", "wrong")},
                format_html_join(
                    "",
                    "<li>{}</li>",
                    (
                        (
                            gettext("line %(line)d, %(column)s “%(value)s”: %(remedy)s")
                            % {"line": line, "column": column, "value": value, "remedy": remedy},
                        )
                        for line, column, value, remedy in told["rows"]
                    ),
                ),
            )
            for told in fetch.details
        ]
        return (
            format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}<ul>{}</ul></li>", lines))
            if lines
            else "–"
        )
