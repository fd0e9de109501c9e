"""Addresses of the credit pages."""

from __future__ import annotations

app_name = "credit"
urlpatterns: list[object] = []
