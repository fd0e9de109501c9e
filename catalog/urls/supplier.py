"""Addresses of the supplier's back office."""

from __future__ import annotations

from django.urls import path

from catalog.views import supplier

urlpatterns = [
    path("supplier/listings/", supplier.listings, name="supplier_listings"),
    path("supplier/listings/new/", supplier.choose_good, name="supplier_listing_new"),
    path("supplier/listings/new/<int:good_id>/", supplier.create, name="supplier_listing_create"),
    path("supplier/listings/range/<int:good_id>/", supplier.price_range, name="supplier_range"),
    path("supplier/listings/<int:listing_id>/", supplier.edit, name="supplier_listing"),
    path("supplier/listings/<int:listing_id>/submit/", supplier.submit, name="supplier_listing_submit"),
    path("supplier/listings/<int:listing_id>/on-sale/", supplier.on_sale, name="supplier_listing_on_sale"),
    path("supplier/listings/<int:listing_id>/off-sale/", supplier.off_sale, name="supplier_listing_off_sale"),
]
