"""Addresses that are open to everyone."""

from __future__ import annotations

from django.urls import path

from catalog.views import public

urlpatterns = [
    path("search/", public.search, name="search"),
    path("categories/", public.categories, name="categories"),
    path("categories/<str:code>/", public.category, name="category"),
    path("goods/<int:good_id>/", public.good, name="good"),
]
