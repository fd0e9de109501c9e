"""The file of the 832 counties of origin: complete, each county once, under the province that its code names."""

from __future__ import annotations

import csv
from collections import Counter
from typing import Final

import pytest
from django.core.management import call_command

from catalog import services
from catalog.halls.place import read_place
from catalog.models import GoodOrigin, OriginCounty
from catalog.services.load_halls import DATA
from exchange.demonstration.halls import RURAL
from tests.catalog.factories import a_good

# The first two digits of GB/T 2260, and how many counties the list of 2014 has there.
OFFICIAL: Final = {
    "河北省": ("13", 45),
    "山西省": ("14", 36),
    "内蒙古自治区": ("15", 31),
    "吉林省": ("22", 8),
    "黑龙江省": ("23", 20),
    "安徽省": ("34", 20),
    "江西省": ("36", 24),
    "河南省": ("41", 38),
    "湖北省": ("42", 28),
    "湖南省": ("43", 40),
    "广西壮族自治区": ("45", 33),
    "海南省": ("46", 5),
    "重庆市": ("50", 14),
    "四川省": ("51", 66),
    "贵州省": ("52", 66),
    "云南省": ("53", 88),
    "西藏自治区": ("54", 74),
    "陕西省": ("61", 56),
    "甘肃省": ("62", 58),
    "青海省": ("63", 42),
    "宁夏回族自治区": ("64", 8),
    "新疆维吾尔自治区": ("65", 32),
}
# Under their province directly: their codes name no prefecture.
WITHOUT_CITY: Final = ("4290", "4690", "50")


def rows() -> list[dict[str, str]]:
    with (DATA / "origin_counties.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_list_has_832_counties_each_once() -> None:
    counties = rows()
    assert len(counties) == 832
    assert len({row["code"] for row in counties}) == 832
    assert len({(row["province"], row["name"]) for row in counties}) == 832
    assert [row["code"] for row in counties] == sorted(row["code"] for row in counties)


def test_every_province_has_as_many_as_the_official_list() -> None:
    assert sum(count for _, count in OFFICIAL.values()) == 832
    counted = Counter(row["province"] for row in rows())
    assert counted == {province: count for province, (_, count) in OFFICIAL.items()}


def test_a_code_names_province_and_city_of_its_county() -> None:
    cities: dict[str, str] = {}
    for row in rows():
        code = row["code"]
        assert len(code) == 6 and code.isascii() and code.isdigit() and not code.endswith("00"), row
        assert code.startswith(OFFICIAL[row["province"]][0]), row
        if code.startswith(WITHOUT_CITY):
            assert row["city"] == "", row
        else:
            assert row["city"].endswith(("市", "州", "盟", "地区")), row
            assert cities.setdefault(code[:4], row["city"]) == row["city"], row
    assert len(set(cities.values())) == len(cities)


def test_names_are_whole_and_say_what_kind_of_county_it_is() -> None:
    for row in rows():
        assert all(value == value.strip() for value in row.values()), row
        assert row["name"].endswith(("县", "市", "区", "旗", "行政委员会")), row
        assert row["listed_as"] != row["name"], row


@pytest.mark.parametrize(
    ("listed_as", "code", "name"),
    [
        ("平泉县", "130881", "平泉市"),
        ("上饶县", "361104", "广信区"),
        ("水城县", "520204", "水城区"),
        ("那曲县", "540602", "色尼区"),
        ("错那县", "540581", "错那市"),
        ("旬阳县", "610981", "旬阳市"),
        ("茫崖行委", "632803", "茫崖市"),
    ],
)
def test_a_county_that_was_renamed_stands_there_once_as_it_is_called_today(
    listed_as: str, code: str, name: str
) -> None:
    found = [row for row in rows() if listed_as in (row["listed_as"], row["name"])]
    assert [(row["code"], row["name"]) for row in found] == [(code, name)]


@pytest.mark.parametrize(
    ("province", "name"),
    [
        ("河北省", "涿鹿县"),  # a part of it was counted by itself in 2012
        ("四川省", "恩阳区"),  # split from 巴州区 in 2013
        ("四川省", "西昌市"),
        ("贵州省", "兴义市"),
        ("甘肃省", "秦州区"),
        ("新疆维吾尔自治区", "和康县"),  # split from 皮山县 in 2024
    ],
)
def test_neighbours_that_were_never_on_the_list_are_not_there(province: str, name: str) -> None:
    assert not [row for row in rows() if (row["province"], row["name"]) == (province, name)]


@pytest.mark.django_db
def test_the_whole_list_is_loaded_and_a_second_run_changes_nothing() -> None:
    call_command("load_halls", verbosity=0)
    assert OriginCounty.objects.count() == 832
    assert services.load_origin_counties() == 0
    assert str(OriginCounty.objects.get(code="141030")) == "山西省临汾市大宁县"


@pytest.mark.django_db
def test_a_platform_that_has_a_part_of_the_list_gets_the_rest() -> None:
    """Goods keep the county they were entered with; the county gets the name it has today."""
    county = OriginCounty.objects.create(code="340882", name="潜山县", city="安庆市", province="安徽省")
    origin = GoodOrigin.objects.create(good=a_good(), county=county, producer="天柱山茶场")
    assert services.load_origin_counties() == 832
    origin.refresh_from_db()
    assert (origin.county_id, origin.county.name) == (county.pk, "潜山市")


@pytest.mark.django_db
def test_counties_of_the_demonstration_are_on_the_list() -> None:
    services.load_origin_counties()
    codes = {code for _, code, *_ in RURAL}
    assert OriginCounty.objects.filter(code__in=codes).count() == len(codes)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "label"), [("63", "青海省"), ("624", ""), ("532628", "富宁县"), ("429021", "神农架林区")]
)
def test_every_province_and_county_of_the_list_can_be_a_part_of_a_hall(part: str, label: str) -> None:
    services.load_origin_counties()
    place, trouble = read_place(1, f"origin-{part}")
    assert place.label == label
    assert bool(trouble) is not bool(label)
