"""Is this document genuine? Anyone may ask with the code that is printed on it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from zcy.access import public
from zcy.documents import find_document, in_groups, is_genuine

KINDS: Final = {"order-contract": _("Order contract")}
SUMMARY: Final = {
    "buyer": _("Buyer"),
    "supplier": _("Supplier"),
    "amount": _("Amount in yuan"),
    "date": _("Date"),
}


class VerifyForm(forms.Form):
    """A code as a person copies it from paper."""

    code = forms.CharField(
        label=_("Verification code"),
        max_length=40,
        help_text=_("16 letters and digits at the foot of the document; blanks and hyphens do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@public
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """The form; a code in the query string leads to its page."""
    form = VerifyForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        spelled = "".join(
            letter for letter in form.cleaned_data["code"].upper() if letter.isascii() and letter.isalnum()
        )
        if spelled:
            return redirect("verify_document", code=spelled)
        form.add_error("code", _("A code has letters and digits only."))
    return render(request, "zcy/verify.html", {"form": form}, status=400 if form.is_bound else 200)


@public
@require_safe
def verify_document(request: HttpRequest, code: str) -> HttpResponse:
    """What the platform knows of a code: the document's main facts, or that there is no such document."""
    document = find_document(code[:40])
    if document is None:
        context: dict[str, Any] = {"form": VerifyForm(initial={"code": code[:40]}), "unknown": True}
        return render(request, "zcy/verify.html", context, status=404)
    facts = [(SUMMARY.get(key, key), value) for key, value in sorted(document.summary.items(), key=_order)]
    context = {
        "form": VerifyForm(),
        "document": document,
        "kind": KINDS.get(document.kind, document.kind),
        "code": in_groups(document.code),
        "facts": facts,
        "genuine": is_genuine(document),
        "withdrawal": getattr(document, "withdrawal", None),
    }
    return render(request, "zcy/verify.html", context)


def _order(fact: tuple[str, Any]) -> int:
    known = list(SUMMARY)
    return known.index(fact[0]) if fact[0] in known else len(known)
