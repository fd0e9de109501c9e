"""Lists need as many statements for forty rows as for ten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from catalog.models import (
    CatalogRequest,
    MarkedVerdict,
    PriceIndex,
    ReferenceContest,
    ReferencePrice,
    SavedSearch,
    StoreVersion,
)
from tests.catalog.factories import (
    a_category,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_staff_client,
    a_supplier_actor,
    an_organisation,
)
from tests.catalog.storefronts import published
from zcy import clock

pytestmark = pytest.mark.django_db
FEW, MANY = 10, 40
Fill = Callable[[range, Actor], None]


def requests(numbers: range, actor: Actor) -> None:
    assert actor.organisation is not None
    for number in numbers:
        CatalogRequest.objects.create(
            supplier=actor.organisation, asked_by=actor.user, kind="brand", name=f"品牌{number}", why="标签机",
            due_on=clock.today(), state="granted", answered_at=clock.now(), answered_by=actor.user,
            category=a_category(f"A9{number:06}", f"品目{number}"),
        )  # fmt: skip


def searches(numbers: range, actor: Actor) -> None:
    assert actor.user is not None
    for number in numbers:
        SavedSearch.objects.create(user=actor.user, name=f"搜索{number}", address=f"?q={number}")


def versions(numbers: range, actor: Actor) -> None:
    assert actor.organisation_id is not None
    if not StoreVersion.objects.exists():
        published(actor)
    for number in numbers:
        StoreVersion.objects.create(
            supplier_id=actor.organisation_id, number=number + 100, content={}, published_by=actor.user
        )


def marks(numbers: range, actor: Actor) -> None:
    for number in numbers:
        listing = a_listing_on_sale(a_good(f"标记{number}", model=f"M{number}"), index=False)
        MarkedVerdict.objects.create(
            listing=listing, listing_version=1, check_code="price_range", finding="doubt", seed="s", share=Decimal(1)
        )  # fmt: skip


def references(numbers: range, actor: Actor) -> None:
    for number in numbers:
        good = a_good(f"参考{number}", model=f"R{number}")
        ReferencePrice.objects.create(
            good=good, seen_at="官网", kind="maker", price=Decimal(100), observed_at=clock.now()
        )


def contests(numbers: range, actor: Actor) -> None:
    references(numbers, actor)
    for reference in ReferencePrice.objects.order_by("-pk")[: len(numbers)]:
        ReferenceContest.objects.create(reference=reference, supplier=an_organisation(), text="不同")


def indices(numbers: range, actor: Actor) -> None:
    month = clock.today().replace(day=1) - timedelta(days=1)
    for number in numbers:
        category = a_category(f"A8{number:06}", f"指数{number}")
        PriceIndex.objects.create(category=category, month=month.replace(day=1), link=0.01, goods=9, deals=9)


@pytest.mark.parametrize(
    ("address", "fill", "whose"),
    [
        ("/supplier/requests/", requests, "supplier"),
        ("/searches/", searches, "supplier"),
        ("/supplier/storefront/versions/", versions, "supplier"),
        ("/open/index/", indices, "anybody"),
        ("/admin/catalog/markedverdict/", marks, "staff"),
        ("/admin/catalog/referenceprice/", references, "staff"),
        ("/admin/catalog/referencecontest/", contests, "staff"),
    ],
)
def test_a_list_needs_as_many_statements_for_forty_rows_as_for_ten(
    address: str, fill: Fill, whose: str, settings: Any
) -> None:
    actor = a_supplier_actor()
    browsers = {
        "supplier": lambda: a_client_of(actor),
        "staff": lambda: a_staff_client(settings),
        "anybody": Client,
    }
    browser = browsers[whose]()
    fill(range(FEW), actor)
    few = statements(browser, address)
    fill(range(FEW, MANY), actor)
    assert statements(browser, address) == few


def statements(browser: Client, address: str) -> int:
    # The first time fills what a process keeps.
    assert browser.get(address).status_code == 200
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(address).status_code == 200
    return len(seen)
