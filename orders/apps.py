"""Registration of the app orders with the frame."""

from __future__ import annotations

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The app orders."""

    name = "orders"
