"""Goods are taken to the comparison from lists: by ticking, with and without a script, six at most."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from catalog import services
from catalog.compared import Chosen
from catalog.models import GoodOrigin, Hall, HallRule, OriginCounty
from tests.catalog.factories import (
    a_buyer_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    many_goods_on_sale,
)

pytestmark = pytest.mark.django_db
CHOOSE = "/compare/choose/"


@pytest.fixture(autouse=True)
def in_english(settings: Any) -> Any:
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


def box(good_id: int) -> str:
    return f'name="good" value="{good_id}" form="compare-form"'


def ticked(client: Client, *goods: int, do: str = "add") -> Any:
    data = {"good": [str(pk) for pk in goods], "do": do}
    return client.post(CHOOSE, data, headers={"accept": "application/json"})


def test_cards_and_rows_of_every_list_bear_a_box_that_belongs_to_the_bar() -> None:
    actor = a_buyer_actor()
    client = a_client_of(actor)
    good = a_listing_on_sale(a_good("甲机")).good
    services.add_favourite(actor=actor, good_id=good.pk)
    Hall.objects.create(slug="all", name="超市", layout="supermarket")
    services.refresh_halls()
    for address in (
        "/search/?q=甲机",
        f"/categories/{good.category.code}/",
        "/halls/all/",
        "/halls/all/goods/",
        "/buyer/favourites/",
    ):
        html = client.get(address).content.decode()
        assert html.count(box(good.pk)) == 1, address
        assert html.count(f'id="good-{good.pk}"') == 1, address
        assert html.count('id="compare-form"') == 1, address
        assert "Tick up to six goods to compare them." in html, address


def test_the_table_of_origins_bears_boxes_too(client: Client) -> None:
    good = a_listing_on_sale(a_good("普洱茶")).good
    county = OriginCounty.objects.create(code="530825", name="镇沅县", province="云南省")
    GoodOrigin.objects.create(good=good, county=county, producer="合作社")
    hall = Hall.objects.create(slug="rural", name="振兴馆", layout="rural")
    HallRule.objects.create(hall=hall, kind="origin", values=[])
    services.refresh_halls()
    assert client.get("/halls/rural/").content.decode().count(box(good.pk)) == 1


def test_without_a_script_the_form_takes_what_is_ticked_and_leads_to_the_comparison(client: Client) -> None:
    first, second = (a_listing_on_sale(a_good(f"商品{n}", model=f"M{n}")).good_id for n in range(2))
    response = client.post(CHOOSE, {"good": [first, second], "do": "compare"})
    assert response.status_code == 302
    assert response["Location"] == f"/compare/?goods={first},{second}"


def test_without_a_script_goods_of_several_pages_are_gathered_and_counted(client: Client) -> None:
    goods = [a_listing_on_sale(a_good(f"商品{n}", model=f"M{n}")).good_id for n in range(3)]
    response = client.post(CHOOSE, {"good": goods[:2], "do": "stay", "next": "/search/?q=A4&size=48"})
    assert response["Location"] == "/search/?q=A4&size=48"
    html = client.get("/search/?q=商品").content.decode()
    assert "2 of at most 6 chosen for comparison" in html
    assert f'data-compare="{goods[0]} {goods[1]}" data-count="2"' in html
    response = client.post(CHOOSE, {"good": goods[2], "do": "compare"})
    assert response["Location"] == f"/compare/?goods={goods[0]},{goods[1]},{goods[2]}"
    client.post(CHOOSE, {"do": "clear", "next": "/search/"})
    assert 'data-count="0"' in client.get("/search/").content.decode()


def test_the_way_back_leads_to_no_other_site(client: Client) -> None:
    response = client.post(CHOOSE, {"good": 1, "do": "stay", "next": "https://example.com/"})
    assert response["Location"] == "/compare/"


def test_a_script_is_told_what_is_chosen_and_how_many(client: Client) -> None:
    assert ticked(client, 5).json() == {
        "chosen": ["5"],
        "count": 1,
        "told": "1 of at most 6 chosen for comparison",
    }
    assert ticked(client, 7).json()["chosen"] == ["5", "7"]
    assert ticked(client, 7).json()["count"] == 2
    assert ticked(client, 5, do="remove").json()["chosen"] == ["7"]
    assert ticked(client, do="").json()["chosen"] == ["7"]
    assert ticked(client, do="clear").json()["count"] == 0


def test_a_seventh_is_refused_and_the_six_stay(client: Client) -> None:
    assert ticked(client, *range(1, 7)).status_code == 200
    answer = ticked(client, 7)
    assert answer.status_code == 409
    assert answer.json() == {
        "chosen": ["1", "2", "3", "4", "5", "6"],
        "count": 6,
        "told": "At most six are compared. Take one away first.",
    }
    # One of the six again is no seventh.
    assert ticked(client, 3).status_code == 200
    response = client.post(CHOOSE, {"good": 7, "do": "stay", "next": "/search/"}, follow=True)
    assert "At most six are compared. Take one away first." in response.content.decode()


def test_a_seventh_pushes_out_no_offer_that_was_chosen(client: Client) -> None:
    client.get("/compare/?goods=1,2,3,4&offers=8,9")
    assert client.get("/compare/?add_good=5")["Location"] == "/compare/?goods=1,2,3,4&offers=8,9"
    assert ticked(client, 5).status_code == 409


def test_an_address_with_more_than_six_leaves_six_chosen(client: Client) -> None:
    client.get("/compare/?goods=" + ",".join(map(str, range(1, 500))))
    assert client.session["compared"] == [[1, 2, 3, 4, 5, 6], []]


@pytest.mark.parametrize("typed", ["", "abc", "-1", "0", str(10**30), "1\x00"])
def test_nonsense_is_left_out(client: Client, typed: str) -> None:
    response = client.post(CHOOSE, {"good": typed, "do": "compare"})
    assert response["Location"] == "/compare/?goods="
    assert client.get("/compare/").status_code == 200


def test_it_is_asked_for_by_post_only_and_with_a_token() -> None:
    assert Client().get(CHOOSE).status_code == 405
    assert Client(enforce_csrf_checks=True).post(CHOOSE, {"good": 1}).status_code == 403


def test_the_kept_list_is_the_same_for_all_whatever_they_have_chosen(client: Client) -> None:
    good = a_listing_on_sale(a_good("甲机")).good
    ticked(client, good.pk)
    chosen, other = (visitor.get("/search/?q=甲机").content.decode() for visitor in (client, Client()))
    card = chosen[chosen.index('<ol class="results">') : chosen.index("</ol>")]
    assert card in other
    assert "checked" not in card


@pytest.mark.django_db(transaction=True)
def test_a_list_costs_no_statement_more_for_whoever_has_chosen(client: Client, settings: Any) -> None:
    settings.KEEP_LISTS = True
    goods = many_goods_on_sale(10)
    url = "/search/?size=48"
    ticked(client, *(row.pk for row in goods[:6]))
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        html = client.get(url).content.decode()
    assert 'data-count="6"' in html
    assert len(captured) == 0


def test_taking_from_what_is_chosen_keeps_the_order() -> None:
    chosen, refused = Chosen((3, 1), (9,)).plus([1, 2, 2], [9, 8])
    assert (chosen, refused) == (Chosen((3, 1, 2), (9, 8)), False)
    assert chosen.without([1]).address == "/compare/?goods=3,2&offers=9,8"
    assert chosen.plus([4, 5]) == (Chosen((3, 1, 2, 4), (9, 8)), True)
