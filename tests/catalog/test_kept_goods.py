"""Pages of goods that web processes keep: drawn once, and anew as soon as anything they show has been written."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import RegionSetting, SupplierStanding
from catalog import kept
from catalog.models import Favourite, FavouriteList, Good, GoodFigures, GoodLabel, GoodPicture, Listing
from catalog.pricing.kept import forget_all
from tests.catalog.factories import (
    a_buyer_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    an_organisation,
    deals,
)
from zcy import clock

pytestmark = pytest.mark.django_db(transaction=True)

VERSION_ALONE = 1


@pytest.fixture(autouse=True)
def _keeping(settings: Any) -> None:
    settings.KEEP_LISTS = True


@pytest.fixture
def listing() -> Listing:
    return a_listing_on_sale(a_good("惠普 M403d 激光打印机"), price="1980", stock=8)


def _shown(client: Client, good: Good, question: str = "", *, language: str = "zh-hans") -> str:
    answer = client.get(f"/goods/{good.pk}/{question}", headers={"accept-language": language})
    assert answer.status_code == 200
    return str(answer.content.decode())


def _statements(client: Client, good: Good, question: str = "") -> int:
    with CaptureQueriesContext(connection) as captured:
        _shown(client, good, question)
    return len(captured)


def _change(listing: Listing, **values: Any) -> None:
    assert Listing.objects.filter(pk=listing.pk).update(**values) == 1


def _suspend(listing: Listing) -> None:
    SupplierStanding.objects.update_or_create(supplier=listing.supplier, defaults={"suspended": True})


def _close(listing: Listing) -> None:
    type(listing.supplier).objects.filter(pk=listing.supplier_id).update(active=False)


def _rename_supplier(listing: Listing) -> None:
    type(listing.supplier).objects.filter(pk=listing.supplier_id).update(name="杭州新名办公")


def _grade(listing: Listing) -> None:
    SupplierStanding.objects.update_or_create(
        supplier=listing.supplier, defaults={"grade": "AAA", "provisional": False}
    )


def _describe(listing: Listing) -> None:
    Good.objects.filter(pk=listing.good_id).update(description="双面打印")


def _retire(listing: Listing) -> None:
    Good.objects.filter(pk=listing.good_id).update(state="retired")


def _certify(listing: Listing) -> None:
    GoodLabel.objects.create(good=listing.good, label="energy_saving", certificate="CQC-2026-1")


def _picture(listing: Listing) -> None:
    GoodPicture.objects.create(good=listing.good, picture="goods/second.png")


def _sell(listing: Listing) -> None:
    GoodFigures.objects.update_or_create(good=listing.good, defaults={"orders": 7, "quantity": 4321})


def _succeed(listing: Listing) -> None:
    _retire(listing)
    Good.objects.filter(pk=listing.good_id).update(successor=a_good("惠普 M404dn", model="M404"))


# What is done to the first offer, what the next page shows, and what it shows no more.
CHANGES: list[tuple[Callable[[Listing], object], str, str]] = [
    (lambda one: _change(one, price="1750"), "¥1,750.00", "¥1,980.00"),
    (lambda one: _change(one, stock=0), "sold out", "Into the cart"),
    (lambda one: _change(one, stock=None), "stock not stated", "Into the cart"),
    (lambda one: _change(one, min_quantity=5), "from 5", ""),
    (lambda one: _change(one, note="含安装"), "含安装", ""),
    (lambda one: _change(one, delivery_days=9), "9 days", ""),
    (lambda one: _change(one, delivery_paths=["650000/"]), "does not deliver", "Into the cart"),
    (lambda one: _change(one, sale="off_sale"), "Nobody offers this good", "¥1,980.00"),
    (lambda one: _change(one, sale="frozen"), "Nobody offers this good", "¥1,980.00"),
    (lambda one: _change(one, review="pending"), "Nobody offers this good", "¥1,980.00"),
    (_suspend, "Nobody offers this good", "¥1,980.00"),
    (_close, "Nobody offers this good", "¥1,980.00"),
    (_rename_supplier, "杭州新名办公", ""),
    (_grade, "AAA", "new here"),
    (_describe, "双面打印", ""),
    (_retire, "is retired", "¥1,980.00"),
    (_certify, "CQC-2026-1", ""),
    (_picture, "goods/second.png", ""),
    (_sell, "4,321", ""),
    (_succeed, "M404", ""),
    (lambda one: a_listing_on_sale(one.good, price="1111", index=False), "¥1,111.00", ""),
]


@pytest.mark.parametrize(("change", "shown", "gone"), CHANGES)
def test_what_has_changed_is_seen_by_the_next_reader(
    listing: Listing, change: Callable[[Listing], object], shown: str, gone: str
) -> None:
    browser = a_client_of(a_buyer_actor())
    before = _shown(browser, listing.good, language="en")
    assert shown not in before
    assert gone in before
    # Nothing is told to this process: it is as if another one had changed it.
    change(listing)
    after = _shown(browser, listing.good, language="en")
    assert shown in after
    assert not gone or gone not in after


def test_a_price_that_comes_back_is_not_taken_for_the_old_drawing(client: Client, listing: Listing) -> None:
    drawings = [_shown(client, listing.good)]
    for price in ("1750", "1980"):
        _change(listing, price=price)
        drawings.append(_shown(client, listing.good))
    assert ["¥1,750.00" in html for html in drawings] == [False, True, False]


def test_a_change_that_was_taken_back_leaves_the_page(client: Client, listing: Listing) -> None:
    from django.db import transaction

    _shown(client, listing.good)
    with pytest.raises(RuntimeError), transaction.atomic():
        _change(listing, price="1")
        raise RuntimeError
    assert _statements(client, listing.good) == VERSION_ALONE


def test_a_second_visitor_costs_one_statement_however_many_offers_there_are(
    client: Client, listing: Listing
) -> None:
    for offers in (10, 40):
        while listing.good.listings.count() < offers:
            a_listing_on_sale(listing.good, index=False)
        first = _shown(client, listing.good)
        assert first.count("<tr><td data-label") == offers
        assert _statements(Client(), listing.good) == VERSION_ALONE
        assert len(first.encode()) < 100 * 1024


def test_equivalents_show_their_own_prices_at_once(client: Client, listing: Listing) -> None:
    twin = a_good("得力 同等品", brand="得力", model="T1", category=listing.good.category)
    Good.objects.filter(pk__in=[twin.pk, listing.good_id]).update(key_hash="k" * 32)
    Good.objects.filter(pk=twin.pk).update(offers=1, lowest_price="1500")
    assert "¥1,500.00" in _shown(client, listing.good)
    Good.objects.filter(pk=twin.pk).update(lowest_price="1400")
    assert "¥1,400.00" in _shown(client, listing.good)


def test_a_good_that_was_merged_leads_on_at_once(client: Client, listing: Listing) -> None:
    _shown(client, listing.good)
    survivor = a_good("另一种", model="Z")
    Good.objects.filter(pk=listing.good_id).update(state="merged", merged_into=survivor)
    assert client.get(f"/goods/{listing.good_id}/").headers["Location"] == f"/goods/{survivor.pk}/"


def test_new_deals_move_the_panel(client: Client, listing: Listing) -> None:
    _shown(client, listing.good)
    deals(listing.good, ["1900"] * 9)
    forget_all()
    assert 'class="band-range"' in _shown(client, listing.good)


def test_each_buyer_gets_a_token_and_a_star_of_his_own(listing: Listing) -> None:
    one, other = a_buyer_actor(), a_buyer_actor()
    pages = []
    for actor in (one, other, one):
        browser = a_client_of(actor)
        html = _shown(browser, listing.good)
        tokens = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', html))
        assert all(len(token) == 64 for token in tokens)
        pages.append(tokens)
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = browser.cookies
        row = re.search(r'<td class="offer-buy"><form.*?</form>', html, re.S)
        assert row is not None
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', row[0])[0]
        sent = {"csrfmiddlewaretoken": token, "listing": listing.pk, "quantity": "1"}
        assert strict.post("/cart/add/", sent).status_code == 302
    assert not pages[0] & pages[1]
    assert one.user
    assert one.organisation
    own = FavouriteList.objects.create(user=one.user, organisation=one.organisation, name="mine")
    Favourite.objects.create(list=own, user=one.user, good=listing.good)
    kept_by = f'data-favourites="{listing.good_id}"'
    assert kept_by in _shown(a_client_of(one), listing.good)
    assert kept_by not in _shown(a_client_of(other), listing.good)


def test_visitors_buyers_and_suppliers_do_not_get_each_others_buttons(
    client: Client, listing: Listing
) -> None:
    buyer = a_client_of(a_buyer_actor())
    for _twice in range(2):
        assert 'action="/cart/add/"' in _shown(buyer, listing.good)
        visitor = _shown(client, listing.good)
        assert 'action="/cart/add/"' not in visitor
        assert f"/account/login/?next=/goods/{listing.good_id}/" in visitor


def test_a_region_that_begins_to_publish_first_shows_offers_in_review_at_once(listing: Listing) -> None:
    a_listing_on_sale(listing.good, supplier=an_organisation(name="待审公司"), review="pending")
    actor = a_buyer_actor()
    browser = a_client_of(actor)
    assert "待审公司" not in _shown(browser, listing.good)
    assert actor.region
    # The table of settings that is remembered for a minute is not asked: only the database.
    mine = RegionSetting.objects.create(region=actor.region, key="catalog.publish_first", value=True)
    assert "待审公司" in _shown(browser, listing.good)
    mine.delete()
    assert "待审公司" not in _shown(browser, listing.good)


def test_another_question_language_and_day_get_a_drawing_of_their_own(
    client: Client, listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    _shown(client, listing.good)
    for question in ("?sort=delivery", "?band=2", "?quantity=7", "?quantity=7.000"):
        assert _statements(client, listing.good, question) > VERSION_ALONE
    assert 'value="7"' in _shown(client, listing.good, "?quantity=7")
    assert "Unit price" in _shown(client, listing.good, language="en")
    tomorrow = clock.today() + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    assert _statements(client, listing.good) > VERSION_ALONE


def test_what_is_asked_wrongly_is_told_every_time(client: Client, listing: Listing) -> None:
    for _visit in range(2):
        answer = client.get(f"/goods/{listing.good_id}/?quantity=many")
        assert answer.status_code == 400
        assert 'role="alert"' in answer.content.decode()
    assert client.get(f"/goods/{listing.good_id}/").status_code == 200


def test_a_good_that_is_gone_is_not_found(client: Client) -> None:
    good = a_good()
    _shown(client, good)
    good.delete()
    assert client.get(f"/goods/{good.pk}/").status_code == 404


def test_a_shelf_holds_no_more_than_its_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils.safestring import SafeString

    monkeypatch.setattr(kept, "MOST_CHARACTERS", 25)
    shelf = kept._Shelf()
    drawn: list[str] = []

    def ask(key: str) -> str:
        return shelf.take(key, 1, lambda: drawn.append(key) or SafeString(key * 10))  # type: ignore[func-returns-value]

    for key in ("a", "b", "a", "c", "a", "b"):
        assert ask(key) == key * 10
    # The third one pushed out the second, which had not been asked for the longest.
    assert drawn == ["a", "b", "c", "b"]
    assert shelf._characters == 20
