"""Halls: what each region shows, and what their pages say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import SupplierStanding
from catalog import services
from catalog.halls.of_region import halls_of
from catalog.halls.units import Basis, basis_of
from catalog.models import (
    GoodOrigin,
    Hall,
    HallRegion,
    HallRule,
    OriginCounty,
)
from tests.catalog.factories import (
    a_buyer_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_region,
    an_organisation,
    deals,
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


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


def test_a_region_chooses_orders_and_names_its_halls_and_those_below_inherit_it() -> None:
    province = a_region("330000", "浙江省", "province")
    city = a_region("330100", "杭州市", "city", province)
    county = a_region("330106", "西湖区", "county", city)
    other = a_region("330200", "宁波市", "city", province)
    market, green = a_hall("supermarket", "supermarket"), a_hall()
    Hall.objects.filter(pk=market.pk).update(order=1)
    HallRegion.objects.create(hall=green, region=province, name="绿色采购馆", order=0)
    HallRegion.objects.create(hall=green, region=county, name="西湖绿馆")
    HallRegion.objects.create(hall=market, region=city, shown=False)
    assert [hall.name for hall in halls_of(None)] == ["馆supermarket", "馆green"]
    assert [hall.name for hall in halls_of(other)] == ["绿色采购馆", "馆supermarket"]
    assert [hall.name for hall in halls_of(city)] == ["绿色采购馆"]
    assert [hall.name for hall in halls_of(county)] == ["西湖绿馆"]
    HallRegion.objects.create(hall=market, region=county, shown=True)
    assert [hall.slug for hall in halls_of(county)] == ["green", "supermarket"]


def test_the_header_leads_to_the_halls_of_one_s_region() -> None:
    hall = a_hall()
    actor = a_buyer_actor()
    own = actor.region
    assert own is not None
    browser = a_client_of(actor)
    assert 'href="/halls/green/">馆green' in page(browser, "/search/")
    HallRegion.objects.create(hall=hall, region=own, name="本县绿馆")
    html = page(browser, "/search/")
    assert "本县绿馆" in html
    assert "馆green" in page(Client(), "/search/")


def test_an_unknown_hall_and_one_that_the_region_hides_tell_which_are_open(client: Client) -> None:
    a_hall("supermarket", "supermarket")
    hall = a_hall()
    for address in ("/halls/nowhere/", "/halls/nowhere/goods/"):
        html = page(client, address, 404)
        assert 'href="/halls/supermarket/"' in html
    actor = a_buyer_actor()
    own = actor.region
    assert own is not None
    HallRegion.objects.create(hall=hall, region=own, shown=False)
    assert "does not show this hall" in page(a_client_of(actor), "/halls/green/", 404)
    page(client, "/halls/green/")
    Hall.objects.filter(pk=hall.pk).update(active=False)
    page(client, "/halls/green/", 404)


@pytest.mark.parametrize("layout", ["supermarket", "rural", "enterprise", "green", "services"])
def test_every_layout_opens_empty_and_full(client: Client, layout: str) -> None:
    a_hall("x", layout)
    assert "Nothing is admitted" in page(client, "/halls/x/")
    supplier = an_organisation(size="small", name="小微企业甲")
    SupplierStanding.objects.create(supplier=supplier, grade="A", provisional=False)
    listing = a_listing_on_sale(
        a_good("高山云雾茶", labels=["rural", "green"], unit="小时"), supplier=supplier
    )
    GoodOrigin.objects.create(
        good=listing.good, county=a_county(), producer="云雾合作社", share=Decimal("0.8")
    )
    services.refresh_goods()
    cache.clear()
    html = page(client, "/halls/x/")
    assert "高山云雾茶" in html
    if layout == "rural":
        for text in ("云南省", "镇沅县", "云雾合作社", "80.0%", "part=origin-530825"):
            assert text in html
    if layout == "enterprise":
        assert "小微企业甲" in html
    if layout == "green":
        assert "part=label-green" in html
    if layout == "services":
        assert "per hour of work" in html
        assert "¥1,980.00/小时" in html


def test_the_list_of_a_hall_searches_narrows_and_stays_in_the_hall(client: Client) -> None:
    a_hall("rural", "rural", label=["rural"])
    tea = a_listing_on_sale(a_good("普洱熟茶", labels=["rural"], brand="普洱", model="T1"), price="60")
    rice = a_listing_on_sale(a_good("五常大米", labels=["rural"], brand="五常", model="R1"), price="90")
    chair = a_listing_on_sale(a_good("办公椅", brand="震旦", model="C1"))
    GoodOrigin.objects.create(good=tea.good, county=a_county(), producer="甲")
    GoodOrigin.objects.create(good=rice.good, county=a_county("230183", "尚志市", "黑龙江省"), producer="乙")
    html = page(client, "/halls/rural/goods/")
    assert f"/goods/{tea.good_id}/" in html
    assert f"/goods/{rice.good_id}/" in html
    for address in ("/halls/rural/goods/", "/halls/rural/goods/?q=办公椅"):
        assert f"/goods/{chair.good_id}/" not in page(client, address)
    assert f"/goods/{chair.good_id}/" in page(client, "/search/?q=办公椅")
    html = page(client, "/halls/rural/goods/?part=origin-53")
    assert f"/goods/{tea.good_id}/" in html
    assert f"/goods/{rice.good_id}/" not in html
    assert "Remove the filter" in html
    assert f"/goods/{rice.good_id}/" not in page(client, "/halls/rural/goods/?sort=price&max=80")
    assert f"/goods/{tea.good_id}/" in page(client, "/halls/rural/goods/?part=label-rural")


@pytest.mark.parametrize(
    "part", ["origin-99", "origin-x", "label-none", "size-tiny", "colour-red", "-", "x\x00"]
)
def test_a_part_that_is_none_is_told_and_the_whole_hall_shown(client: Client, part: str) -> None:
    a_hall("supermarket", "supermarket")
    listing = a_listing_on_sale()
    html = client.get("/halls/supermarket/goods/", {"part": part})
    assert html.status_code == 400
    assert f"/goods/{listing.good_id}/" in html.content.decode()
    assert "has no part" in html.content.decode()


def test_hall_pages_need_few_statements_for_10_and_for_40_goods_alike(client: Client) -> None:
    a_hall("supermarket", "supermarket")

    def statements(url: str) -> int:
        cache.clear()
        page(client, url)
        with CaptureQueriesContext(connection) as caught:
            page(client, url)
        return len(caught)

    many_goods_on_sale(10)
    few = [statements(url) for url in ("/halls/supermarket/", "/halls/supermarket/goods/?size=48")]
    many_goods_on_sale(30, brand="惠普")
    assert [statements(url) for url in ("/halls/supermarket/", "/halls/supermarket/goods/?size=48")] == few
    assert max(few) <= 8


def test_the_share_of_a_hall_counts_the_region_with_those_below_and_the_sizes_it_is_for(
    client: Client,
) -> None:
    sme = a_hall("sme", "enterprise", supplier_size=["small"])
    good, chair = a_good(), a_good("办公椅", model="C1")
    small, large = an_organisation(size="small"), an_organisation(size="large")
    a_listing_on_sale(good, supplier=small)
    a_listing_on_sale(chair, supplier=large)
    province = a_region("330000", "浙江省", "province")
    city = a_region("330100", "杭州市", "city", province)
    county = a_region("330182", "建德市", "county", city)
    deals(good, ["300"], suppliers=[small], region=county)
    deals(good, ["100"], suppliers=[large], region=county)
    deals(chair, ["600"], suppliers=[large], region=city)
    deals(good, ["500"], suppliers=[small], region=county, days_ago=95)
    services.refresh_shares(clock.today())
    assert {share.region_id: (share.amount, share.total) for share in sme.shares.all()} == {
        county.pk: (Decimal(300), Decimal(400)),
        city.pk: (Decimal(300), Decimal(1000)),
        province.pk: (Decimal(300), Decimal(1000)),
    }
    assert "30.0%" in page(client, "/halls/sme/")


@pytest.mark.parametrize(
    ("unit", "basis"),
    [
        ("小时", Basis.HOUR),
        ("工时", Basis.HOUR),
        ("元/小时", Basis.HOUR),
        ("平方米·月", Basis.AREA),
        ("㎡", Basis.AREA),
        ("年", Basis.PERIOD),
        ("份", Basis.ITEM),
        ("次", Basis.ITEM),
        ("", Basis.ITEM),
    ],
)
def test_a_unit_tells_what_the_price_is_for(unit: str, basis: Basis) -> None:
    assert basis_of(unit) is basis


def test_halls_and_counties_are_loaded_once(tmp_path: Any) -> None:
    assert services.load_halls() == 5
    assert services.load_halls() == 0
    Hall.objects.filter(slug="green").update(name="低碳馆", active=False)
    services.load_halls()
    assert Hall.objects.get(slug="green").name == "低碳馆"
    loaded = services.load_origin_counties()
    assert loaded == OriginCounty.objects.count() > 0
    assert services.load_origin_counties() == 0
    file = tmp_path / "counties.csv"
    file.write_bytes(
        "code,name,city,province\n530825,镇沅彝族哈尼族拉祜族自治县,普洱市,云南省\n".encode("gb18030")
    )
    services.load_origin_counties(path=file)
    assert OriginCounty.objects.get(code="530825").city == "普洱市"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,name\n1,2\n", "the column city, province is missing"),
        ("code,name,city,province\n53082,镇沅,,云南省\n", "line 2: “53082” is no code"),
        ("code,name,city,province\n530800,普洱市,,云南省\n", "is no code of a county"),
        ("code,name,city,province\n530825,,,云南省\n", "name and province"),
    ],
)
def test_a_wrong_file_of_counties_is_refused_whole(tmp_path: Any, text: str, said: str) -> None:
    from catalog.errors import BadCategoryFile

    file = tmp_path / "counties.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadCategoryFile, match=said):
        services.load_origin_counties(path=file)
    assert not OriginCounty.objects.exists()
