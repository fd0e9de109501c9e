"""Forms about reference prices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 20 * 1024 * 1024


class ReferenceFileForm(forms.Form):
    """A CSV file of reference prices."""

    file = forms.FileField(label=_("CSV file"))

    def clean_file(self) -> Any:
        """Of a size that is read at once."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("A file has at most 20 MB. Split it."))
        return file


class ContestForm(forms.Form):
    """Why a reference price does not hold, with counter-proof."""

    text = forms.CharField(
        label=_("What is wrong"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    proof = forms.FileField(label=_("Counter-proof"), required=False)

    def clean_proof(self) -> Any:
        """A file of a size that can be looked at."""
        proof = self.cleaned_data.get("proof")
        if proof and proof.size > MOST_BYTES:
            raise forms.ValidationError(_("A proof has at most 20 MB."))
        return proof
