"""Addresses of price data."""

from __future__ import annotations

from django.urls import path

from catalog.views import prices

urlpatterns = [
    path("help/prices/", prices.price_help, name="price_help"),
]
