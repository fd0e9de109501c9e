"""Standard goods with schemas, proposals and merges, for tests."""

from __future__ import annotations

from typing import Any, Final

from accounts.actor import Actor
from catalog.models import Category, Good, GoodProposal
from catalog.services import save_proposal
from tests.catalog.factories import a_category, a_supplier_actor, an_attribute

# What the admin's form sends besides its own fields: no certificates, no further pictures.
NO_ROWS: Final = {
    f"{prefix}-{name}": number
    for prefix in ("certificates", "pictures")
    for name, number in (
        ("TOTAL_FORMS", "0"),
        ("INITIAL_FORMS", "0"),
        ("MIN_NUM_FORMS", "0"),
        ("MAX_NUM_FORMS", "9"),
    )
}


def a_category_of_printers() -> Category:
    """A leaf with a number and a choice that are key attributes, and two attributes that are not."""
    category = a_category()
    an_attribute(category, "ppm", "速度", type="number", unit="页/分", required=True, is_key=True, order=10)
    an_attribute(
        category, "link", "接口", type="choice", choices=["USB", "有线", "无线"], is_key=True, order=20
    )
    an_attribute(category, "duplex", "双面", type="boolean", order=30)
    an_attribute(category, "series", "系列", type="text", order=40)
    return category


def proposal_values(category: Category, **changes: Any) -> dict[str, Any]:
    """As `save_proposal` takes them."""
    return {
        "category_id": category.pk, "brand_name": "惠普", "model": "M126a", "name": "惠普 M126a 黑白激光一体机",
        "spec": {"ppm": 20, "link": "USB"}, "unit": "台", "pack_size": None, "gtin": "", "maker": "", "origin": "中国",
        "description": "",
    } | changes  # fmt: skip


def proposed(actor: Actor | None = None, *, hand_in: bool = True, **changes: Any) -> GoodProposal:
    """A proposal that waits for the operator."""
    category = Category.objects.filter(attributes__key="ppm").first() or a_category_of_printers()
    return save_proposal(
        actor=actor or a_supplier_actor(), values=proposal_values(category, **changes), hand_in=hand_in
    )


def rows_of(good: Good) -> dict[str, Any]:
    """The good's row as the database has it, without what every write moves."""
    row: dict[str, Any] = dict(Good.objects.filter(pk=good.pk).values().get())
    for name in ("changed_at", "version", "compared"):
        row.pop(name)
    return row
