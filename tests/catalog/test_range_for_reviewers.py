"""Whoever reviews a listing sees the reasonable range, how it was reached, and by how much the price is beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from catalog.admin.listing_range import distance
from catalog.models import Listing
from catalog.pricing.formulas import Confidence
from catalog.pricing.learn import refresh_levels
from catalog.pricing.ranges import Ground, PriceRange, reasonable_range
from tests.catalog.factories import a_catalog_actor, a_good, a_listing_on_sale, deals
from tests.catalog.test_halls_for_suppliers import in_the_administration
from zcy import clock
from zcy.formats import money

pytestmark = pytest.mark.django_db
RANGE = PriceRange(
    low=Decimal(80),
    central=Decimal(100),
    high=Decimal(125),
    n=30,
    ground=Ground.OWN,
    confidence=Confidence.HIGH,
)


@pytest.fixture(autouse=True)
def in_english(settings: Any) -> Any:
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("price", "told"),
    [
        ("150", "20.0% above the upper end of the range"),
        ("125.01", "0.0% above the upper end of the range"),
        ("125", "25.0% above the central value"),
        ("100", "the central value of the range"),
        ("80", "20.0% below the central value"),
        ("60", "25.0% below the lower end of the range"),
    ],
)
def test_the_distance_is_told_from_the_end_that_was_passed(price: str, told: str) -> None:
    assert distance(Listing(price=Decimal(price)), RANGE) == told


def reviewed(listing: Listing, settings: Any) -> str:
    response = in_the_administration(a_catalog_actor().user, settings).get(
        f"/admin/catalog/listing/{listing.pk}/review/"
    )
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_price_above_the_range_is_marked_and_told_as_on_the_page_of_the_good(settings: Any) -> None:
    good = a_good()
    deals(good, [str(95 + n % 11) for n in range(40)])
    refresh_levels(clock.today())
    listing = a_listing_on_sale(good, price="300", review="pending")
    found = reasonable_range(good=good)
    html = reviewed(listing, settings)
    for value in (found.low, found.central, found.high):
        assert money(value) in html
    sentence = client_sees(good.pk)
    assert sentence in html
    assert "above the upper end of the range</mark>" in html
    assert "<mark>above the range</mark>" in html
    assert "Eight of ten deals that follow should lie in the range." in html
    # The table of figures speaks of the same range.
    figures = html[html.index("<summary>Figures") :]
    assert "<td>above the range</td>" in figures


def client_sees(good_id: int) -> str:
    """The sentence of the range on the public page of a good."""
    html = Client().get(f"/goods/{good_id}/").content.decode()
    start = html.index('<p class="range-sentence">') + len('<p class="range-sentence">')
    return str(html[start : html.index("</p>", start)])


def test_a_price_in_the_range_is_not_marked(settings: Any) -> None:
    good = a_good()
    deals(good, ["100"] * 40)
    refresh_levels(clock.today())
    found = reasonable_range(good=good)
    html = reviewed(a_listing_on_sale(good, price=str(found.central), review="pending"), settings)
    assert "the central value of the range" in html
    assert "<mark>" not in html[html.index('id="range"') : html.index("What was really paid")].replace(
        "<mark>low</mark>", ""
    )


def test_where_there_is_no_range_the_page_says_so_and_what_to_compare_with(settings: Any) -> None:
    html = reviewed(a_listing_on_sale(a_good(), price="300", review="pending"), settings)
    assert "No range can be told yet" in html
