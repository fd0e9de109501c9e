"""Forms about reference prices."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from zcy.uploads import MEGABYTE, LimitedFileField, UploadLimit

MOST_BYTES: Final = 20 * MEGABYTE
FILE: Final = UploadLimit(MOST_BYTES, _("A file has at most 20 MB. Split it."))
PROOF: Final = UploadLimit(MOST_BYTES, _("A proof has at most 20 MB."))


class ReferenceFileForm(forms.Form):
    """A CSV file of reference prices."""

    file = LimitedFileField(limit=FILE, label=_("CSV file"))


class ContestForm(forms.Form):
    """Why a reference price does not hold, with counter-proof."""

    text = forms.CharField(
        label=_("What is wrong"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    proof = LimitedFileField(limit=PROOF, label=_("Counter-proof"), required=False)
