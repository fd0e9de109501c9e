"""Addresses of imports, exports and price rules."""

from __future__ import annotations

from django.urls import path

from catalog.views import bulk, bulk_files

urlpatterns = [
    path("supplier/imports/", bulk.imports, name="supplier_imports"),
    path("supplier/imports/upload/", bulk.upload, name="supplier_import_upload"),
    path("supplier/imports/template/", bulk_files.template, name="supplier_import_template"),
    path("supplier/imports/export/", bulk_files.export, name="supplier_export"),
    path("supplier/imports/prices/", bulk.prices, name="supplier_price_rule"),
    path("supplier/imports/<int:import_id>/", bulk.imported, name="supplier_import"),
    path("supplier/imports/<int:import_id>/progress/", bulk.progress, name="supplier_import_progress"),
    path("supplier/imports/<int:import_id>/errors/", bulk_files.errors, name="supplier_import_errors"),
    path("supplier/imports/<int:import_id>/confirm/", bulk.confirm, name="supplier_import_confirm"),
    path("supplier/imports/<int:import_id>/cancel/", bulk.cancel, name="supplier_import_cancel"),
    path("supplier/imports/<int:import_id>/resume/", bulk.resume, name="supplier_import_resume"),
    path("supplier/imports/<int:import_id>/again/", bulk.again, name="supplier_import_again"),
    path("supplier/imports/<int:import_id>/take-back/", bulk.take_back, name="supplier_import_take_back"),
]
