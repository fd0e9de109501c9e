"""A standard good's number, its equivalents, and the labels that follow its certificates."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from catalog.gtin import clean_gtin, show_gtin
from catalog.models import Good, GoodChange, GoodLabel
from catalog.services import refresh_key_hashes, refresh_labels
from catalog.services.labels import fade_labels
from catalog.values import normal, normal_sql
from tests.catalog.factories import a_category, a_good, an_attribute
from tests.catalog.good_factories import a_category_of_printers
from zcy import clock
from zcy.registries import NightContext

NIGHT = NightContext(run_id=1, first=clock.today(), last=clock.today())

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("6901234567892", "06901234567892"),  # EAN-13
        ("012345678905", "00012345678905"),  # UPC-A
        ("96385074", "00000096385074"),  # EAN-8
        ("16901234567899", "16901234567899"),  # GTIN-14
        (" 690-1234 567892 ", "06901234567892"),
        ("６９０１２３４５６７８９２", "06901234567892"),
        ("", ""),
    ],
)
def test_a_number_under_a_bar_code_is_kept_as_fourteen_digits(written: str, kept: str) -> None:
    assert clean_gtin(written) == kept
    assert clean_gtin(show_gtin(kept)) == kept


@pytest.mark.parametrize(
    "wrong", ["6901234567893", "69012345678", "6901234567892X", "0000000000000", "1", "١٢٣٤٥٦٧٠"]
)
def test_a_wrong_number_is_refused_and_the_right_digit_is_named(wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        clean_gtin(wrong)
    if wrong == "6901234567893":
        assert "2" in str(refused.value)


def test_two_active_goods_never_bear_one_number() -> None:
    a_good(gtin="06901234567892")
    with pytest.raises(IntegrityError, match="gtin_is_unique_among_active_goods"), transaction.atomic():
        a_good(model="B", gtin="06901234567892")
    a_good(model="C", gtin="06901234567892", state="retired")


@pytest.mark.parametrize(
    "value",
    [16, 16.0, "16", "16.0", " 16 ", "１６", "A4", "a4", "Ａ４", True, False, "1.50", "黑 色", "黑  色", ["B", "a"],
     0, "0.0", "-3.10", "1e3", "v1.0", 1234567.125, "½"],
)  # fmt: skip
def test_python_and_the_database_spell_values_alike(value: object) -> None:
    import json

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {normal_sql('v')} FROM (SELECT %s::jsonb AS v) AS t", [json.dumps(value)])
        assert cursor.fetchone()[0] == normal(value)


def hash_of(good: Good) -> str:
    return Good.objects.values_list("key_hash", flat=True).get(pk=good.pk)


def test_goods_equal_in_all_key_attributes_are_equivalent_however_they_are_written() -> None:
    category = a_category_of_printers()
    one = a_good(category=category, spec={"ppm": 20, "link": "USB", "series": "甲"})
    same = a_good(model="B", brand="佳能", category=category, spec={"ppm": "20.0", "link": "ｕｓｂ"})
    faster = a_good(model="C", category=category, spec={"ppm": 30, "link": "USB"})
    silent = a_good(model="D", category=category, spec={"ppm": 20})
    assert refresh_key_hashes() == 3
    assert hash_of(one) == hash_of(same) != ""
    assert hash_of(faster) not in ("", hash_of(one))
    assert hash_of(silent) == ""
    assert refresh_key_hashes() == 0


def test_a_category_without_key_attributes_has_no_equivalents_and_loses_them_with_the_attribute() -> None:
    category = a_category("A1", "其他")
    key = an_attribute(category, "size", "尺寸", is_key=True)
    good = a_good(category=category, spec={"size": "1"})
    refresh_key_hashes([good.pk])
    assert hash_of(good)
    key.delete()
    refresh_key_hashes([good.pk])
    assert hash_of(good) == ""


def test_the_page_of_a_good_names_its_equivalents_and_where_they_come_from(client: Client) -> None:
    category = a_category_of_printers()
    spec = {"ppm": 20, "link": "USB"}
    good = a_good(category=category, spec=spec)
    twin = a_good(
        "佳能 LBP2900 打印机", model="LBP2900", brand="佳能", category=category, spec=spec, origin="中国"
    )
    a_good("另一台打印机", model="Z", category=category, spec={"ppm": 40, "link": "USB"})
    refresh_key_hashes()
    page = client.get(f"/goods/{good.pk}/").content.decode()
    equals = page[page.index('id="equivalents"') :]
    assert twin.name in equals
    assert "中国" in equals
    assert "另一台打印机" not in equals


def labels_of(good: Good) -> list[str]:
    return Good.objects.values_list("labels", flat=True).get(pk=good.pk)


def test_labels_follow_their_certificates_and_fade_with_them() -> None:
    today = clock.today()
    good = a_good(labels=["green"])  # stated by the source of an import, without a certificate
    GoodLabel.objects.create(good=good, label="energy_saving", certificate="CQC1", expires_on=today)
    GoodLabel.objects.create(
        good=good, label="xinchuang", certificate="X1", expires_on=today - timedelta(days=1)
    )
    refresh_labels([good.pk])
    assert labels_of(good) == ["energy_saving", "green"]
    refresh_labels(day=today + timedelta(days=1))
    assert labels_of(good) == ["green"]
    assert refresh_labels(day=today + timedelta(days=1)) == []


def test_the_night_takes_expired_labels_away_and_writes_it_into_the_history() -> None:
    good = a_good(labels=["energy_saving"])
    day = clock.today()
    GoodLabel.objects.create(
        good=good, label="energy_saving", certificate="CQC1", expires_on=day - timedelta(days=1)
    )
    assert fade_labels(NIGHT) == {"rows": 1}
    change = GoodChange.objects.get()
    assert (change.kind, change.changes) == ("labels", {"labels": ["energy_saving", ""]})
    assert fade_labels(NIGHT) == {"rows": 0}
