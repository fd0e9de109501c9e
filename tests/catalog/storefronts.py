"""Storefronts for tests: drafted, published, and looked at."""

from __future__ import annotations

from typing import Any

from django.test import Client

from accounts.actor import Actor
from catalog import services
from catalog.models import Storefront, StoreVersion
from catalog.storefront import Content


def draft(actor: Actor, **values: Any) -> Storefront:
    """The storefront with a draft that says this."""
    known = Storefront.objects.filter(supplier_id=actor.organisation_id).first()
    return services.edit_storefront(
        actor=actor, revision=known.revision if known else 0, change=lambda _present: Content(**values)
    )


def published(actor: Actor, **values: Any) -> StoreVersion:
    return services.publish_storefront(actor=actor, revision=draft(actor, **values).revision)


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


def store_of(actor: Actor) -> str:
    return f"/stores/{actor.organisation_id}/"
