"""Addresses of the catalog, one file per audience or subject."""

from __future__ import annotations

from catalog.urls import prices, proposals, public, supplier
from catalog.urls import alerts, halls, public, stores, supplier

app_name = "catalog"

urlpatterns = [
    *alerts.urlpatterns,
    *halls.urlpatterns,
    *public.urlpatterns,
    *prices.urlpatterns,
    *stores.urlpatterns,
    *supplier.urlpatterns,
    *proposals.urlpatterns,
]
