"""Each automatic check at its boundary: clear, doubtful, refused, could not be checked."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from accounts.models import Region, SupplierProfile
from catalog.checks import CheckSettings, check_all, checks, results_of, verdict_of
from catalog.checks.price_reference import PriceReferenceCheck
from catalog.checks.words import contains
from catalog.models import Brand, CheckedWord, Finding, Listing
from catalog.models.checks import WordKind
from catalog.pricing.formulas import Confidence
from catalog.review_reasons import BY_CODE
from catalog.transitions import Verdict
from tests.catalog.bulk import HEADER, priced, uploaded, written
from tests.catalog.checking import a_known_range, a_subject, in_good_standing, result
from tests.catalog.factories import (
    a_category,
    a_client_of,
    a_good,
    a_region,
    a_supplier_actor,
    an_organisation,
)
from zcy import clock

pytestmark = pytest.mark.django_db
CLEAR, DOUBT, BLOCK, UNKNOWN = Finding.CLEAR, Finding.DOUBT, Finding.BLOCK, Finding.NOT_COMPUTABLE


@pytest.mark.parametrize(
    ("price", "finding", "reason"),
    [
        ("44.99", DOUBT, "price_lure"),
        ("45.00", CLEAR, ""),
        ("90.00", CLEAR, ""),
        ("110.00", CLEAR, ""),
        ("110.01", DOUBT, "price_too_high"),
        ("330.00", DOUBT, "price_too_high"),
        ("330.01", BLOCK, "price_too_high"),
    ],
)
def test_a_price_against_its_range(price: str, finding: Finding, reason: str) -> None:
    good = a_good()
    a_known_range(good, "90", "110")
    found = result("price_range", a_subject(good=good, price=Decimal(price)))
    assert (found.finding, found.reason) == (finding, reason)
    assert "110" in found.saw


def test_what_few_deals_tell_is_doubted_but_refuses_nothing() -> None:
    good = a_good()
    a_known_range(good, sure=Confidence.LOW)
    assert result("price_range", a_subject(good=good, price=Decimal(5000))).finding == DOUBT


def test_the_factors_of_a_region_move_the_bounds() -> None:
    good = a_good()
    a_known_range(good, "90", "110")
    eased = CheckSettings(
        price_factor=Decimal("1.2"), price_block_factor=Decimal("1.5"), price_lure_factor=Decimal(0)
    )
    for price, finding in (("132", CLEAR), ("132.01", DOUBT), ("165.01", BLOCK), ("0.01", CLEAR)):
        subject = a_subject(good=good, price=Decimal(price), settings=eased)
        assert result("price_range", subject).finding == finding


def test_a_good_without_a_range_is_not_therefore_clear() -> None:
    good = a_good()
    assert result("price_range", a_subject(good=good)).finding == UNKNOWN
    (results,) = check_all([a_subject(good=good)])
    assert verdict_of(results) is Verdict.DOUBT


@pytest.mark.parametrize(("price", "finding"), [("95.00", CLEAR), ("95.01", DOUBT)])
def test_a_price_against_the_best_reference(price: str, finding: Finding) -> None:
    good = a_good()
    check = PriceReferenceCheck(lambda ids, day: {pk: Decimal("95.00") for pk in ids})
    subject = a_subject(good=good, price=Decimal(price))
    found = check.look(subject, check.prepare([subject], clock.today()), clock.today())
    assert (found.finding, found.reason) == (finding, "" if finding == CLEAR else "price_above_reference")


def test_a_good_without_a_reference_could_not_be_checked() -> None:
    assert PriceReferenceCheck(lambda ids, day: {}).look(a_subject(), {}, clock.today()).finding == UNKNOWN


@pytest.mark.parametrize(("price", "finding"), [("130.00", CLEAR), ("130.01", DOUBT), ("1.00", CLEAR)])
def test_a_price_against_the_one_last_approved(price: str, finding: Finding) -> None:
    subject = a_subject(price=Decimal(price), approved_price=Decimal(100))
    assert result("price_rise", subject).finding == finding
    assert result("price_rise", a_subject()).finding == UNKNOWN


@pytest.mark.parametrize(("own", "finding"), [("100.00", CLEAR), ("99.99", BLOCK), (None, UNKNOWN)])
def test_a_price_against_ones_own_shop(own: str | None, finding: Finding) -> None:
    subject = a_subject(own_public_price=Decimal(own) if own else None)
    assert result("price_own_shop", subject).finding == finding


@pytest.mark.parametrize(("days", "finding"), [(-1, BLOCK), (0, CLEAR), (400, CLEAR), (None, UNKNOWN)])
def test_a_licence_is_valid_on_its_last_day(days: int | None, finding: Finding) -> None:
    expires = None if days is None else clock.today() + timedelta(days=days)
    assert (
        result("licence", a_subject(supplier=an_organisation(licence_expires_on=expires))).finding == finding
    )


@pytest.mark.parametrize(
    ("begin", "end", "finding"),
    [(0, 0, BLOCK), (-9, None, BLOCK), (-9, -1, CLEAR), (1, 9, CLEAR), (None, None, CLEAR), (-9, 0, BLOCK)],
)
def test_first_and_last_day_are_part_of_an_exclusion(
    begin: int | None, end: int | None, finding: Finding
) -> None:
    first, last = (None if days is None else clock.today() + timedelta(days=days) for days in (begin, end))
    supplier = an_organisation(excluded_from=first, excluded_to=last)
    assert result("exclusion", a_subject(supplier=supplier)).finding == finding


@pytest.mark.parametrize(
    ("grade", "suspended", "finding"),
    [("AAA", False, CLEAR), ("C", False, CLEAR), ("D", False, DOUBT), ("AAA", True, BLOCK)],
)
def test_credit_at_the_floor_is_clear(grade: str, suspended: bool, finding: Finding) -> None:
    supplier = an_organisation()
    assert result("credit", a_subject(supplier=supplier)).finding == UNKNOWN
    in_good_standing(supplier, grade, suspended=suspended)
    supplier.refresh_from_db()
    assert result("credit", a_subject(supplier=supplier)).finding == finding


def test_a_region_may_ask_for_more_credit() -> None:
    supplier = an_organisation()
    in_good_standing(supplier, "BB")
    supplier.refresh_from_db()
    for floor, finding in (("BB", CLEAR), ("BBB", DOUBT)):
        subject = a_subject(supplier=supplier, settings=CheckSettings(grade_floor=floor))
        assert result("credit", subject).finding == finding


def test_delivery_is_credible_by_days_and_areas() -> None:
    county = a_region("330106", "西湖区", "county")
    city = a_region("330100", "杭州市", "city")
    cases: list[tuple[int | None, tuple[str, ...], Finding]] = [
        (60, (), CLEAR),
        (61, (), DOUBT),
        (0, (), DOUBT),
        (0, (county.path,), CLEAR),
        (0, (city.path,), DOUBT),
        (1, (city.path,), CLEAR),
        (None, (), UNKNOWN),
        (3, ("no/such/",), BLOCK),
    ]
    for days, paths, finding in cases:
        found = result("delivery", a_subject(delivery_days=days, delivery_paths=paths))
        assert found.finding == finding, (days, paths)


def test_delivery_areas_lie_in_the_regions_that_the_supplier_registered() -> None:
    province = a_region("330000", "浙江省", "province")
    city = a_region("330100", "杭州市", "city", province)
    county = a_region("330106", "西湖区", "county", city)
    other = a_region("330200", "宁波市", "city", province)
    supplier = an_organisation(region=county)
    profile = SupplierProfile.objects.create(
        organisation=supplier, registered_at=clock.now(), admitted_at=clock.now()
    )

    def saw(*areas: Region) -> tuple[Finding, str, str]:
        paths = tuple(area.path for area in areas)
        found = result("delivery", a_subject(supplier=supplier, delivery_paths=paths))
        return found.finding, found.reason, found.saw

    assert saw(other)[0] == CLEAR, "nothing registered is no limit"
    profile.delivery_regions.add(city)
    assert saw(city)[0] == saw(county)[0] == CLEAR, "a region includes those below it"
    assert saw(county, other) == (DOUBT, "delivery_area_not_registered", "宁波市")
    assert saw(province)[:2] == (DOUBT, "delivery_area_not_registered")
    assert saw()[:2] == (DOUBT, "delivery_area_not_registered"), "no area means everywhere"
    assert BY_CODE["delivery_area_not_registered"].remedy
    profile.delivery_regions.set([province])
    assert saw()[0] == saw(other)[0] == CLEAR


@pytest.mark.parametrize(
    ("note", "finding", "reason"),
    [
        ("", CLEAR, ""),
        ("现货，含税含运费，质保一年", CLEAR, ""),
        ("国家级品质", BLOCK, "advertising_words"),
        ("品质最 佳", BLOCK, "advertising_words"),
        ("最·佳选择", BLOCK, "advertising_words"),
        ("全网最低", DOUBT, "advertising_words"),
        ("NO.1 品牌", DOUBT, "advertising_words"),
        ("NO.10 机架", CLEAR, ""),
        ("好评返现", DOUBT, "price_lure"),
        ("高仿", DOUBT, "forbidden_good"),
        ("最大打印幅面 A4", CLEAR, ""),
    ],
)
def test_words_of_the_list(note: str, finding: Finding, reason: str) -> None:
    found = result("words", a_subject(note=note))
    assert (found.finding, found.reason) == (finding, reason)


def test_the_operator_adds_words_and_switches_them_off() -> None:
    CheckedWord.objects.create(word="试用装", kind=WordKind.FORBIDDEN, blocks=True)
    assert result("words", a_subject(note="试用装")).finding == BLOCK
    CheckedWord.objects.filter(word="试用装").update(active=False)
    assert result("words", a_subject(note="试用装")).finding == CLEAR


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [("ＮＯ１品牌", "no1", True), ("xno1", "no1", False), ("微-信", "微信", True), ("微,信", "微信", False),
     ("a", " ", False), ("c++ 教程", "c++", True)],
)  # fmt: skip
def test_a_word_is_found_hidden_but_not_inside_another(text: str, word: str, found: bool) -> None:
    assert contains(text, word) is found


@pytest.mark.parametrize(
    ("note", "finding"),
    [
        ("联系 13812345678", BLOCK),
        ("联系 138-1234-5678", BLOCK),
        ("电话0571-88886666", BLOCK),
        ("１３８１２３４５６７８", BLOCK),
        ("QQ：12345678", BLOCK),
        ("微信号 zhang_san88", BLOCK),
        ("详见 www.example.cn", BLOCK),
        ("详见 shop.example.com/a", BLOCK),
        ("a.b@example.com", BLOCK),
        ("一三八一二三四五六七八", DOUBT),
        ("1 3 8 1 2 3 4 5 6 7 8", DOUBT),
        ("加微信优惠", DOUBT),
        ("售后 400-820-8820", DOUBT),
        ("条码 6901234567892", CLEAR),
        ("电压 220V，功率 1380W，1000 张/包", CLEAR),
        ("型号 M403d，A4 70g，2.4G WiFi，USB3.0", CLEAR),
        ("符合 GB 4943.1-2022", CLEAR),
        ("3C 证书 2023010904512345", CLEAR),
    ],
)
def test_contacts_that_lead_off_the_platform(note: str, finding: Finding) -> None:
    found = result("contacts", a_subject(note=note))
    assert found.finding == finding, found.saw


def test_keywords_are_stuffed_from_the_fourth_time_and_the_third_other_brand_on() -> None:
    good = a_good(brand="惠普")
    for name in ("佳能", "联想", "Epson"):
        Brand.objects.get_or_create(name=name)
    for note, finding in (
        ("打印机 打印机 打印机", CLEAR),
        ("打印机 打印机 打印机 打印机", DOUBT),
        ("适用 惠普 佳能 联想", CLEAR),
        ("适用 惠普 佳能 联想 EPSON", DOUBT),
        ("70 70 70 70 70", CLEAR),
    ):
        assert result("stuffing", a_subject(good=good, note=note)).finding == finding, note


def _a_picture(width: int, height: int) -> ContentFile[bytes]:
    drawn = io.BytesIO()
    Image.new("1", (width, height)).save(drawn, "PNG")
    return ContentFile(drawn.getvalue(), name="picture.png")


@pytest.mark.parametrize(
    ("picture", "finding"),
    [
        ((200, 200), CLEAR),
        ((199, 400), DOUBT),
        ((6400, 6250), CLEAR),
        ((6400, 6251), DOUBT),
        (None, UNKNOWN),
        (b"x", DOUBT),
    ],
)
def test_pictures_are_judged_by_their_head(
    picture: Any, finding: Finding, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    good = a_good()
    if picture:
        file = ContentFile(picture, name="x.png") if isinstance(picture, bytes) else _a_picture(*picture)
        good.picture.save("x.png", file)
    assert result("picture", a_subject(good=good)).finding == finding


def test_every_check_says_what_it_does_and_names_published_reasons_only() -> None:
    for check in checks:
        assert check.code == check.name
        assert str(check.label)
        assert str(check.description)
    for reason in BY_CODE.values():
        assert str(reason.title)
        assert str(reason.rule)
        assert str(reason.remedy)


def test_an_offer_that_is_only_being_typed_is_checked_as_far_as_it_goes() -> None:
    (results,) = check_all([a_subject(price=None, delivery_days=None)])
    found = {item.check: item.finding for item in results}
    assert found["price_range"] == found["price_own_shop"] == found["delivery"] == UNKNOWN
    assert found["words"] == CLEAR


def a_profile_for(supplier: Any, *codes: str) -> SupplierProfile:
    return SupplierProfile.objects.create(
        organisation=supplier, categories=list(codes), registered_at=clock.now(), admitted_at=clock.now()
    )


def test_a_good_of_a_category_outside_those_admitted_goes_to_a_person_and_ancestors_count() -> None:
    office = a_category("A02000000", "设备")
    printers = a_category("A02021003", "A4黑白打印机", parent=office)
    paper = a_category("A05040101", "复印纸")
    supplier = an_organisation()
    inside, outside = a_good(category=printers), a_good(category=paper, model="P1")

    def found(good: Any, who: Any = supplier) -> Any:
        return result("category", a_subject(good=good, supplier=who))

    assert found(inside).finding == found(outside).finding == CLEAR, "imported suppliers keep no categories"
    profile = a_profile_for(supplier)
    assert found(outside).finding == CLEAR
    profile.categories = [office.code]
    profile.save()
    assert found(inside).finding == CLEAR
    doubt = found(outside)
    assert (doubt.finding, doubt.reason) == (DOUBT, "category_not_admitted")
    assert doubt.saw == "复印纸 (A05040101)"
    assert doubt.place[0] == "/supplier/requests/?kind=category"
    profile.categories = [printers.code]
    profile.save()
    assert found(inside).finding == CLEAR
    assert found(a_good(category=office, model="X")).finding == DOUBT, "a part does not stand for the whole"


def test_an_offer_outside_the_admitted_categories_is_doubted_on_the_form_and_in_bulk() -> None:
    paper = a_category("A05040101", "复印纸")
    goods = [a_good(f"纸{n}", category=paper, model=f"P{n}") for n in range(3)]
    seller = a_supplier_actor()
    a_profile_for(seller.organisation, "A02000000")
    page = a_client_of(seller).get(f"/supplier/listings/new/{goods[0].pk}/").content.decode()
    assert 'href="/supplier/requests/?kind=category"' in page
    made = written(seller, uploaded(seller, HEADER, *priced(goods)))
    assert made.new == 3
    listings = Listing.objects.filter(supplier=seller.organisation)
    assert set(listings.values_list("review", flat=True)) == {"pending"}
    doubts = [
        row.reason
        for results in results_of(list(listings.values_list("pk", flat=True))).values()
        for row in results
        if row.check == "category"
    ]
    assert doubts == ["category_not_admitted"] * 3
