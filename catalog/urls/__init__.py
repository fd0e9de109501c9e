"""Addresses of the catalog, one file per audience or subject."""

from __future__ import annotations

from catalog.urls import public, supplier

app_name = "catalog"

urlpatterns = [
    *public.urlpatterns,
    *supplier.urlpatterns,
]
