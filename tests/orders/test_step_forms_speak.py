"""The forms of the steps say what may be typed, and offer numbers as people write them."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from orders.forms.fields import KeyField, QuantityField


class Form(forms.Form):
    idempotency_key = KeyField()
    quantity = QuantityField(max_value=Decimal("1200.000"), initial=Decimal("1200.000"), required=False)


def errors(**typed: str) -> dict[str, list[str]]:
    form = Form({"idempotency_key": "k" * 16, **typed})
    return {name: [str(text) for text in texts] for name, texts in form.errors.items()}


def test_a_quantity_is_offered_as_it_is_written() -> None:
    assert 'value="1200"' in str(Form()["quantity"])


def test_too_much_is_refused_with_what_is_possible() -> None:
    assert "1,200" in errors(quantity="1201")["quantity"][0]
    assert "1,200" in errors(quantity="-1")["quantity"][0]
    assert errors(quantity="1200") == {}


def test_a_form_that_lost_its_key_asks_for_the_page_to_be_reloaded() -> None:
    assert errors(idempotency_key="")["idempotency_key"] == errors(idempotency_key="short")["idempotency_key"]
    assert "必填" not in errors(idempotency_key="")["idempotency_key"][0]
