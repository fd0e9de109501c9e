"""Addresses of the catalog, one file per audience or subject."""

from __future__ import annotations

from catalog.urls import alerts, halls, prices, proposals, public, stores, supplier
from catalog.urls import listing_life, public, supplier
from catalog.urls import bulk, public, supplier
from catalog.urls import public, searching, supplier

app_name = "catalog"

urlpatterns = [
    *alerts.urlpatterns,
    *halls.urlpatterns,
    *prices.urlpatterns,
    *proposals.urlpatterns,
    *public.urlpatterns,
    *stores.urlpatterns,
    *listing_life.urlpatterns,
    *searching.urlpatterns,
    *supplier.urlpatterns,
    *bulk.urlpatterns,
]
