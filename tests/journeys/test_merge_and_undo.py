"""The operator finds two goods that are the same, merges them, and undoes it; the old address leads to the survivor."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from catalog import services
from catalog.models import Good, GoodMerge, GoodPair
from tests.factories import a_listing_on_sale, a_supplier, somebody_of_the_operator
from tests.journeys.conftest import Arrives
from tests.journeys.goods import found, paper_on_sale


@pytest.fixture(autouse=True)
def _demonstration(settings: Any) -> None:
    """Staff of a demonstration need no second factor; tests/accounts shows that others do."""
    settings.DEMONSTRATION = True


def test_duplicates_are_compared_merged_and_taken_apart_again(arrives: Arrives) -> None:
    kept = paper_on_sale().good
    twin = Good.objects.create(
        category=kept.category, brand=kept.brand, name="Deli 佳铂 复印纸 A4 70g 500张/包", model="DL7402", unit="包",
        spec=kept.spec,
    )  # fmt: skip
    other = a_listing_on_sale(good=twin, price="21.90", stock=60, supplier=a_supplier(name="绍兴越城文具店"))
    found(twin)
    services.find_pairs()
    pair = GoodPair.objects.get()

    staff_actor = somebody_of_the_operator(Role.CATALOG)
    assert staff_actor.user
    staff_actor.user.demonstration = True
    staff_actor.user.save()
    staff, visitor = arrives(staff_actor), arrives()

    staff.opens("/")
    staff.opens("/admin/catalog/goodpair/?state__exact=open", "duplicates")
    staff.follows(f"a[href='/admin/catalog/goodpair/{pair.pk}/compare/']", "duplicates-compare")
    staff.sees(kept.name, twin.name)
    staff.follows(f"a[href='/admin/catalog/good/{pair.first_id}/merge/?other={pair.second_id}']", "merge")
    staff.page.fill("textarea[name=reason]", "同一型号，重复建档")
    staff.follows("button[name=merge]", "merges")
    merge = GoodMerge.objects.get()
    assert (merge.survivor_id, merge.merged_id) == (kept.pk, twin.pk)

    visitor.opens(f"/goods/{twin.pk}/")
    assert visitor.page.url.endswith(f"/goods/{kept.pk}/")
    visitor.sees("¥21.90", "绍兴越城文具店")

    staff.follows(f"a[href='/admin/catalog/good/{twin.pk}/unmerge/']")
    staff.follows("main form[method=post] button[type=submit]")
    merge.refresh_from_db()
    assert merge.undone_at is not None
    other.refresh_from_db()
    assert other.good_id == twin.pk
    staff.opens(f"/admin/catalog/good/{twin.pk}/changes/", "good-history")
    staff.sees("同一型号，重复建档")
    visitor.opens(f"/goods/{twin.pk}/")
    assert visitor.page.url.endswith(f"/goods/{twin.pk}/")
    visitor.sees(twin.name, "¥21.90")
    visitor.opens(f"/goods/{kept.pk}/")
    visitor.does_not_see("¥21.90")
