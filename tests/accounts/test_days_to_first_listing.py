"""From registration to the first listing on sale: the median, with the number of suppliers behind it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pgtrigger
import pytest

from accounts.models import Application, SupplierProfile
from accounts.onboarding.figures import days_by_month, days_by_region, usual_days
from catalog import services as catalog
from catalog.models import Listing
from catalog.services.first_listings import note_first_listings
from catalog.services.listing_values import ListingValues
from tests.catalog.checking import a_known_range, typed
from tests.factories import (
    a_good,
    a_listing_on_sale,
    a_seller,
    a_supplier,
    an_admitted,
    somebody_of_the_operator,
)
from tests.factories.accounts import client_of, signed_in
from zcy import clock

pytestmark = pytest.mark.django_db
SINCE = timedelta(days=365)


def came_in(days: float, *, admitted: float = 1) -> Application:
    """A supplier whose first listing was on sale so many days after it registered."""
    application = an_admitted()
    moment = clock.now()
    SupplierProfile.objects.filter(organisation=application.organisation).update(
        registered_at=moment - timedelta(days=days),
        admitted_at=moment - timedelta(days=days - admitted),
        first_listing_at=moment,
    )
    return application


def profile_of(application: Application) -> SupplierProfile:
    return SupplierProfile.objects.get(organisation=application.organisation)


def test_the_moment_is_that_of_the_first_approved_listing_on_sale():
    application = an_admitted()
    seller = a_seller(application.organisation)
    listing = catalog.create_listing(
        actor=seller,
        good=a_good(),
        values=ListingValues(price=Decimal(10), stock=Decimal(5), min_quantity=Decimal(1), delivery_days=2),
    )
    assert note_first_listings() == 0
    catalog.submit_listing_for_review(actor=seller, listing_id=listing.pk)
    assert note_first_listings() == 0, "nobody can find it yet"
    decision = catalog.decide_review(actor=somebody_of_the_operator(), listing_id=listing.pk, approve=True)
    assert profile_of(application).first_listing_at == decision.at, "written with the decision"
    # A later listing, or one that is taken off again, changes nothing.
    catalog.take_off_sale(actor=seller, listing_id=listing.pk)
    earlier = a_listing_on_sale(supplier=application.organisation)
    Listing.objects.filter(pk=earlier.pk).update(listed_at=clock.now() - timedelta(days=400))
    assert note_first_listings() == 0
    assert profile_of(application).first_listing_at == decision.at


def test_what_the_checks_approve_is_the_first_listing_at_once():
    application = an_admitted()
    seller = a_seller(application.organisation)
    good = a_good()
    profile = profile_of(application)
    profile.categories.append(good.category.code)
    profile.save()
    a_known_range(good, "90", "110")
    areas = tuple(profile_of(application).delivery_regions.all())
    listing = catalog.create_listing(actor=seller, good=good, values=typed(delivery_areas=areas))
    outcome = catalog.submit_many(actor=seller, listing_ids=[listing.pk])[listing.pk]
    assert outcome.review == "approved", outcome.doubts
    listing.refresh_from_db()
    assert listing.listed_at
    decided = listing.decisions.get().at
    assert profile_of(application).first_listing_at == max(listing.listed_at, decided)


def test_an_approved_offer_that_is_put_on_sale_is_the_first_listing():
    application = an_admitted()
    seller = a_seller(application.organisation)
    listing = a_listing_on_sale(supplier=application.organisation)
    Listing.objects.filter(pk=listing.pk).update(sale="off_sale", listed_at=None)
    catalog.put_on_sale(actor=seller, listing_id=listing.pk)
    listing.refresh_from_db()
    assert profile_of(application).first_listing_at == listing.listed_at


def test_imported_listings_and_suppliers_do_not_count():
    application = an_admitted()
    listing = a_listing_on_sale(supplier=application.organisation)
    with pgtrigger.ignore("catalog.Listing:moves_by_the_table"):
        Listing.objects.filter(pk=listing.pk).update(origin="imported", listed_at=clock.now())
    a_listing_on_sale(supplier=a_supplier())
    assert note_first_listings() == 0
    for _supplier in range(5):
        came_in(4)
    assert usual_days() is not None
    others = came_in(900).organisation
    others.source = "market"
    others.save()
    usual = usual_days()
    assert usual is not None
    assert (round(usual.listed, 3), usual.n) == (4, 5)


def test_the_median_is_that_of_the_days_and_needs_five_suppliers():
    for days in (2, 3, 10, 40):
        came_in(days)
    assert usual_days() is None
    came_in(5)
    usual = usual_days()
    assert usual is not None
    assert (round(usual.listed, 3), round(usual.admitted, 3), usual.n) == (5, 1, 5)
    came_in(7)
    usual = usual_days()
    assert usual is not None
    assert round(usual.listed, 3) == 6


def test_by_month_and_region_with_their_n():
    first, second = came_in(2), came_in(4)
    long_ago = clock.now() - timedelta(days=62)
    SupplierProfile.objects.filter(organisation=second.organisation).update(
        first_listing_at=long_ago, registered_at=long_ago - timedelta(days=8)
    )
    since = clock.today() - SINCE
    months = [(row.label, round(row.listed, 3), row.n) for row in days_by_month(since)]
    assert months == [
        (f"{clock.today():%Y-%m}", 2, 1),
        (f"{clock.local_date(long_ago):%Y-%m}", 8, 1),
    ]
    regions = [(row.label, round(row.listed, 3), row.n) for row in days_by_region(since)]
    assert regions == [("西湖区", 5, 2)]
    assert first.organisation.region.name == "西湖区"


def test_the_staff_see_the_figures_and_suppliers_what_is_usual():
    browser = signed_in("onboarding")
    address = "/admin/accounts/application/figures/"
    assert browser.get(address).status_code == 200
    for days in (2, 3, 9, 11, 12):
        came_in(days)
    assert 'class="num">9' in browser.get(address).content.decode()
    assert f'href="{address}"' in browser.get("/").content.decode()
    assert f'href="{address}"' in browser.get("/admin/accounts/application/").content.decode()
    lines = b"".join(browser.get(address + "?format=csv").streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[1].endswith(",1.0,9.0,5")
    assert signed_in("purchaser").get(address).status_code == 403
    from tests.factories import a_registered

    application = a_registered()
    page = client_of(application.applicant).get(f"/suppliers/application/{application.pk}/")
    assert round(page.context["usual"].listed, 3) == 9
