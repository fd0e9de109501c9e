"""Rows of some supplier's listings for the walk over all URLs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalog import services
from catalog.models import Favourite, ListingImport, ReferencePrice, StoreVersion
from tests.catalog.factories import a_buyer_actor
from tests.catalog.good_factories import proposed
from tests.factories import a_listing_on_sale, a_supplier
from zcy import clock


def a_listing() -> dict[str, Any]:
    return {"listing_id": a_listing_on_sale().pk}


def an_offered_good() -> dict[str, Any]:
    return {"good_id": a_listing_on_sale().good_id}


def a_proposal() -> dict[str, Any]:
    return {"proposal_id": proposed().pk}


def a_published_storefront() -> dict[str, Any]:
    version = StoreVersion.objects.create(supplier=a_supplier(), number=7, content={})
    return {"number": version.number}


def an_import() -> dict[str, Any]:
    made = ListingImport.objects.create(supplier=a_supplier(), file_name="x.csv", header=["price"])
    return {"import_id": made.pk}


def a_favourite() -> dict[str, Any]:
    return {"good_id": somebody_s_favourite().good_id}


def a_favourite_list() -> dict[str, Any]:
    return {"list_id": somebody_s_favourite().list_id}


def somebody_s_favourite() -> Favourite:
    actor = a_buyer_actor()
    return services.add_favourite(actor=actor, good_id=a_listing_on_sale().good_id)


def a_saved_search() -> dict[str, Any]:
    actor = a_buyer_actor()
    return {"search_id": services.save_search(actor=actor, name="打印机", address="q=打印机").pk}


def a_demand() -> dict[str, Any]:
    actor = a_buyer_actor()
    return {"demand_id": services.ask_for_good(actor=actor, query="量子打印机", contact="王芳").pk}


def a_reference() -> dict[str, Any]:
    listing = a_listing_on_sale()
    found = ReferencePrice.objects.create(
        good=listing.good, seen_at="官网", kind="maker", price=100, observed_at=clock.now()
    )
    return {"reference_id": found.pk}


SAMPLES: dict[str, Callable[[], dict[str, Any]]] = {
    "catalog:reference_contest": a_reference,
    "catalog:supplier_certificate": an_offered_good,
    "catalog:supplier_listing": a_listing,
    "catalog:supplier_listing_submit": a_listing,
    "catalog:supplier_listing_on_sale": a_listing,
    "catalog:supplier_listing_off_sale": a_listing,
    "catalog:supplier_listing_withdraw": a_listing,
    "catalog:supplier_listing_history": a_listing,
    "catalog:supplier_listing_restore": a_listing,
    "catalog:supplier_proposal": a_proposal,
    "catalog:supplier_proposal_withdraw": a_proposal,
    "catalog:storefront_version": a_published_storefront,
    "catalog:storefront_restore": a_published_storefront,
    # The first of the categories that a supplier has made; a new one has none.
    "catalog:storefront_choose": lambda: {"place": "0"},
    **{
        f"catalog:supplier_import{act}": an_import
        for act in ("", "_progress", "_errors", "_confirm", "_cancel", "_resume", "_again", "_take_back")
    },
    "catalog:favourite": a_favourite,
    "catalog:favourite_list": a_favourite_list,
    "catalog:remove_favourite_list": a_favourite_list,
    "catalog:saved_search": a_saved_search,
    "catalog:withdraw_demand": a_demand,
}
# Standard goods and halls are everybody's: any supplier may offer one, and see why it is not admitted. What is to be
# mended is asked for by its kind, and everybody sees their own.
OPEN_TO_ALL = frozenset(
    [
        "catalog:supplier_listing_create",
        "catalog:supplier_range",
        "catalog:supplier_hall",
        "catalog:mend_kind",
        "catalog:supplier_checks",
        "catalog:supplier_join",
        "catalog:reference_contest",
        # Every purchaser and supervisor may see what proves a reference price.
        "catalog:reference_proof",
    ]
)
