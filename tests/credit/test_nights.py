"""A night against the slow reference; catching up, running twice, replaying: always the same digits."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import SupplierStanding
from credit.models import (
    CreditContribution,
    CreditObservation,
    CreditPrior,
    CreditSnapshot,
    CreditState,
    GradeChange,
)
from credit.nightly import contributions, parts
from credit.replay import replay, replay_many
from orders.models import Evaluation, Shipment
from tests.credit.markets import START, Market, a_random_market, an_empty_market, at, night
from zcy.registries import NightContext

pytestmark = pytest.mark.django_db
TABLES = (
    "credit_creditcontribution",
    "credit_creditsnapshot",
    "credit_creditobservation",
    "credit_creditprior",
    "credit_creditmembership",
    "credit_gradechange",
    "credit_creditsum",
    "credit_creditstate",
    "accounts_supplierstanding",
)
FIELDS = ("score", "lower", "upper", "grade", "provisional", "effective_n", "observed", "parts", "limit")


def snapshot(supplier_id: int, day: date) -> CreditSnapshot:
    return CreditSnapshot.objects.filter(supplier_id=supplier_id, as_of=day).latest("revision")


def everything() -> list[tuple[object, ...]]:
    return [
        *CreditSnapshot.objects.order_by("id").values_list(
            "id", "supplier_id", "as_of", "revision", "score", "grade"
        ),
        *CreditObservation.objects.order_by("id").values_list("id", "reversal_of_id"),
        *CreditPrior.objects.order_by("id").values_list("id", "value"),
        *CreditContribution.objects.order_by("id").values_list("id"),
        *GradeChange.objects.order_by("id").values_list("id"),
        *SupplierStanding.objects.order_by("pk").values_list("pk", "grade", "ranking_factor", "as_of"),
    ]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("last", [date(2025, 8, 31), date(2025, 12, 17)])
def test_a_night_agrees_with_the_definition_read_naively(seed: int, last: date) -> None:
    market = a_random_market(seed)
    market.suppliers[1].excluded_from, market.suppliers[1].excluded_to = date(2025, 5, 5), date(2025, 5, 20)
    market.suppliers[2].licence_expires_on = last - timedelta(days=1)
    for changed in market.suppliers[1:3]:
        changed.save()
    night(last, first=START)
    slow = market.reference()
    begin = CreditObservation.objects.earliest("effective_on").effective_on
    for supplier in slow.suppliers:
        expected, found = slow.at(supplier, last, begin), snapshot(int(supplier.id), last)
        assert float(found.score) == pytest.approx(expected.score, abs=0.0051)
        assert float(found.lower) == pytest.approx(expected.lower, abs=1e-4)
        assert float(found.upper) == pytest.approx(expected.upper, abs=1e-4)
        assert float(found.effective_n) == pytest.approx(expected.number, abs=1e-4)
        assert (found.grade, found.provisional) == (expected.grade, expected.provisional)
        for name, points in expected.points.items():
            assert found.parts[name]["points"] == pytest.approx(points, abs=1e-4)


@pytest.mark.slow
def test_one_catch_up_and_every_night_give_the_same() -> None:
    a_random_market(3, orders=120, days=80)
    last = START + timedelta(days=100)
    night(last, first=START)
    at_once = {row.supplier_id: row for row in CreditSnapshot.objects.filter(as_of=last)}
    standings = list(
        SupplierStanding.objects.order_by("pk").values_list("pk", "grade", "score", "ranking_factor")
    )
    # Begin again in an empty ledger.
    forget_everything()
    day = START
    while day <= last:
        night(day, shards=1)
        day += timedelta(days=1)
    for supplier_id, before in at_once.items():
        after = snapshot(supplier_id, last)
        assert {name: getattr(after, name) for name in FIELDS} == {
            name: getattr(before, name) for name in FIELDS
        }
    assert standings == list(
        SupplierStanding.objects.order_by("pk").values_list("pk", "grade", "score", "ranking_factor")
    )
    assert not CreditSnapshot.objects.filter(revision__gt=1).exists()


def forget_everything() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_a_second_run_changes_nothing() -> None:
    a_random_market(4)
    last = date(2025, 9, 12)
    night(last, first=START)
    before = everything()
    assert night(last, first=START) == {"observations": 0, "priors": 0, "scores": 0}
    assert everything() == before


def test_an_interrupted_night_is_finished_by_running_it_again() -> None:
    a_random_market(5)
    last = date(2025, 9, 12)
    parts.observe(NightContext(0, START, last, 1, 2))
    night(last, first=START, shards=3)
    finished = {row.supplier_id: row.score for row in CreditSnapshot.objects.filter(as_of=last)}
    CreditState.objects.filter(supplier_id=min(finished)).delete()
    night(last, first=START)
    again = {row.supplier_id: row.score for row in CreditSnapshot.objects.filter(as_of=last)}
    assert again == finished
    assert not CreditSnapshot.objects.filter(revision__gt=1).exists()


def test_contributions_add_up_to_the_score() -> None:
    a_random_market(6, orders=400)
    last = date(2025, 10, 31)
    night(last, first=START)
    rows = CreditSnapshot.objects.filter(as_of=last)
    assert CreditContribution.objects.exists()
    for row in rows:
        assert contributions.total(row) == pytest.approx(float(row.score), abs=0.01)


def test_a_replay_gives_the_snapshot_to_the_last_digit() -> None:
    market = a_random_market(7)
    night(date(2025, 7, 13), first=START)
    night(date(2025, 7, 14))
    night(date(2025, 9, 30), first=date(2025, 7, 15))
    for row in CreditSnapshot.objects.all():
        fields = replay(row.supplier_id, row.as_of, row.known_at).fields()
        assert {name: fields[name] for name in FIELDS} == {name: getattr(row, name) for name in FIELDS}
    assert set(replay_many([s.pk for s in market.suppliers], date(2025, 8, 8))) == {
        s.pk for s in market.suppliers
    }


def test_what_is_learned_late_adds_revisions_and_leaves_the_old_ones() -> None:
    market = a_random_market(8)
    night(date(2025, 9, 30), first=START)
    supplier = market.suppliers[0]
    before = snapshot(supplier.pk, date(2025, 9, 30))
    order = market.order(supplier, market.buyers[0], date(2025, 7, 1), promised_on=date(2025, 7, 4))
    Shipment.objects.create(
        order=order, origin="imported", shipped_at=at(START), delivered_at=at(date(2025, 8, 1))
    )
    night(date(2025, 10, 31), first=date(2025, 10, 1))
    after = snapshot(supplier.pk, date(2025, 9, 30))
    assert (after.revision, before.revision) == (2, 1)
    assert after.score < before.score
    before.refresh_from_db()
    for row in (before, after):
        assert replay(supplier.pk, row.as_of, row.known_at).fields()["score"] == row.score
    other = snapshot(market.suppliers[1].pk, date(2025, 9, 30))
    assert other.revision == 1


def test_a_corrected_fact_is_taken_back_in_the_ledger() -> None:
    market = an_empty_market()
    order = market.order(market.suppliers[0], market.buyers[0], START)
    opinion = Evaluation.objects.create(
        order=order, by_side="buyer", at=at(START), stars=5, origin="imported"
    )
    night(date(2025, 1, 31), first=START)
    Evaluation.objects.filter(pk=opinion.pk).update(stars=1)
    night(date(2025, 2, 28))
    row = snapshot(market.suppliers[0].pk, date(2025, 2, 28))
    assert row.parts["evaluations"]["mean"] < 0.85
    assert CreditObservation.objects.filter(reversal_of__isnull=False).count() == 1


def test_an_empty_market_has_newcomers_only() -> None:
    market = an_empty_market()
    night(date(2025, 1, 31))
    row = snapshot(market.suppliers[0].pk, date(2025, 1, 31))
    assert (row.grade, row.provisional, row.observed) == ("BBB", True, False)
    # 41.667·.9 + 33.333·.95 + 25·.85
    assert float(row.score) == 90.42
    assert not CreditPrior.objects.exists()
    standing = SupplierStanding.objects.get(supplier=market.suppliers[0])
    assert (standing.grade, standing.provisional, standing.deposit_rate) == ("BBB", True, Decimal(1))


def test_no_supplier_at_all() -> None:
    assert night(date(2025, 1, 31)) == {"observations": 0, "priors": 0, "scores": 0}


def test_a_supplier_without_observations_among_others_is_bbb_and_provisional() -> None:
    market = a_random_market(9)
    night(date(2025, 9, 30), first=START)
    row = snapshot(market.suppliers[-1].pk, date(2025, 9, 30))
    assert (row.grade, row.provisional, row.observed, row.effective_n) == ("BBB", True, False, Decimal(0))


def test_priors_are_stored_once_and_never_changed() -> None:
    market = a_random_market(10)
    night(date(2025, 8, 31), first=START)
    before = dict(CreditPrior.objects.values_list("id", "value"))
    market.order(market.suppliers[0], market.buyers[0], date(2025, 3, 3), promised_on=date(2025, 3, 4))
    night(date(2025, 9, 30))
    assert before.items() <= dict(CreditPrior.objects.values_list("id", "value")).items()


def test_a_night_before_the_last_is_added_without_touching_the_standing() -> None:
    market = a_random_market(11)
    night(date(2025, 9, 30), first=START)
    standing = SupplierStanding.objects.get(supplier=market.suppliers[0])
    night(date(2025, 8, 14), first=START)
    row = snapshot(market.suppliers[0].pk, date(2025, 8, 14))
    assert replay(row.supplier_id, row.as_of).fields()["score"] == row.score
    assert SupplierStanding.objects.get(supplier=market.suppliers[0]).as_of == standing.as_of
    night(date(2025, 10, 31), first=date(2025, 10, 1))
    check_against_ledger(market, date(2025, 10, 31))


def check_against_ledger(market: Market, day: date) -> None:
    for supplier in market.suppliers:
        row = snapshot(supplier.pk, day)
        assert replay(supplier.pk, day).fields()["parts"] == row.parts
