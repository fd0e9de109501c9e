"""Fields that several forms share."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from zcy.formats import quantity

if TYPE_CHECKING:
    from django.http import QueryDict


def new_key() -> str:
    """A key for one form: the same form sent twice does its work once."""
    return secrets.token_hex(16)


class KeyField(forms.CharField):
    """The hidden key of a form."""

    def __init__(self, **kwargs: Any) -> None:
        lost = _("The page was not complete: reload it and send it again.")
        super().__init__(
            initial=new_key,
            widget=forms.HiddenInput,
            max_length=64,
            min_length=8,
            error_messages={"required": lost, "min_length": lost, "max_length": lost},
            **kwargs,
        )


def renew_key(form: forms.Form) -> None:
    """Give a form that is shown again a key of its own: what was sent under the old one is recorded."""
    if "idempotency_key" in form.fields:
        data = cast("QueryDict", form.data).copy()
        data[form.add_prefix("idempotency_key")] = new_key()
        form.data = data


class AmountField(forms.DecimalField):
    """Yuan with two places, above zero."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Amount (yuan)"))
        super().__init__(max_digits=14, decimal_places=2, min_value=Decimal("0.01"), **kwargs)
        self.widget.attrs["inputmode"] = "decimal"


class QuantityField(forms.DecimalField):
    """A quantity of a good's unit, from zero."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        most = kwargs.get("max_value")
        if most is not None:
            text = _("At most %(most)s: enter a quantity from 0 to %(most)s.") % {"most": quantity(most)}
            kwargs["error_messages"] = {"max_value": text, "min_value": text} | kwargs.get(
                "error_messages", {}
            )
        if isinstance(kwargs.get("initial"), Decimal):
            # 1200, not 1.2E+3.
            kwargs["initial"] = kwargs["initial"].normalize() + 0
        super().__init__(max_digits=12, decimal_places=3, **kwargs)
        self.widget.attrs["inputmode"] = "decimal"


class DayField(forms.DateField):
    """A date chosen in the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)
