"""Addresses of supervision outside the administration."""

from __future__ import annotations

from django.urls import path

from supervision.views import explanations

urlpatterns = [
    path("buyer/explanations/", explanations.buyer_explanations, name="buyer_explanations"),
    path(
        "buyer/explanations/<int:explanation_id>/", explanations.buyer_explanation, name="buyer_explanation"
    ),
    path("supplier/explanations/", explanations.supplier_explanations, name="supplier_explanations"),
    path(
        "supplier/explanations/<int:explanation_id>/",
        explanations.supplier_explanation,
        name="supplier_explanation",
    ),
]
