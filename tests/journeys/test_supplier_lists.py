"""A supplier offers a good; the operator's catalog staff reject it with a reason, then approve the mended one."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from catalog.models import Listing
from tests.factories import a_seller, a_supplier, somebody_of_the_operator
from tests.journeys.conftest import Arrives
from tests.journeys.goods import PAPER, paper_in_the_catalogue


@pytest.fixture(autouse=True)
def _demonstration(settings: Any) -> None:
    """Staff of a demonstration need no second factor; tests/accounts shows that others do."""
    settings.DEMONSTRATION = True


def test_a_listing_is_rejected_with_a_reason_mended_approved_and_found(arrives: Arrives) -> None:
    good = paper_in_the_catalogue()
    shop = a_supplier(name="杭州文汇办公用品有限公司")
    supplier = arrives(a_seller(shop))
    staff_actor = somebody_of_the_operator(Role.CATALOG)
    assert staff_actor.user
    staff_actor.user.demonstration = True
    staff_actor.user.save()
    staff, visitor = arrives(staff_actor), arrives()

    supplier.opens("/supplier/listings/")
    supplier.follows("a[href='/supplier/listings/new/']")
    supplier.page.fill("#good-q", "DL-7402")
    supplier.page.press("#good-q", "Enter")
    supplier.page.wait_for_url("**/new/?*")
    supplier.looks("supplier-choose")
    supplier.follows(f"a[href='/supplier/listings/new/{good.pk}/']")
    supplier.page.fill("#id_price", "59.90")
    supplier.page.fill("#id_stock", "500")
    supplier.page.fill("#id_delivery_days", "3")
    supplier.page.fill("#id_warranty_months", "12")
    supplier.follows("button[name=submit]", "supplier-listing")
    listing = Listing.objects.get()
    assert (listing.review, listing.supplier_id) == ("pending", shop.pk)
    visitor.opens("/search/?q=DL-7402")
    visitor.does_not_see("¥59.90")

    staff.opens("/admin/", "admin-catalog")
    staff.opens("/admin/catalog/listing/?review__exact=pending")
    staff.follows(f"a[href='/admin/catalog/listing/{listing.pk}/review/']", "review")
    staff.sees(PAPER, "¥59.90", shop.name)
    staff.follows("button[name=reject]")
    assert Listing.objects.get().review == "pending", "no reason, no rejection"
    staff.page.check("input[name=reasons][value=price_too_high]")
    staff.page.fill("textarea[name=text]", "近 90 天成交价在 21–25 元之间")
    staff.follows("button[name=reject]")
    assert Listing.objects.get().review == "rejected"

    supplier.opens("/")
    supplier.opens(f"/supplier/listings/{listing.pk}/", "supplier-rejected")
    supplier.sees("已驳回", "近 90 天成交价在 21–25 元之间")
    supplier.page.fill("#id_price", "22.90")
    supplier.follows("form:has(#id_price) button.btn-primary")
    again = supplier.page.locator(f"form[action='/supplier/listings/{listing.pk}/submit/'] button")
    if again.count():
        supplier.follows(again)
    assert Listing.objects.get().review == "pending"

    staff.opens(f"/admin/catalog/listing/{listing.pk}/review/")
    staff.sees("¥22.90")
    staff.follows("button[name=approve]")
    supplier.opens(f"/supplier/listings/{listing.pk}/")
    on_sale = supplier.page.locator(f"form[action='/supplier/listings/{listing.pk}/on-sale/'] button")
    if on_sale.count():
        supplier.follows(on_sale)
    listing.refresh_from_db()
    assert (listing.review, listing.sale) == ("approved", "on_sale")

    visitor.opens("/search/?q=DL-7402")
    visitor.sees(PAPER, "¥22.90")
    visitor.follows(visitor.page.locator(f"a[href='/goods/{good.pk}/']").first)
    visitor.sees(shop.name)
    visitor.opens(f"/stores/{shop.pk}/", "store")
    visitor.sees(shop.name, PAPER)
