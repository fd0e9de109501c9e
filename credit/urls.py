"""Addresses of the credit pages."""

from __future__ import annotations

from django.urls import path

from credit.views import supplier

app_name = "credit"

urlpatterns = [path("supplier/credit/", supplier.credit, name="supplier")]
