"""Numbers that cannot be meant are refused with a sentence that says what is right, and nothing is kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.utils.translation import override

from catalog.models import Good, ReferencePrice
from tests.catalog.factories import a_good, a_staff_client
from zcy.admin_site import ReadOnlyAdmin

pytestmark = pytest.mark.django_db
PRICE = "From 0.01 to 999,999,999.99, at most two decimal places."
AMOUNT = "Above zero, at most 999,999,999.999, with at most three decimal places."
WRONG = ("0", "-1", "1000000000000", "text", "NaN", "1e400")


@pytest.fixture
def staff(settings: Any) -> Client:
    settings.LANGUAGE_CODE = "en"
    return a_staff_client(settings)


def errors_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    errors: dict[str, list[str]] = answer.context["adminform"].form.errors
    return errors


def reference(good: Good, **changes: str) -> dict[str, Any]:
    values = {"good": good.pk, "seen_at": "官网", "kind": "maker", "price": "100", "unit": "", "url": ""}
    return values | {"observed_at_0": "2026-01-02", "observed_at_1": "10:00"} | changes


@pytest.mark.parametrize("price", [*WRONG, "1.999"])
def test_a_reference_price_says_what_a_price_is(staff: Client, price: str) -> None:
    with override("en"):
        answer = staff.post("/admin/catalog/referenceprice/add/", reference(a_good(), price=price))
        assert errors_of(answer)["price"] == [PRICE]
    assert not ReferencePrice.objects.exists()


def test_a_reference_price_that_is_right_is_kept(staff: Client) -> None:
    answer = staff.post(
        "/admin/catalog/referenceprice/add/", reference(a_good(), price="0.01", quantity="0.5")
    )
    assert answer.status_code == 302
    kept = ReferencePrice.objects.get()
    assert (kept.price, kept.quantity) == (Decimal("0.01"), Decimal("0.5"))


@pytest.mark.parametrize("size", [*WRONG, "1.9999"])
def test_a_pack_and_a_quantity_say_what_an_amount_is(staff: Client, size: str) -> None:
    good = a_good()
    with override("en"):
        values = {
            "category": good.category_id, "brand": good.brand_id, "model": good.model, "name": good.name,
            "unit": "台", "origin": "中国", "pack_size": size, "seen_version": good.version,
        }  # fmt: skip
        answer = staff.post(f"/admin/catalog/good/{good.pk}/change/", values)
        assert errors_of(answer)["pack_size"] == [AMOUNT]
        answer = staff.post("/admin/catalog/referenceprice/add/", reference(good, quantity=size))
        assert errors_of(answer)["quantity"] == [AMOUNT]


def fields_of(condition: models.Q | None) -> set[str]:
    found: set[str] = set()
    for part in condition.children if condition else ():
        found |= fields_of(part) if isinstance(part, models.Q) else {str(part[0])}  # type: ignore[index]
    return found


def is_a_list_of_choices(constraint: models.BaseConstraint) -> bool:
    return isinstance(constraint, models.CheckConstraint) and all(
        name.endswith("__in") or name == "source" for name in fields_of(constraint.condition)  # type: ignore[arg-type]
    )  # fmt: skip


def test_no_form_of_the_administration_answers_with_the_name_of_a_constraint() -> None:
    mute = []
    for model_admin in admin.site._registry.values():
        if isinstance(model_admin, ReadOnlyAdmin) or model_admin.opts.app_label not in (
            "accounts",
            "catalog",
        ):
            continue
        for one in (model_admin, *model_admin.inlines):
            form = one.form
            names = set(form.base_fields) or {
                field.name for field in one.model._meta.fields if field.editable
            }
            for constraint in one.model._meta.constraints:
                fields = {name.split("__")[0] for name in fields_of(getattr(constraint, "condition", None))}
                fields |= set(getattr(constraint, "fields", ()))
                told = constraint.violation_error_message != constraint.default_violation_error_message
                plain = isinstance(constraint, models.UniqueConstraint) and constraint.condition is None
                if fields & names and not (told or plain or is_a_list_of_choices(constraint)):
                    mute.append(constraint.name)
    assert mute == []
