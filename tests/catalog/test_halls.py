"""Halls: who gets in by which rule, what each region shows, and what the pages say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import SupplierStanding
from catalog import services
from catalog.models import (
    GoodLabel,
    GoodOrigin,
    Hall,
    HallGood,
    HallRule,
    Listing,
    OriginCounty,
)
from tests.catalog.factories import (
    a_category,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
    an_organisation,
    many_goods_on_sale,
)
from zcy import clock, frame

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings: Any) -> Iterator[None]:
    """Nothing is remembered of other tests' headers."""
    frame.forget()
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


def a_hall(slug: str = "green", layout: str = "green", **rules: list[str]) -> Hall:
    hall = Hall.objects.create(slug=slug, name=f"馆{slug}", layout=layout)
    HallRule.objects.bulk_create(
        HallRule(hall=hall, kind=kind, values=values) for kind, values in rules.items()
    )
    return hall


def a_county(code: str = "530825", name: str = "镇沅县", province: str = "云南省") -> OriginCounty:
    return OriginCounty.objects.get_or_create(code=code, defaults={"name": name, "province": province})[0]


def inside(hall: Hall) -> set[int]:
    return set(HallGood.objects.filter(hall=hall).values_list("good_id", flat=True))


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


def test_a_hall_without_rules_admits_every_offer_on_sale() -> None:
    hall = a_hall("supermarket", "supermarket")
    sold, waiting = a_listing_on_sale(), a_listing_on_sale(a_good("待审"), review="pending")
    assert inside(hall) == {sold.good_id}
    assert waiting.good_id not in inside(hall)


def test_a_label_opens_the_green_hall() -> None:
    hall = a_hall(label=["energy_saving", "green"])
    green = a_listing_on_sale(a_good("节能复印机", labels=["energy_saving", "xinchuang"]))
    a_listing_on_sale(a_good("复印机", labels=["xinchuang"]))
    a_listing_on_sale(a_good("旧复印机"))
    assert inside(hall) == {green.good_id}


def test_the_size_of_the_supplier_decides_not_the_good() -> None:
    hall = a_hall("sme", "enterprise", supplier_size=["micro", "small"])
    good = a_good()
    a_listing_on_sale(good, supplier=an_organisation(size="large"), price="80")
    assert inside(hall) == set()
    a_listing_on_sale(good, supplier=an_organisation(size="small"), price="95")
    a_listing_on_sale(good, supplier=an_organisation(size="micro"), price="99")
    row = HallGood.objects.get(hall=hall)
    assert (row.good_id, row.offers, row.lowest_price) == (good.pk, 2, Decimal("95.00"))


def test_a_category_admits_all_that_lies_below_it() -> None:
    top = a_category("C", "服务", counted=False)
    leaf = a_category("C23090199", "印刷服务", top)
    hall = a_hall("services", "services", category=["C"])
    printing = a_listing_on_sale(a_good("名片印刷", category=leaf))
    a_listing_on_sale(a_good("打印机"))
    assert inside(hall) == {printing.good_id}


def test_the_rural_hall_asks_for_a_county_of_the_list_of_832_and_the_label() -> None:
    hall = a_hall("rural", "rural", origin=[], label=["rural"])
    labelled = a_listing_on_sale(a_good("普洱茶", labels=["rural"]))
    assert inside(hall) == set()
    GoodOrigin.objects.create(good=labelled.good, county=a_county(), producer="镇沅茶叶合作社")
    assert inside(hall) == {labelled.good_id}
    GoodOrigin.objects.get().delete()
    assert inside(hall) == set()


@pytest.mark.parametrize(("share", "admitted"), [("0.499", False), ("0.500", True), ("1", True)])
def test_enough_is_made_in_the_county(share: str, admitted: bool) -> None:
    hall = a_hall("rural", "rural", origin_share=["0.5"])
    listing = a_listing_on_sale()
    GoodOrigin.objects.create(good=listing.good, county=a_county(), producer="社", share=Decimal(share))
    assert (listing.good_id in inside(hall)) is admitted


def test_a_rule_that_nobody_knows_admits_nothing() -> None:
    hall = a_hall(whatever=["x"])
    a_listing_on_sale()
    assert inside(hall) == set()


def test_all_rules_hold_for_the_same_offer() -> None:
    hall = a_hall("small-stock", "enterprise", supplier_size=["small"], in_stock=[])
    good = a_good()
    a_listing_on_sale(good, supplier=an_organisation(size="small"), stock=Decimal(0))
    a_listing_on_sale(good, supplier=an_organisation(size="large"), stock=Decimal(5))
    assert inside(hall) == set()


def test_goods_come_and_go_with_their_offers() -> None:
    hall = a_hall("supermarket", "supermarket")
    supplier = an_organisation()
    actor = a_supplier_actor(supplier)
    listing = a_listing_on_sale(supplier=supplier)
    assert inside(hall) == {listing.good_id}
    services.take_off_sale(actor=actor, listing_id=listing.pk)
    assert inside(hall) == set()
    services.put_on_sale(actor=actor, listing_id=listing.pk)
    assert inside(hall) == {listing.good_id}


@pytest.mark.parametrize("trouble", ["suspended", "inactive", "retired"])
def test_who_may_not_sell_is_in_no_hall(trouble: str) -> None:
    hall = a_hall("supermarket", "supermarket")
    listing = a_listing_on_sale()
    if trouble == "suspended":
        SupplierStanding.objects.create(supplier=listing.supplier, suspended=True)
    elif trouble == "inactive":
        listing.supplier.active = False
        listing.supplier.save()
    else:
        listing.good.state = "retired"
        listing.good.save()
    services.refresh_halls()
    assert inside(hall) == set()


def test_some_goods_computed_again_are_what_all_computed_again_are() -> None:
    halls = [a_hall(label=["green"]), a_hall("sme", "enterprise", supplier_size=["small"])]
    for number in range(6):
        a_listing_on_sale(
            a_good(f"商品{number}", labels=["green"] if number % 2 else []),
            supplier=an_organisation(size="small" if number % 3 else "large"),
        )
    Listing.objects.filter(pk__in=list(Listing.objects.values_list("pk", flat=True)[:2])).update(
        sale="off_sale"
    )
    services.refresh_halls(list(Listing.objects.values_list("good_id", flat=True)))
    incremental = [inside(hall) for hall in halls]
    HallGood.objects.all().delete()
    services.refresh_halls()
    assert [inside(hall) for hall in halls] == incremental
    assert services.refresh_halls() == 0


def test_a_hall_that_is_closed_is_emptied_by_the_night() -> None:
    hall = a_hall("supermarket", "supermarket")
    a_listing_on_sale()
    Hall.objects.update(active=False)
    services.refresh_halls()
    assert inside(hall) == set()


def test_statements_do_not_grow_with_halls_and_goods() -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            services.refresh_halls(list(Listing.objects.values_list("good_id", flat=True)))
        return len(caught)

    a_hall(label=["green"])
    many_goods_on_sale(10)
    few = statements()
    a_hall("sme", "enterprise", supplier_size=["small"])
    many_goods_on_sale(30, brand="惠普")
    assert statements() == few


def test_the_shipped_halls_have_rules_that_are_known() -> None:
    from catalog.halls.rules import kinds

    services.load_halls()
    for rule in HallRule.objects.all():
        assert rule.kind in kinds
        choices = kinds[rule.kind].choices
        assert choices is None or set(rule.values) <= set(choices)


def test_a_hall_without_a_share_says_nothing_of_it(client: Client) -> None:
    a_hall()
    assert "hall-share" not in page(client, "/halls/green/")


@pytest.mark.parametrize(
    ("label", "days", "admitted"),
    [
        ("energy_saving", 1, True),
        ("energy_saving", 0, True),
        ("energy_saving", -1, False),
        ("energy_saving", None, True),
        ("green", 100, False),
    ],
)
def test_a_hall_of_certified_goods_asks_for_a_certificate_of_the_label_that_holds_today(
    label: str, days: int | None, admitted: bool
) -> None:
    hall = a_hall(certificate=["energy_saving", "rural"])
    listing = a_listing_on_sale(a_good(labels=["energy_saving"]))
    services.refresh_halls()
    assert inside(hall) == set(), "a label alone is not a certificate"
    ends = None if days is None else clock.today() + timedelta(days=days)
    certificate = GoodLabel.objects.create(
        good=listing.good, label=label, certificate="CQC1", expires_on=ends
    )
    assert inside(hall) == ({listing.good_id} if admitted else set())
    certificate.delete()
    assert inside(hall) == set()
