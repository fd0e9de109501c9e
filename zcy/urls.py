"""All addresses: the apps' own, and those of the frame."""

from __future__ import annotations

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from zcy import health
from zcy.views import errors, home, styleguide, verify

APPS = ("accounts", "catalog", "orders", "supervision", "credit", "exchange")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/<str:frame>/", styleguide.frame, name="styleguide_frame"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<str:code>/", verify.verify_document, name="verify_document"),
    path("admin/", admin.site.urls),
    *[path("", include(f"{app}.urls")) for app in APPS if find_spec(f"{app}.urls")],
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
