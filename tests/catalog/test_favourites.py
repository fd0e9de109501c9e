"""Favourites: kept in lists, moved, shared with colleagues to read, and told of when they fall in price or end."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import actor_of
from accounts.models import Notice
from accounts.notices import text_of
from accounts.roles import Role
from catalog import services
from catalog.errors import FavouritesRefused
from catalog.models import Favourite, FavouriteList, Good, Listing
from catalog.queries.favourites import fallen_favourites
from tests.catalog.factories import (
    a_buyer_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_person,
    a_supplier_actor,
    many_goods_on_sale,
)
from zcy.errors import Missing

pytestmark = pytest.mark.django_db


def now_costs(good: Good, price: str) -> None:
    Listing.objects.filter(good=good).update(price=Decimal(price))
    services.refresh_goods([good.pk])


def told(kind: str = "favourite_fell") -> list[str]:
    return [text_of(notice) for notice in Notice.objects.filter(kind=kind).order_by("id")]


def test_the_first_favourite_makes_a_list_and_remembers_the_price() -> None:
    actor = a_buyer_actor()
    good = a_listing_on_sale(price="100.00").good
    favourite = services.add_favourite(actor=actor, good_id=good.pk, note="教务处用")
    assert favourite.list.name == services.DEFAULT_NAME
    assert (favourite.price_then, favourite.note) == (Decimal("100.00"), "教务处用")


def test_a_good_is_a_favourite_once_however_often_the_star_is_pressed() -> None:
    actor = a_buyer_actor()
    good = a_listing_on_sale().good
    first = services.add_favourite(actor=actor, good_id=good.pk)
    assert services.add_favourite(actor=actor, good_id=good.pk).pk == first.pk
    assert Favourite.objects.count() == 1


def test_a_favourite_moves_to_another_list_and_a_removed_list_loses_nothing() -> None:
    actor = a_buyer_actor()
    good = a_listing_on_sale().good
    services.add_favourite(actor=actor, good_id=good.pk)
    other = services.save_list(actor=actor, name="年度采购", shared=False)
    moved = services.change_favourite(actor=actor, good_id=good.pk, list_id=other.pk, note="备选")
    assert (moved.list_id, moved.note) == (other.pk, "备选")
    services.remove_list(actor=actor, list_id=other.pk)
    assert Favourite.objects.get().list.name == services.DEFAULT_NAME
    with pytest.raises(FavouritesRefused):
        services.remove_list(actor=actor, list_id=Favourite.objects.get().list_id)


def test_nobody_uses_the_lists_of_another() -> None:
    owner, stranger = a_buyer_actor(), a_buyer_actor()
    good = a_listing_on_sale().good
    kept = services.add_favourite(actor=owner, good_id=good.pk)
    with pytest.raises(Missing):
        services.add_favourite(actor=stranger, good_id=good.pk, list_id=kept.list_id)
    with pytest.raises(Missing):
        services.change_favourite(actor=stranger, good_id=good.pk, list_id=kept.list_id, note="")
    with pytest.raises(Missing):
        services.remove_list(actor=stranger, list_id=kept.list_id)
    assert not services.remove_favourite(actor=stranger, good_id=good.pk)
    assert a_client_of(stranger).get(f"/buyer/favourites/?list={kept.list_id}").status_code == 404


def test_two_lists_of_a_person_have_two_names() -> None:
    actor = a_buyer_actor()
    services.save_list(actor=actor, name="年度采购", shared=False)
    with pytest.raises(FavouritesRefused):
        services.save_list(actor=actor, name="年度采购", shared=True)
    services.save_list(actor=a_buyer_actor(), name="年度采购", shared=False)


def test_colleagues_read_a_shared_list_and_change_nothing_in_it() -> None:
    owner = a_buyer_actor()
    assert owner.organisation is not None
    colleague = actor_of(a_person(Role.APPROVER, owner.organisation))
    kept = services.add_favourite(actor=owner, good_id=a_listing_on_sale().good_id)
    client = a_client_of(colleague)
    assert client.get(f"/buyer/favourites/?list={kept.list_id}").status_code == 404
    services.save_list(actor=owner, list_id=kept.list_id, name="共享", shared=True)
    html = client.get(f"/buyer/favourites/?list={kept.list_id}").content.decode()
    assert kept.good.name in html
    assert "/buyer/favourites/remove/" not in html
    assert client.get(f"/buyer/favourites/lists/{kept.list_id}/").status_code == 404


def test_a_supplier_keeps_no_favourites() -> None:
    client = a_client_of(a_supplier_actor())
    assert client.post("/buyer/favourites/add/", {"good": a_listing_on_sale().good_id}).status_code == 403


@pytest.mark.parametrize(("price", "count"), [("99.01", 0), ("99.00", 1), ("120.00", 0)])
def test_a_fall_of_one_percent_is_told_and_a_smaller_one_is_not(price: str, count: int) -> None:
    good = a_listing_on_sale(price="100.00").good
    services.add_favourite(actor=a_buyer_actor(), good_id=good.pk)
    now_costs(good, price)
    assert services.tell_of_favourites() == count
    assert Notice.objects.filter(kind="favourite_fell").count() == count


def test_a_fall_is_told_once_and_the_next_counts_from_there() -> None:
    good = a_listing_on_sale(price="100.00").good
    services.add_favourite(actor=a_buyer_actor(), good_id=good.pk)
    now_costs(good, "90.00")
    assert [services.tell_of_favourites(), services.tell_of_favourites()] == [1, 0]
    now_costs(good, "95.00")
    assert services.tell_of_favourites() == 0
    now_costs(good, "89.50")
    assert services.tell_of_favourites() == 0
    now_costs(good, "89.10")
    assert services.tell_of_favourites() == 1
    assert "¥89.10" in told()[-1]
    assert "¥90.00" in told()[-1]


def test_an_end_is_told_once_until_the_good_is_back() -> None:
    listing = a_listing_on_sale(price="100.00")
    services.add_favourite(actor=a_buyer_actor(), good_id=listing.good_id)
    for sale in ("off_sale", "on_sale", "off_sale"):
        Listing.objects.filter(pk=listing.pk).update(sale=sale)
        services.refresh_goods([listing.good_id])
        services.tell_of_favourites()
        services.tell_of_favourites()
    assert len(told("favourite_ended")) == 2


def test_what_nobody_offered_yet_is_kept_without_a_price_and_counts_from_its_first_offer() -> None:
    good = a_good()
    favourite = services.add_favourite(actor=a_buyer_actor(), good_id=good.pk)
    assert favourite.price_then is None
    assert services.tell_of_favourites() == 0
    a_listing_on_sale(good, price="50.00")
    assert services.tell_of_favourites() == 0
    now_costs(good, "40.00")
    assert services.tell_of_favourites() == 1


def test_the_deepest_falls_stand_on_the_home_page() -> None:
    actor = a_buyer_actor()
    goods = many_goods_on_sale(3)
    for good in goods:
        services.add_favourite(actor=actor, good_id=good.pk)
    now_costs(goods[1], "500.00")
    now_costs(goods[2], "900.00")
    assert [row.good_id for row in fallen_favourites(actor)] == [goods[1].pk, goods[2].pk]
    assert goods[1].name in a_client_of(actor).get("/").content.decode()


def test_the_star_works_by_a_page_without_scripts_and_by_json_with_them() -> None:
    actor = a_buyer_actor()
    client = a_client_of(actor)
    good = a_listing_on_sale().good
    page = client.get(f"/buyer/favourites/add/?good={good.pk}&next=/goods/{good.pk}/").content.decode()
    assert f'name="next" value="/goods/{good.pk}/"' in page
    sent = client.post("/buyer/favourites/add/", {"good": good.pk, "next": f"/goods/{good.pk}/", "list": "0"})
    assert sent.headers["Location"] == f"/goods/{good.pk}/"
    assert f'data-favourites="{good.pk}"' in client.get("/search/").content.decode()
    answer = client.post(
        "/buyer/favourites/remove/", {"good": good.pk}, headers={"accept": "application/json"}
    )
    assert answer.json() == {"kept": False}
    assert not FavouriteList.objects.get().favourites.exists()


def test_nobody_is_led_away_from_the_platform() -> None:
    client = a_client_of(a_buyer_actor())
    sent = client.post(
        "/buyer/favourites/add/", {"good": a_listing_on_sale().good_id, "next": "https://example.org/"}
    )
    assert sent.headers["Location"].startswith("/goods/")


@pytest.mark.parametrize("good", ["", "x", "-1", "999999999", "9" * 40])
def test_what_is_no_good_cannot_be_kept(good: str) -> None:
    assert a_client_of(a_buyer_actor()).post("/buyer/favourites/add/", {"good": good}).status_code == 404


def test_an_export_is_harmless_in_a_spreadsheet() -> None:
    actor = a_buyer_actor()
    kept = services.add_favourite(actor=actor, good_id=a_listing_on_sale(price="100.00").good_id, note="=1+1")
    response = a_client_of(actor).get(f"/buyer/favourites/?list={kept.list_id}&format=csv")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=1+1" in text
    assert "100.00" in text


def test_a_long_list_costs_as_many_statements_as_a_short_one() -> None:
    actor = a_buyer_actor()
    client = a_client_of(actor)
    counts = []
    goods = many_goods_on_sale(60)
    for number in (10, 40):
        for good in goods[:number]:
            services.add_favourite(actor=actor, good_id=good.pk)
        client.get("/buyer/favourites/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/buyer/favourites/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_list_is_walked_page_by_page() -> None:
    actor = a_buyer_actor()
    for good in many_goods_on_sale(60):
        services.add_favourite(actor=actor, good_id=good.pk)
    client = a_client_of(actor)
    first = client.get("/buyer/favourites/")
    assert len(first.context["rows"]) == 50
    assert len(client.get("/buyer/favourites/" + first.context["more"]).context["rows"]) == 10
