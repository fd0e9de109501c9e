"""Small helpers of the ordering pages' templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from orders.queries import CartView

register = template.Library()


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key, or nothing."""
    return mapping.get(key, ())


@register.filter
def any_price_changed(cart: CartView) -> bool:
    """Whether a price of the cart is another than when it was put in."""
    return any(row.price_changed for group in cart.groups for row in group.rows)
