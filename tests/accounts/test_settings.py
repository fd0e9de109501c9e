"""Settings by region: declared, inherited, checked, audited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import settings
from accounts.errors import BadSetting
from accounts.models import RegionSetting
from tests.factories.accounts import (
    HAISHU,
    HANGZHOU,
    XIHU,
    ZHEJIANG,
    a_region,
    an_actor,
    an_organisation,
    signed_in,
)
from zcy.errors import NotAllowed
from zcy.models import AuditEntry

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Trial:
    limit: Decimal = settings.setting(Decimal("100.00"), label="limit", unit="¥", least=0, most=1000)
    days: int = settings.setting(3, label="days", least=1)
    open: bool = settings.setting(False, label="open")
    halls: tuple[str, ...] = settings.setting(("super", "green"), label="halls")
    since: date = settings.setting(date(2026, 1, 1), label="since")
    mode: str = settings.setting("a", label="mode", choices={"a": "A", "b": "B"})


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_groups", dict(settings._groups))
    monkeypatch.setattr(settings, "_declared", dict(settings._declared))
    settings.declare("trial", "Trial")(Trial)


def put(code: str, key: str, value: Any) -> None:
    lead = an_actor("supervision_lead", organisation=an_organisation("supervisor", ZHEJIANG))
    settings.set_value(actor=lead, region=a_region(code), key=f"trial.{key}", value=value)


def test_without_values_the_defaults_hold():
    assert settings.get(a_region(), Trial) == Trial()
    assert settings.get(None, Trial) == Trial()


def test_a_county_inherits_from_city_and_province_and_overrides_them():
    put(ZHEJIANG, "limit", "500")
    assert settings.get(a_region(XIHU), Trial).limit == Decimal("500")
    put(HANGZHOU, "limit", "600")
    put(XIHU, "days", "9")
    assert settings.get(a_region(XIHU), Trial) == Trial(limit=Decimal("600"), days=9)
    assert settings.get(a_region(HAISHU), Trial).limit == Decimal("500")
    assert settings.inherited(a_region(XIHU), "trial.limit") == (Decimal("600"), a_region(HANGZHOU).path)


def test_all_settings_of_all_regions_are_one_query_and_then_none():
    put(ZHEJIANG, "limit", "500")
    region = a_region()
    with CaptureQueriesContext(
        connection,
    ) as first:
        settings.get(region, Trial)
    with CaptureQueriesContext(connection) as second:
        settings.get(region, Trial)
    assert (len(first), len(second)) == (1, 0)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("limit", "a lot"), ("limit", "-1"), ("limit", "1000.01"), ("limit", "NaN"), ("limit", "1e99"), ("days", "0"),
        ("days", "1.5"), ("open", "perhaps"), ("since", "2026-02-30"), ("mode", "c"), ("nothing", "1"), ("limit", ""),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_and_nothing_is_written(key: str, value: str):
    with pytest.raises(BadSetting):
        put(ZHEJIANG, key, value)
    assert not RegionSetting.objects.exists()


def test_typed_texts_become_the_declared_types():
    for key, value in {
        "open": "是",
        "halls": "green, rural",
        "since": "2026-05-01",
        "limit": "1,000.00",
    }.items():
        put(ZHEJIANG, key, value)
    assert settings.get(a_region(), Trial) == Trial(
        limit=Decimal("1000.00"), open=True, halls=("green", "rural"), since=date(2026, 5, 1)
    )


def test_nobody_decides_for_a_region_above_or_beside():
    lead = an_actor("supervision_lead", organisation=an_organisation("supervisor", HANGZHOU))
    with pytest.raises(NotAllowed):
        settings.set_value(actor=lead, region=a_region(ZHEJIANG), key="trial.limit", value="1")
    with pytest.raises(NotAllowed):
        settings.set_value(actor=lead, region=a_region(HAISHU), key="trial.limit", value="1")


def test_in_the_administration_a_lead_sets_a_value_and_sees_the_inherited_one():
    put(ZHEJIANG, "limit", "500")
    browser = signed_in("supervision_lead", organisation=an_organisation("supervisor", HANGZHOU))
    add = reverse("admin:accounts_regionsetting_add")
    typed = {"region": a_region(XIHU).pk, "key": "trial.limit", "value": "5000", "reason": ""}
    refused = browser.post(add, typed)
    assert "1000" in str(refused.context["adminform"].errors)
    assert browser.post(add, typed | {"value": "250"}).status_code == 302
    assert settings.get(a_region(XIHU), Trial).limit == Decimal("250")
    row = RegionSetting.objects.get(region__code=XIHU)
    page = browser.get(reverse("admin:accounts_regionsetting_change", args=[row.pk])).content.decode()
    assert "500 (浙江省)" in page
    assert AuditEntry.objects.filter(
        action="setting.changed", data__key="trial.limit", data__value="250"
    ).exists()
    province = RegionSetting.objects.get(region__code=ZHEJIANG)
    above = reverse("admin:accounts_regionsetting_change", args=[province.pk])
    assert browser.get(above).status_code == 302  # not to be seen: back to the index
