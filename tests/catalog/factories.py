"""Goods, offers and deals for tests, in the words of the field."""

from __future__ import annotations

import hashlib
import itertools
import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from django.test import Client

from accounts.actor import Actor, actor_of
from accounts.models import Membership, Organisation, Region, User
from accounts.roles import OrganisationKind, Role
from catalog import services
from catalog.attributes import forget_attributes
from catalog.models import Brand, Category, CategoryAttribute, Good, Listing, Review, Sale
from catalog.services import DealLine
from catalog.tree import forget_tree
from zcy import clock

_numbers = itertools.count(1)


def a_region(
    code: str = "330106", name: str = "西湖区", level: str = "county", parent: Region | None = None
) -> Region:
    path = f"{parent.path if parent else ''}{code}/"
    found = Region.objects.filter(code=code).first()
    return found or Region.objects.create(code=code, name=name, level=level, parent=parent, path=path)


def an_organisation(kind: str = OrganisationKind.SUPPLIER, **values: Any) -> Organisation:
    number = next(_numbers)
    values.setdefault("name", f"测试单位{number}")
    values.setdefault("region", a_region())
    return Organisation.objects.create(kind=kind, **values)


def a_person(role: Role, organisation: Organisation) -> User:
    user = User.objects.create_user(username=f"person{next(_numbers)}", password="a-long-password-1")
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def a_supplier_actor(organisation: Organisation | None = None, role: Role = Role.SUPPLIER_ADMIN) -> Actor:
    return actor_of(a_person(role, organisation or an_organisation()))


def a_catalog_actor() -> Actor:
    return actor_of(a_person(Role.CATALOG, an_organisation(OrganisationKind.OPERATOR)))


def a_staff_client(settings: Any) -> Client:
    """A browser of the catalog's staff on a demonstration, where nobody needs a second factor."""
    settings.DEMONSTRATION = True
    actor = a_catalog_actor()
    assert actor.user is not None
    actor.user.demonstration = True
    actor.user.save()
    return a_client_of(actor)


def a_buyer_actor(role: Role = Role.PURCHASER) -> Actor:
    return actor_of(a_person(role, an_organisation(OrganisationKind.BUYER)))


def a_client_of(actor: Actor) -> Client:
    """A browser in which the actor has signed in (with the second factor set aside)."""
    client = Client()
    assert actor.user is not None
    client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def a_category(
    code: str = "A02021003", name: str = "A4黑白打印机", parent: Category | None = None, **values: Any
) -> Category:
    found = Category.objects.filter(code=code).first()
    forget_tree()
    return found or Category.objects.create(
        code=code,
        name=name,
        parent=parent,
        path=f"{parent.path if parent else ''}{code}/",
        depth=parent.depth + 1 if parent else 0,
        top_code=code,
        unit=values.pop("unit", "台"),
        **values,
    )


def an_attribute(category: Category, key: str, label: str, **values: Any) -> CategoryAttribute:
    forget_attributes()
    return CategoryAttribute.objects.create(category=category, key=key, label=label, **values)


def a_good(
    name: str = "惠普 M403d 黑白激光打印机", *, brand: str = "惠普", model: str = "M403d", **values: Any
) -> Good:
    spec = values.pop("spec", {})
    values.setdefault("category", None)
    values["category"] = values["category"] or a_category()
    made, _created = Brand.objects.get_or_create(name=brand)
    digest = hashlib.md5(json.dumps(spec, sort_keys=True).encode(), usedforsecurity=False).hexdigest()
    values.setdefault("unit", "台")
    return Good.objects.create(name=name, brand=made, model=model, spec=spec, spec_hash=digest, **values)


def a_listing_on_sale(
    good: Good | None = None,
    *,
    supplier: Organisation | None = None,
    price: str = "1980.00",
    index: bool = True,
    **values: Any,
) -> Listing:
    values = {
        "stock": Decimal(50),
        "delivery_days": 3,
        "sale": Sale.ON_SALE,
        "review": Review.APPROVED,
    } | values
    good, supplier = good or a_good(), supplier or an_organisation()
    # It is born on sale, which only an import may do otherwise.
    with pgtrigger.ignore("catalog.Listing:begins_by_the_table"):
        listing = Listing.objects.create(
            good=good,
            supplier=supplier,
            price=Decimal(price),
            listed_at=clock.now() - timedelta(days=30),
            **values,
        )
    services.refresh_goods([listing.good_id])
    if index:
        services.index_goods([listing.good_id])
    return listing


def many_goods_on_sale(count: int, *, category: Category | None = None, brand: str = "得力") -> list[Good]:
    """Goods of one category with one offer each, made in bulk."""
    category = category or a_category()
    supplier = an_organisation()
    made, _created = Brand.objects.get_or_create(name=brand)
    goods = Good.objects.bulk_create(
        Good(
            category=category,
            brand=made,
            name=f"{brand} 打印机 P{number:05d}",
            model=f"P{number:05d}",
            unit="台",
        )
        for number in range(count)
    )
    with pgtrigger.ignore("catalog.Listing:begins_by_the_table"):
        Listing.objects.bulk_create(
            Listing(
                good=good,
                supplier=supplier,
                price=Decimal(1000 + number),
                stock=Decimal(5),
                sale=Sale.ON_SALE,
                review=Review.APPROVED,
                listed_at=clock.now(),
            )
            for number, good in enumerate(goods)
        )
    services.refresh_goods()
    services.index_goods()
    return goods


def deals(
    good: Good,
    prices: list[str],
    *,
    quantity: str = "1",
    days_ago: int = 5,
    suppliers: list[Organisation] | None = None,
    region: Region | None = None,
    accessory: bool = False,
) -> list[int]:
    """Confirmed order lines at these prices, each of a supplier of its own unless some are given; their order ids."""
    buyer = an_organisation(OrganisationKind.BUYER)
    at: datetime = clock.now() - timedelta(days=days_ago)
    lines = []
    for position, price in enumerate(prices):
        number = next(_numbers)
        supplier = suppliers[position % len(suppliers)] if suppliers else an_organisation()
        lines.append(
            DealLine(
                order_line_id=number,
                order_id=number,
                good_id=good.pk,
                region_id=(region or a_region()).pk,
                supplier_id=supplier.pk,
                buyer_id=buyer.pk,
                unit_price=Decimal(price),
                quantity=Decimal(quantity),
                accessory=accessory,
            )
        )
    services.record_deals(lines=lines, confirmed_at=at)
    return [line.order_id for line in lines]
