"""Rules of admission in the administration: chosen by name, and what does not fit is refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.roles import OrganisationKind, Role
from catalog.halls.rules import condition_of, kinds
from catalog.models import GoodOrigin, Hall, HallRule, Listing, OriginCounty
from tests.catalog.factories import (
    a_catalog_actor,
    a_category,
    a_good,
    a_listing_on_sale,
    a_person,
    an_organisation,
)
from tests.catalog.test_halls import a_hall, page
from tests.catalog.test_halls_for_suppliers import in_the_administration

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def staff(settings: Any) -> Client:
    return in_the_administration(a_catalog_actor().user, settings)


def address(hall: Hall) -> str:
    return f"/admin/catalog/hall/{hall.pk}/change/"


def typed(
    *rules: dict[str, Any], known: tuple[HallRule, ...] = (), hall: Hall | None = None
) -> dict[str, Any]:
    """What the form of a hall sends: the fields of each rule, those that exist already first."""
    data: dict[str, Any] = {
        "name": "馆",
        "layout": "green",
        "intro": "",
        "order": "5",
        "active": "on",
        "rules-TOTAL_FORMS": str(len(rules)),
        "rules-INITIAL_FORMS": str(len(known)),
    }
    for number, rule in enumerate(rules):
        data |= {f"rules-{number}-{name}": value for name, value in rule.items()}
        if hall is not None:
            data[f"rules-{number}-hall"] = hall.pk
        if number < len(known):
            data[f"rules-{number}-id"] = known[number].pk
    return data


def stored(hall: Hall) -> dict[str, list[str]]:
    return {rule.kind: rule.values for rule in hall.rules.all()}


def test_every_kind_of_rule_is_chosen_by_name(staff: Client) -> None:
    hall = a_hall()
    category, other = a_category(), a_category("A05010201", "办公桌")
    county = OriginCounty.objects.create(code="530825", name="镇沅县", province="云南省")
    OriginCounty.objects.create(code="622926", name="东乡县", province="甘肃省")
    data = typed(
        {"kind": "label", "labels": ["green", "rural"]},
        {"kind": "certificate", "labels": ["green"]},
        {"kind": "supplier_size", "sizes": ["small"]},
        {"kind": "category", "categories": [category.pk, other.pk]},
        {"kind": "origin", "provinces": ["甘肃省"], "counties": [county.pk]},
        {"kind": "origin_share", "share": " 0.5 "},
        {"kind": "in_stock"},
    )
    response = staff.post(address(hall), data)
    assert response.status_code == 302, response.content.decode()[:3000]
    assert stored(hall) == {
        "label": ["green", "rural"],
        "certificate": ["green"],
        "supplier_size": ["small"],
        "category": ["A02021003", "A05010201"],
        "origin": ["甘肃省", "530825"],
        "origin_share": ["0.5"],
        "in_stock": [],
    }
    html = page(staff, address(hall))
    assert "A4黑白打印机" in html
    assert "镇沅县" in html
    assert "甘肃省" in html
    assert f'value="{category.pk}" selected' in html


def test_a_row_in_which_nothing_is_chosen_is_no_rule(staff: Client) -> None:
    hall = a_hall()
    assert staff.post(address(hall), typed({"kind": ""})).status_code == 302
    assert stored(hall) == {}


def test_a_rule_that_is_sent_unchanged_stays_as_it_is(staff: Client) -> None:
    hall = a_hall(origin=["云南省"])
    OriginCounty.objects.create(code="530825", name="镇沅县", province="云南省")
    rule = hall.rules.get()
    data = typed({"kind": "origin", "provinces": ["云南省"]}, known=(rule,), hall=hall)
    assert staff.post(address(hall), data).status_code == 302
    assert stored(hall) == {"origin": ["云南省"]}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"kind": "label", "labels": ["golden"]}, "golden is not one of the available choices"),
        ({"kind": "label"}, "This rule needs a value."),
        ({"kind": "category"}, "This rule needs a value."),
        ({"kind": "category", "categories": ["999999999"]}, "999999999 is not one of the available choices"),
        ({"kind": "category", "categories": ["abc"]}, "is not a valid value"),
        ({"kind": "origin", "provinces": ["火星省"]}, "火星省 is not one of the available choices"),
        ({"kind": "origin", "counties": ["5 OR 1"]}, "is not a valid value"),
        ({"kind": "origin_share", "share": "2"}, "at most 1, such as 0.5"),
        ({"kind": "origin_share", "share": "0"}, "at most 1, such as 0.5"),
        ({"kind": "origin_share", "share": "NaN"}, "at most 1, such as 0.5"),
        ({"kind": "origin_share", "share": "half"}, "at most 1, such as 0.5"),
        ({"kind": "in_stock", "sizes": ["small"]}, "does not ask for this: take it away"),
        ({"kind": "golden"}, "golden is not one of the available choices"),
        ({"kind": "", "labels": ["green"]}, "This field is required"),
    ],
)
def test_what_does_not_fit_is_refused_in_words_and_kept_on_the_page(
    staff: Client, rule: dict[str, Any], said: str
) -> None:
    hall = a_hall()
    response = staff.post(address(hall), typed(rule))
    assert response.status_code == 200
    assert said in response.content.decode()
    assert stored(hall) == {}


def test_two_rules_of_one_kind_are_refused(staff: Client) -> None:
    hall = a_hall()
    data = typed({"kind": "label", "labels": ["green"]}, {"kind": "label", "labels": ["rural"]})
    response = staff.post(address(hall), data)
    assert response.status_code == 200
    assert "duplicate" in response.content.decode()


def test_a_value_that_is_not_known_any_more_is_named(staff: Client) -> None:
    hall = a_hall(category=["Z99", a_category().code])
    html = page(staff, address(hall))
    assert "Not known any more, and left out when the rule is changed: Z99." in html


def test_who_only_looks_reads_the_rules_in_words(settings: Any) -> None:
    hall = a_hall(label=["green"])
    onlooker = a_person(Role.SUPERVISOR, an_organisation(OrganisationKind.SUPERVISOR))
    html = page(in_the_administration(onlooker, settings), address(hall))
    assert "policy label of the good: green" in html
    assert 'name="rules-0-kind"' not in html


def test_a_rule_of_origin_takes_provinces_and_counties() -> None:
    near = OriginCounty.objects.create(code="530825", name="镇沅县", province="云南省")
    far = OriginCounty.objects.create(code="622926", name="东乡县", province="甘肃省")
    third = OriginCounty.objects.create(code="520222", name="盘州市", province="贵州省")
    listings = {}
    for county in (near, far, third):
        listing = a_listing_on_sale(a_good(f"大米{county.code}", model=county.code))
        GoodOrigin.objects.create(good=listing.good, county=county, producer="合作社")
        listings[county.code] = listing
    found = Listing.objects.filter(condition_of("origin", ["甘肃省", "530825"]))
    assert set(found) == {listings["530825"], listings["622926"]}
    with translation.override("en"):
        assert kinds["origin"].words(["甘肃省", "530825"]) == "甘肃省, 云南省镇沅县"


@pytest.mark.parametrize("share", ["0", "-0.1", "1.001"])
def test_the_share_of_an_origin_is_refused_in_words(staff: Client, share: str) -> None:
    good = a_good()
    county = OriginCounty.objects.create(code="530825", name="镇沅县", province="云南省")
    data = {"good": good.pk, "county": county.pk, "producer": "合作社", "share": share}
    response = staff.post("/admin/catalog/goodorigin/add/", data)
    assert "Write one share above 0 and at most 1, such as 0.5." in response.content.decode()
    assert not GoodOrigin.objects.exists()


def test_the_code_of_a_county_has_six_digits(staff: Client) -> None:
    data = {"code": "5308", "name": "镇沅县", "province": "云南省"}
    response = staff.post("/admin/catalog/origincounty/add/", data)
    assert "A county&#x27;s code has six digits, such as 530825." in response.content.decode()
    assert staff.post("/admin/catalog/origincounty/add/", data | {"code": "530825"}).status_code == 302


def test_a_further_rule_costs_no_more_than_its_own_choices(staff: Client) -> None:
    few, many = (
        a_hall("few", label=["green"]),
        a_hall("many", label=["green"], supplier_size=["small"], in_stock=[]),
    )
    counts = []
    for hall in (few, many):
        page(staff, address(hall))
        with CaptureQueriesContext(connection) as captured:
            page(staff, address(hall))
        counts.append(len(captured))
    assert counts[1] - counts[0] <= 2 * 2
