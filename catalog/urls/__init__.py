"""Addresses of the catalog, one file per audience or subject."""

from __future__ import annotations

from catalog.urls import prices, proposals, public, supplier

app_name = "catalog"

urlpatterns = [
    *public.urlpatterns,
    *prices.urlpatterns,
    *supplier.urlpatterns,
    *proposals.urlpatterns,
]
