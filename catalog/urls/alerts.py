"""Addresses of what a supplier has to mend."""

from __future__ import annotations

from django.urls import path

from catalog.views import alerts

urlpatterns = [
    path("supplier/mend/", alerts.overview, name="mend"),
    path("supplier/mend/<slug:kind>/", alerts.mend, name="mend_kind"),
]
