"""Background work of orders: wrappers around services."""

from __future__ import annotations

from celery import shared_task

from orders import notices


@shared_task(name=notices.TASK)
def tell(order_id: int, kind: str, event: str = "") -> None:
    """Give the notices of one event of an order."""
    notices.tell(order_id=order_id, kind=kind, event=event)
