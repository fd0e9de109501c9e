"""Addresses of the life of listings: checks, repair, history, joining, requests."""

from __future__ import annotations

from django.urls import path

from catalog.views import (
    catalog_requests,
    certificates,
    join,
    listing_checks,
    listing_history,
    repair,
    supplier,
)

urlpatterns = [
    path("listings/reasons/", listing_checks.reasons, name="listing_reasons"),
    path("listings/checks/", listing_checks.check_list, name="listing_checks"),
    path("supplier/listings/checks/<int:good_id>/", listing_checks.typed_checks, name="supplier_checks"),
    path("supplier/listings/join/<int:good_id>/", join.join, name="supplier_join"),
    path("supplier/listings/repair/", repair.repair, name="supplier_repair"),
    path("supplier/listings/repair/mend/", repair.mend, name="supplier_repair_mend"),
    path("supplier/listings/<int:listing_id>/withdraw/", supplier.withdraw, name="supplier_listing_withdraw"),
    path(
        "supplier/listings/<int:listing_id>/history/",
        listing_history.history,
        name="supplier_listing_history",
    ),
    path(
        "supplier/listings/<int:listing_id>/restore/",
        listing_history.restore,
        name="supplier_listing_restore",
    ),
    path("supplier/requests/", catalog_requests.requests, name="supplier_requests"),
    path("supplier/certificates/<int:good_id>/", certificates.certificate, name="supplier_certificate"),
]
