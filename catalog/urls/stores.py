"""Addresses of storefronts: the public page, and the back office behind it."""

from __future__ import annotations

from django.urls import path

from catalog.views import storefront, stores

urlpatterns = [
    path("stores/<int:supplier_id>/", stores.store, name="store"),
    path("supplier/storefront/", storefront.edit, name="storefront"),
    path("supplier/storefront/preview/", storefront.preview, name="storefront_preview"),
    path("supplier/storefront/publish/", storefront.publish, name="storefront_publish"),
    path("supplier/storefront/versions/", storefront.versions, name="storefront_versions"),
    path("supplier/storefront/versions/<int:number>/", storefront.version, name="storefront_version"),
    path("supplier/storefront/versions/<int:number>/restore/", storefront.restore, name="storefront_restore"),
    path("supplier/storefront/choose/<slug:place>/", storefront.choose, name="storefront_choose"),
]
