"""Addresses of the halls."""

from __future__ import annotations

from django.urls import path

from catalog.views import halls

urlpatterns = [
    path("halls/", halls.halls, name="halls"),
    path("halls/<slug:slug>/", halls.hall, name="hall"),
    path("halls/<slug:slug>/goods/", halls.hall_goods, name="hall_goods"),
    path("supplier/halls/", halls.supplier_halls, name="supplier_halls"),
    path("supplier/halls/<slug:slug>/", halls.supplier_hall, name="supplier_hall"),
]
