"""The demonstration's halls have goods, its supplier a storefront, and some of its listings need it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client, override_settings

from catalog.models import GoodOrigin, HallGood, ListingAlert, StoreVersion
from tests.exchange.test_demonstration import SMALL, a_market, actor, demo_accounts, rows
from zcy import frame

HALLS = ("supermarket", "rural", "sme", "green", "services")


@pytest.mark.django_db
def test_halls_storefront_and_low_stock_are_there_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    frame.forget()
    with override_settings(DEMONSTRATION=True):
        a_market(tmp_path, SMALL, seed=7)
        _said, complaints = demo_accounts()
        assert complaints == ""
        before = rows()
        demo_accounts()
        assert rows() == before
    assert set(HallGood.objects.values_list("hall__slug", flat=True)) == set(HALLS)
    assert GoodOrigin.objects.count() == 5
    seller = actor("supplier")
    assert ListingAlert.objects.filter(supplier_id=seller.organisation_id, kind="low_stock").exists()
    content = StoreVersion.objects.get(supplier_id=seller.organisation_id).content
    assert content["featured"]
    assert content["groups"]
    visitor = Client()
    for slug in HALLS:
        assert visitor.get(f"/halls/{slug}/").status_code == 200
    assert content["headline"] in visitor.get(f"/stores/{seller.organisation_id}/").content.decode()
