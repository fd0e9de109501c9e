"""Addresses of the catalog, one file per audience or subject."""

from __future__ import annotations

from catalog.urls import (
    alerts,
    bulk,
    halls,
    listing_life,
    prices,
    proposals,
    public,
    searching,
    stores,
    supplier,
)

app_name = "catalog"

urlpatterns = [
    *alerts.urlpatterns,
    *bulk.urlpatterns,
    *halls.urlpatterns,
    *listing_life.urlpatterns,
    *prices.urlpatterns,
    *proposals.urlpatterns,
    *public.urlpatterns,
    *searching.urlpatterns,
    *stores.urlpatterns,
    *supplier.urlpatterns,
]
