"""Forms of a label's certificate: as a supplier sends it, and as the operator answers it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.onboarding.files import LIMIT, CheckedFile, check_file
from catalog.models import CatalogRequest, GoodLabel, PolicyLabel
from catalog.models.catalog_requests import CERTIFICATES_FOLDER
from catalog.review_reasons import CERTIFICATE_REASONS
from zcy import clock
from zcy.uploads import LimitedFileField

LONGEST_LIFE: Final = timedelta(days=50 * 366)


class CertificateForm(forms.Form):
    """Label, number, days and scan. A scan that was kept with an earlier try need not be chosen again (`paper`)."""

    label = forms.ChoiceField(label=_("Policy label"), choices=[("", "–"), *PolicyLabel.choices])
    certificate = forms.CharField(
        label=_("Certificate number"), max_length=80, help_text=_("As it stands on the paper.")
    )
    issued_on = forms.DateField(
        label=_("Day of issue"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    expires_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day on which it holds; empty only where the paper names none."),
    )
    file = LimitedFileField(
        limit=LIMIT,
        label=_("Scan of the certificate"),
        help_text=_("PDF, JPEG or PNG, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
    remark = forms.CharField(
        label=_("Remark for the catalog staff"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 1000}),
    )
    paper = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1)

    # The scan that was chosen, if it may be kept.
    checked: CheckedFile | None = None
    file_name: str = ""

    def __init__(self, *args: Any, scanned: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not scanned

    def clean_certificate(self) -> str:
        """The number in one line, with letters and digits of the usual width."""
        number = " ".join(unicodedata.normalize("NFKC", self.cleaned_data["certificate"]).split())
        if not any(character.isalnum() for character in number):
            raise ValidationError(_("A certificate number has letters or digits, such as CQC20701234567."))
        return number

    def clean_issued_on(self) -> date | None:
        """A day that has come."""
        issued: date | None = self.cleaned_data["issued_on"]
        if issued and issued > clock.today():
            raise ValidationError(_("This day is still to come."))
        return issued

    def clean_expires_on(self) -> date | None:
        """A day that is not over."""
        ends: date | None = self.cleaned_data["expires_on"]
        if ends and ends < clock.today():
            raise ValidationError(_("This certificate has ended: send the one that is valid now."))
        if ends and ends > clock.today() + LONGEST_LIFE:
            raise ValidationError(_("Write a date such as 2026-11-23."))
        return ends

    def clean_file(self) -> Any:
        """What the file is, is read from its content."""
        upload = self.cleaned_data["file"]
        if upload:
            self.checked = check_file(upload, upload.size, folder=CERTIFICATES_FOLDER)
            self.file_name = upload.name or ""
        return upload

    def clean(self) -> dict[str, Any]:
        """It ends after it was issued."""
        data = super().clean() or {}
        issued, ends = data.get("issued_on"), data.get("expires_on")
        if issued and ends and ends < issued:
            self.add_error("expires_on", _("It ends before it was issued: compare both days with the paper."))
        return data


class CertificateAnswerForm(forms.Form):
    """Enter it in the place of others, or send it back with published reasons."""

    replaces = forms.TypedMultipleChoiceField(
        label=_("It takes the place of"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("These are taken off the good; the others stay beside the new one."),
    )
    reasons = forms.MultipleChoiceField(
        label=_("Reasons for sending it back"),
        required=False,
        choices=[(reason.code, reason.title) for reason in CERTIFICATE_REASONS],
        widget=forms.CheckboxSelectMultiple,
    )
    answer = forms.CharField(
        label=_("Answer, for the supplier"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, asked: CatalogRequest, older: Sequence[GoodLabel]) -> None:
        ends = asked.expires_on
        gone = [
            row.pk for row in older if row.expires_on is not None and (ends is None or row.expires_on <= ends)
        ]
        super().__init__(data, initial={"replaces": gone})
        choices = [
            (row.pk, f"{row.certificate} · {row.expires_on or _('without an end')}")
            for row in older
            if row.certificate != asked.name
        ]
        if choices:
            self.fields["replaces"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["replaces"]
