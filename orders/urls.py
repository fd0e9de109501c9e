"""Addresses of orders."""

from __future__ import annotations

from django.urls import path

from orders.views import buyer, cart, supplier, unit

app_name = "orders"

urlpatterns = [
    path("cart/", cart.cart, name="cart"),
    path("cart/add/", cart.add, name="cart_add"),
    path("cart/restore/", cart.restore, name="cart_restore"),
    path("cart/prices/", cart.see_prices, name="cart_see_prices"),
    path("cart/<int:line_id>/", cart.change, name="cart_change"),
    path("cart/<int:line_id>/remove/", cart.remove, name="cart_remove"),
    path("cart/<int:line_id>/replace/", cart.replace, name="cart_replace"),
    path("checkout/", cart.checkout, name="checkout"),
    path("buyer/orders/", buyer.orders, name="buyer_orders"),
    path("buyer/orders/<str:number>/", buyer.order, name="buyer_order"),
    path("buyer/orders/<str:number>/reorder/", buyer.reorder, name="reorder"),
    path("buyer/orders/<str:number>/contract.pdf", buyer.contract, name="contract"),
    path("buyer/orders/<str:number>/<slug:action>/", buyer.step, name="buyer_step"),
    path("buyer/approvals/", buyer.approvals, name="approvals"),
    path("buyer/acceptances/", buyer.acceptances, name="acceptances"),
    path("buyer/payments/", buyer.payments, name="payments"),
    path("buyer/plans/", unit.plans, name="buyer_plans"),
    path("buyer/plans/new/", unit.new_plan, name="new_plan"),
    path("buyer/plans/<int:plan_id>/", unit.plan, name="buyer_plan"),
    path("buyer/plans/<int:plan_id>/close/", unit.close_plan, name="close_plan"),
    path("buyer/approval-limit/", unit.approval_limit, name="approval_limit"),
    path("buyer/addresses/", unit.addresses, name="buyer_addresses"),
    path("buyer/addresses/new/", unit.address, name="new_address"),
    path("buyer/addresses/<int:address_id>/", unit.address, name="address"),
    path("buyer/addresses/<int:address_id>/remove/", unit.remove_address, name="remove_address"),
    path("buyer/invoice-titles/new/", unit.invoice_title, name="new_invoice_title"),
    path("buyer/invoice-titles/<int:title_id>/", unit.invoice_title, name="invoice_title"),
    path(
        "buyer/invoice-titles/<int:title_id>/remove/", unit.remove_invoice_title, name="remove_invoice_title"
    ),
    path("supplier/orders/", supplier.orders, name="supplier_orders"),
    path("supplier/orders/<str:number>/", supplier.order, name="supplier_order"),
    path("supplier/orders/<str:number>/<slug:action>/", supplier.step, name="supplier_step"),
]
