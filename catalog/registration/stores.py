"""What storefronts add to the frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.roles import SUPPLIER_ROLES, Role
from zcy import registries
from zcy.registries import MenuItem, TodoItem, TodoProvider


def register() -> None:
    """Called once, when the app is ready."""
    from catalog import text_doubts
    from catalog.checks.texts import ways_off, words_in
    from catalog.notices import stores

    stores.register()
    text_doubts.further.extend([words_in, ways_off])
    registries.menu.register(
        MenuItem(
            "storefront",
            _("Storefront"),
            "catalog:storefront",
            SUPPLIER_ROLES,
            _("Goods"),
            order=27,
            icon="shop",
        )
    )
    registries.menu.register(
        MenuItem(
            "storefronts",
            _("Storefronts"),
            "admin:catalog_storeversion_changelist",
            frozenset([Role.CATALOG]),
            _("Catalog"),
            order=70,
            icon="shop",
        )
    )
    registries.todo.register(TodoProvider("frozen_storefront", SUPPLIER_ROLES, _frozen, order=35))


def _frozen(actor: Any) -> Iterable[TodoItem]:
    """The version that everyone should see is frozen, and no mended one has been published."""
    from catalog.models import StoreFreeze

    freeze = StoreFreeze.objects.filter(
        version__supplier_id=actor.organisation_id, version__in=_shown(actor)
    ).first()
    if freeze is not None:
        yield TodoItem(
            label=_("Your storefront was taken from the public"),
            count=1,
            url="/supplier/storefront/",
            action=_("Mend"),
            since=freeze.at,
            tone="serious",
        )


def _shown(actor: Any) -> Any:
    from catalog.models import Storefront

    return Storefront.objects.filter(supplier_id=actor.organisation_id).values("shown")
