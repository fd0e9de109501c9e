"""Addresses of the standard goods that suppliers propose."""

from __future__ import annotations

from django.urls import path

from catalog.views import proposals

urlpatterns = [
    path("supplier/goods/", proposals.proposals, name="supplier_proposals"),
    path("supplier/goods/propose/", proposals.propose, name="supplier_propose"),
    path("supplier/goods/categories/", proposals.guess, name="supplier_guess"),
    path("supplier/goods/similar/", proposals.similar, name="supplier_similar"),
    path("supplier/goods/propose/<int:proposal_id>/", proposals.proposal, name="supplier_proposal"),
    path(
        "supplier/goods/propose/<int:proposal_id>/withdraw/",
        proposals.withdraw,
        name="supplier_proposal_withdraw",
    ),
]
