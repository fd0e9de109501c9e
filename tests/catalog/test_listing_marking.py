"""The machine's verdicts are marked by people, and its precision is public."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog import services
from catalog.checks.precision import APPROVAL, precision_of_checks
from catalog.errors import WrongState
from catalog.models import Finding, MarkedVerdict
from tests.catalog.factories import a_catalog_actor, a_client_of, a_listing_on_sale, a_supplier_actor
from zcy.errors import Missing, NotAllowed
from zcy.intervals import wilson

pytestmark = pytest.mark.django_db


def a_drawn_verdict(check: str = "price_range", **values: Any) -> MarkedVerdict:
    listing = a_listing_on_sale()
    values = {"finding": Finding.DOUBT, "reason": "price_too_high", "saw": "¥120.00"} | values
    return MarkedVerdict.objects.create(
        listing=listing,
        listing_version=1,
        check_code=check,
        seed="zcy",
        share="0.05",
        values={"price": "120.00"},
        **values,
    )


@pytest.fixture
def staff(settings: Any) -> Client:
    actor = a_catalog_actor()
    assert actor.user
    settings.DEMONSTRATION = True
    actor.user.demonstration = True
    actor.user.save()
    return a_client_of(actor)


def test_a_verdict_is_marked_once_by_catalog_staff() -> None:
    verdict, actor = a_drawn_verdict(), a_catalog_actor()
    with pytest.raises(NotAllowed):
        services.mark_verdict(actor=a_supplier_actor(), verdict_id=verdict.pk, right=True)
    with pytest.raises(Missing):
        services.mark_verdict(actor=actor, verdict_id=0, right=True)
    services.mark_verdict(actor=actor, verdict_id=verdict.pk, right=False, remark="价格合理")
    with pytest.raises(WrongState):
        services.mark_verdict(actor=actor, verdict_id=verdict.pk, right=True)
    verdict.refresh_from_db()
    assert (verdict.right, verdict.marked_by, verdict.remark) == (False, actor.user, "价格合理")


def test_precision_is_the_share_found_right_with_wilsons_interval() -> None:
    actor = a_catalog_actor()
    for number in range(10):
        verdict = a_drawn_verdict()
        services.mark_verdict(actor=actor, verdict_id=verdict.pk, right=number < 8)
    a_drawn_verdict()
    found = precision_of_checks()
    price = found["price_range"]
    assert (price.drawn, price.marked, price.right, price.share) == (11, 10, 8, 0.8)
    # Computed by hand: p = 0.8, n = 10, z = 1.96: (0.8 + 0.192073 ± 0.226414) / 1.384146.
    assert (price.low, price.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert found[APPROVAL].share is None
    assert wilson(0, 0) == (0.0, 1.0)


def test_staff_mark_one_after_the_other_and_several_at_once(staff: Client) -> None:
    first, second, third = (a_drawn_verdict() for _number in range(3))
    assert staff.get("/admin/catalog/markedverdict/?marked=no").status_code == 200
    url = f"/admin/catalog/markedverdict/{first.pk}/mark/"
    assert "<mark>¥120.00</mark>" in staff.get(url).content.decode()
    response = staff.post(url, {"right": "1", "remark": "是"})
    assert response.headers["Location"].endswith(f"/{second.pk}/mark/")
    staff.post(url, {"wrong": "1"})
    chosen = {"action": "mark_wrong", "_selected_action": [second.pk, third.pk]}
    staff.post("/admin/catalog/markedverdict/", chosen)
    assert list(MarkedVerdict.objects.order_by("pk").values_list("right", flat=True)) == [True, False, False]


def test_everybody_reads_the_checks_their_precision_and_the_reasons() -> None:
    services.mark_verdict(actor=a_catalog_actor(), verdict_id=a_drawn_verdict().pk, right=True)
    html = Client().get("/listings/checks/").content.decode()
    assert "100.0%" in html
    html = Client().get("/listings/reasons/").content.decode()
    assert 'id="price_too_high"' in html
    assert 'id="stolen_picture"' in html
