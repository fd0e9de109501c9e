"""All addresses: the apps' own, and those of the frame."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from zcy import health
from zcy.views import columns, errors, home, media, styleguide, verify

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("favicon.ico", home.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/<str:frame>/", styleguide.frame, name="styleguide_frame"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<str:code>/", verify.verify_document, name="verify_document"),
    path("columns/", columns.choose, name="columns"),
    path("media/<picture:name>", media.picture, name="picture"),
    path("media/<paper:name>", media.paper, name="paper"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("catalog.urls")),
    path("", include("orders.urls")),
    path("", include("supervision.urls")),
    path("", include("credit.urls")),
    path("", include("exchange.urls")),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
handler429 = errors.too_many_requests  # asked for by allauth
