"""All addresses: the apps' own, and those of the frame."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from zcy import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
]
