"""Saved searches tell of new goods at most once a day; a history is its person's alone and can be cleared."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Notice
from accounts.notices import text_of
from catalog import services
from catalog.errors import SearchRefused
from catalog.models import EmptySearch, Good, SavedSearch, SearchHistory
from catalog.search.recording import MOST_KEPT, forget_old_counts, keep_searches, record_search, search_key
from tests.catalog.factories import a_buyer_actor, a_client_of, a_good, a_listing_on_sale
from zcy import clock

pytestmark = pytest.mark.django_db


def a_saved(address: str = "q=打印机", **values: object) -> SavedSearch:
    saved = services.save_search(actor=a_buyer_actor(), name="打印机", address=address)
    SavedSearch.objects.filter(pk=saved.pk).update(checked_at=timezone.now() - timedelta(days=2), **values)
    return saved


def a_new_good(hours: float = 1, **values: object) -> Good:
    good: Good = a_listing_on_sale(**values).good  # type: ignore[arg-type]
    Good.objects.filter(pk=good.pk).update(offered_at=timezone.now() - timedelta(hours=hours))
    return good


def notices() -> list[str]:
    return [text_of(one) for one in Notice.objects.filter(kind="saved_search_found").order_by("id")]


def test_new_goods_are_told_with_their_number_and_one_of_them() -> None:
    a_saved()
    a_new_good()
    a_new_good(good=a_good("奔图 打印机 P2", brand="奔图", model="P2"), hours=2)
    assert services.tell_of_new_goods() == 1
    assert "2" in notices()[0]
    assert "惠普 M403d" in notices()[0]


def test_what_was_there_before_or_fits_not_is_not_told() -> None:
    a_saved("q=打印机&max=100")
    a_new_good(price="1980.00")
    a_new_good(good=a_good("奔图 打印机 P2", brand="奔图", model="P2"), price="90.00", hours=72)
    assert services.tell_of_new_goods() == 0


def test_a_day_has_one_notice_and_what_came_after_it_is_told_the_next_day() -> None:
    saved = a_saved()
    a_new_good()
    assert services.tell_of_new_goods() == 1
    a_new_good(good=a_good("奔图 打印机 P2", brand="奔图", model="P2"), hours=0.1)
    assert services.tell_of_new_goods() == 0
    SavedSearch.objects.update(told_on=clock.today() - timedelta(days=1))
    Good.objects.filter(model="P2").update(offered_at=timezone.now() - timedelta(minutes=10, seconds=1))
    SavedSearch.objects.filter(pk=saved.pk).update(checked_at=timezone.now() - timedelta(minutes=30))
    Good.objects.exclude(model="P2").update(offered_at=timezone.now() - timedelta(days=3))
    Notice.objects.all().delete()
    assert services.tell_of_new_goods() == 1


def test_who_wants_no_notices_gets_none() -> None:
    a_saved(tell=False)
    a_new_good()
    assert services.tell_of_new_goods() == 0


def test_a_search_whose_category_is_gone_tells_nothing_wrong() -> None:
    saved = a_saved()
    SavedSearch.objects.filter(pk=saved.pk).update(address="q=打印机&category=gone")
    a_new_good()
    assert services.tell_of_new_goods() == 0


def test_a_good_that_comes_back_is_not_new() -> None:
    listing = a_listing_on_sale()
    first = Good.objects.get().offered_at
    listing.sale = "off_sale"
    listing.save()
    services.refresh_goods([listing.good_id])
    listing.sale = "on_sale"
    listing.save()
    services.refresh_goods([listing.good_id])
    assert Good.objects.get().offered_at == first


@pytest.mark.parametrize("address", ["", "sort=price", "category=nothing", "min=abc"])
def test_a_search_that_asks_for_nothing_is_not_saved(address: str) -> None:
    with pytest.raises(SearchRefused):
        services.save_search(actor=a_buyer_actor(), name="x", address=address)


def test_a_search_is_saved_from_the_list_with_all_its_filters() -> None:
    actor = a_buyer_actor()
    a_listing_on_sale()
    client = a_client_of(actor)
    page = client.get("/search/?q=打印机&max=2000")
    assert page.context["save_url"]
    form = client.get(page.context["save_url"]).context["form"]
    sent = client.post("/searches/save/", {"name": "便宜的打印机", "address": form.initial["address"]})
    assert sent.status_code == 302
    saved = SavedSearch.objects.get()
    again = client.get(f"/search/?{saved.address}").context["filters"]
    assert (again.q, again.high) == ("打印机", Decimal(2000))
    assert client.post("/searches/save/", {"name": "便宜的打印机", "address": "q=x"}).status_code == 400


def test_another_s_saved_search_cannot_be_removed() -> None:
    saved = a_saved()
    a_client_of(a_buyer_actor()).post(f"/searches/{saved.pk}/", {"do": "remove"})
    assert SavedSearch.objects.filter(pk=saved.pk).exists()


def test_searches_are_kept_for_the_person_alone_and_the_same_words_once() -> None:
    actor, other = a_buyer_actor(), a_buyer_actor()
    a_listing_on_sale()
    client = a_client_of(actor)
    for q in ("打印机", "打印机", "惠普"):
        client.get(f"/search/?q={q}")
    html = client.get("/searches/").content.decode()
    assert {line.query: line.times for line in SearchHistory.objects.all()} == {"打印机": 2, "惠普": 1}
    assert "惠普" in html
    assert "惠普" not in a_client_of(other).get("/searches/").content.decode()


def test_a_history_is_cleared_and_switched_off() -> None:
    actor = a_buyer_actor()
    client = a_client_of(actor)
    client.get("/search/?q=打印机")
    client.post("/searches/keep/", {"keep": "0"})
    assert not SearchHistory.objects.exists()
    client.get("/search/?q=打印机")
    keep_searches()
    assert not SearchHistory.objects.exists()
    client.post("/searches/keep/", {"keep": "1"})
    client.get("/search/?q=惠普")
    client.post("/searches/clear/")
    assert not SearchHistory.objects.exists()


def test_a_history_does_not_grow_without_end() -> None:
    actor = a_buyer_actor()
    for number in range(MOST_KEPT + 20):
        record_search(f"打印机{number}", user_id=actor.user_id, found=True)
    assert keep_searches() == MOST_KEPT + 20
    assert SearchHistory.objects.count() == MOST_KEPT


def test_searches_in_vain_are_counted_by_day_without_the_person() -> None:
    client = a_client_of(a_buyer_actor())
    client.get("/search/?q=量子 打印机")
    client.get("/search/?q=打印机 量子")
    keep_searches()
    (counted,) = EmptySearch.objects.all()
    assert (counted.key, counted.day, counted.times) == (search_key("打印机 量子"), clock.today(), 2)
    EmptySearch.objects.update(day=clock.today() - timedelta(days=181))
    assert forget_old_counts() == 1


def test_a_search_that_somebody_made_is_not_lost_on_people_who_are_gone() -> None:
    record_search("打印机", user_id=10**12, found=True)
    assert keep_searches() == 1
    assert not SearchHistory.objects.exists()
