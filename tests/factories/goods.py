"""Categories, goods and the offers for them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pgtrigger

from accounts.models import Organisation
from catalog.models import Brand, Category, Good, Listing, Review, Sale
from tests.factories.organisations import a_supplier
from tests.factories.serials import serial
from zcy import clock


def a_category(code: str = "", *, parent: Category | None = None, **values: Any) -> Category:
    """A category, by default a leaf of its own below no other."""
    code = code or f"A{next(serial):08d}"
    path = f"{parent.path if parent else ''}{code}/"
    return Category.objects.create(
        code=code,
        parent=parent,
        path=path,
        depth=path.count("/") - 1,
        **{"name": f"品目{code}", "top_code": parent.top_code if parent else code, "unit": "个", **values},
    )


def a_brand(name: str = "") -> Brand:
    """A brand."""
    return Brand.objects.create(name=name or f"品牌{next(serial)}")


def a_good(*, category: Category | None = None, **values: Any) -> Good:
    """A standard good."""
    number = next(serial)
    category = category or a_category()
    brand = values.pop("brand", None) or a_brand()
    defaults = {
        "name": f"打印纸 {number}",
        "model": f"M-{number}",
        "unit": category.unit,
        "spec_hash": f"{number:032d}",
    }
    return Good.objects.create(category=category, brand=brand, **{**defaults, **values})


def a_listing_on_sale(
    *,
    supplier: Organisation | None = None,
    good: Good | None = None,
    price: Decimal | int | str = "100.00",
    stock: Decimal | int | None = 100,
    **values: Any,
) -> Listing:
    """An approved offer that can be ordered."""
    defaults = {"delivery_days": 3, "warranty_months": 12, "sale": Sale.ON_SALE, "review": Review.APPROVED}
    supplier, good = supplier or a_supplier(), good or a_good()
    # It is born on sale, which only an import may do otherwise.
    with pgtrigger.ignore("catalog.Listing:begins_by_the_table"):
        return Listing.objects.create(
            supplier=supplier,
            good=good,
            price=Decimal(price),
            stock=stock,
            listed_at=clock.now() - timedelta(days=30),
            **{**defaults, **values},
        )
