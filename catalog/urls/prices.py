"""Addresses of price data."""

from __future__ import annotations

from django.urls import path

from catalog.views import compare, price_history, price_index, prices, references

urlpatterns = [
    path("help/prices/", prices.price_help, name="price_help"),
    path("goods/<int:good_id>/prices/", price_history.good_prices, name="good_prices"),
    path("offers/<int:listing_id>/prices/", price_history.offer_price_history, name="offer_prices"),
    path("references/<int:reference_id>/proof/", references.proof, name="reference_proof"),
    path("open/index/", price_index.price_index, name="price_indices"),
    path("open/index/<str:code>/", price_index.price_index, name="price_index"),
    path("compare/", compare.compare, name="compare"),
    path("compare/choose/", compare.choose, name="choose"),
    path("catalog/references/import/", references.import_file, name="references_import"),
    path("supplier/references/<int:reference_id>/contest/", references.contest, name="reference_contest"),
]
