"""The page of a night: what every rule found in number and value, in words, its shards added up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from tests.factories.accounts import signed_in
from zcy.admin.nights import Share, outcomes
from zcy.models import NightlyPartRun, NightlyRun

pytestmark = pytest.mark.django_db
RULE = "rules_late-delivery"


@pytest.fixture(autouse=True)
def _english(settings: Any) -> Iterator[None]:
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


def told(flagged: int, clear: int, missing: int, reasons: dict[str, int]) -> dict[str, object]:
    def share(count: int) -> dict[str, object]:
        return {"count": count, "value": f"{count * 100}.50"}

    return {
        "warnings": flagged,
        "flagged": share(flagged),
        "clear": share(clear),
        "not_evaluable": share(missing),
        "reasons": {name: share(count) for name, count in reasons.items()},
    }


@pytest.fixture
def run() -> NightlyRun:
    found = NightlyRun.objects.create(first=date(2026, 3, 10), last=date(2026, 3, 10), state="done")
    for shard, figures in enumerate(
        (
            told(2, 10, 3, {"no_promise": 3}),
            told(1, 5, 4, {"no_promise": 1, "no_delivery_record": 3}),
        )
    ):
        NightlyPartRun.objects.create(
            run=found, part=RULE, stage=2, shard=shard, shards=2, state="done", figures=figures
        )
    NightlyPartRun.objects.create(
        run=found, part="price_statistics", stage=1, state="done", figures={"full": True, "groups": 1234}
    )
    NightlyPartRun.objects.create(run=found, part="gone", stage=1, state="done", figures={"things": 3})
    return found


def test_a_rule_is_one_row_with_its_shards_added_up(run: NightlyRun) -> None:
    (row,) = outcomes(run.parts.all())
    assert row.label == "Late delivery"
    assert row.flagged == Share(3, Decimal("301.00"))
    assert row.clear == Share(15, Decimal("1501.00"))
    assert row.not_evaluable == Share(7, Decimal("701.00"))
    assert {reason: share.count for reason, share in row.reasons.items()} == {
        "no delivery date was promised": 4,
        "there is no record of the delivery": 3,
    }


@pytest.mark.parametrize(("role", "may_rerun"), [("system_admin", True), ("supervisor", False)])
def test_the_page_shows_outcomes_and_offers_to_run_a_part_again(
    run: NightlyRun, role: str, may_rerun: bool
) -> None:
    page = signed_in(role).get(reverse("admin:zcy_nightlyrun_change", args=[run.pk])).content.decode()
    assert "¥1,501.00" in page
    assert ("rerun/" in page) is may_rerun
    assert "no_promise" not in page


def test_a_night_without_parts_has_a_page() -> None:
    empty = NightlyRun.objects.create(first=date(2026, 3, 9), last=date(2026, 3, 9))
    answer = signed_in("system_admin").get(reverse("admin:zcy_nightlyrun_change", args=[empty.pk]))
    assert answer.status_code == 200
