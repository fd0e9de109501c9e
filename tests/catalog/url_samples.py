"""Rows of some supplier's listings for the walk over all URLs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.catalog.good_factories import proposed
from tests.factories import a_listing_on_sale


def a_listing() -> dict[str, Any]:
    return {"listing_id": a_listing_on_sale().pk}


def a_proposal() -> dict[str, Any]:
    return {"proposal_id": proposed().pk}


SAMPLES: dict[str, Callable[[], dict[str, Any]]] = {
    "catalog:supplier_listing": a_listing,
    "catalog:supplier_listing_submit": a_listing,
    "catalog:supplier_listing_on_sale": a_listing,
    "catalog:supplier_listing_off_sale": a_listing,
    "catalog:supplier_proposal": a_proposal,
    "catalog:supplier_proposal_withdraw": a_proposal,
}
# Standard goods are everybody's: any supplier may offer one.
OPEN_TO_ALL = frozenset(["catalog:supplier_listing_create", "catalog:supplier_range"])
