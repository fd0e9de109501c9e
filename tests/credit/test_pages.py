"""The supplier's page, the administration and the export."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.roles import Role
from credit import queries
from credit.models import BonusProposal, CreditContribution, CreditSnapshot
from credit.services import propose_bonus
from tests.credit.markets import START, Market, a_random_market, an_empty_market, night
from tests.factories.accounts import an_actor, signed_in

pytestmark = pytest.mark.django_db
LAST = date(2025, 11, 12)


def the_supplier(market: Market, number: int = 0) -> Client:
    return signed_in(Role.SUPPLIER_CLERK, organisation=market.suppliers[number])


def test_a_supplier_reads_its_credit(django_assert_max_num_queries: Any) -> None:
    market = a_random_market(20)
    night(LAST, first=START)
    client = the_supplier(market)
    client.get("/supplier/credit/")
    with django_assert_max_num_queries(18):
        answer = client.get("/supplier/credit/", headers={"accept-language": "en"})
    page = answer.content.decode()
    row = CreditSnapshot.objects.get(supplier=market.suppliers[0], as_of=LAST)
    assert answer.status_code == 200
    assert str(row.score) in page
    assert "<polyline" in page
    assert "style=" not in page.split("<main", 1)[1]


def test_the_lines_on_the_page_are_the_stored_contributions() -> None:
    market = a_random_market(21)
    night(LAST, first=START)
    for supplier in market.suppliers:
        row = queries.latest(supplier.pk)
        assert row is not None
        shown = {(line.component, line.order_id): line.points for line in queries.contributions(row)}
        stored = {
            (part.component, order): points
            for part in CreditContribution.objects.filter(snapshot=row)
            for order, points in zip(part.orders, part.points, strict=True)
        }
        assert shown == stored


def test_contributions_are_filtered_sorted_paged_and_exported() -> None:
    market = a_random_market(22)
    night(LAST, first=START)
    client = the_supplier(market)
    page = client.get("/supplier/credit/?component=evaluations&direction=down&sort=date&size=20")
    rows = page.context["page"].rows
    assert rows
    assert all(line.component == "evaluations" and line.points < 0 for line in rows)
    assert [line.occurred_on for line in rows] == sorted(line.occurred_on for line in rows)
    first = client.get("/supplier/credit/?size=20").context["page"]
    second = client.get("/supplier/credit/" + first.next_url).context["page"]
    assert not {line.pk for line in first.rows} & {line.pk for line in second.rows}
    download = client.get("/supplier/credit/?format=csv&component=on_time")
    lines = b"".join(download.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    row = CreditSnapshot.objects.get(supplier=market.suppliers[0], as_of=LAST)
    assert len(lines) == 1 + row.parts["on_time"]["count"]


@pytest.mark.parametrize("query", ["component=nonsense", "direction=sideways"])
def test_an_unknown_filter_is_said_to_be_wrong(query: str) -> None:
    market = a_random_market(23)
    night(LAST, first=START)
    assert the_supplier(market).get(f"/supplier/credit/?{query}").status_code == 400


@pytest.mark.parametrize("query", ["after=%00", "sort=nothing", "size=99999999999999", "after=W10"])
def test_nonsense_in_the_address_does_no_harm(query: str) -> None:
    market = a_random_market(24)
    night(LAST, first=START)
    assert the_supplier(market).get(f"/supplier/credit/?{query}").status_code == 200


def test_a_newcomer_reads_that_nothing_is_known_yet() -> None:
    market = an_empty_market()
    assert "BBB" in the_supplier(market).get("/supplier/credit/").content.decode()
    night(LAST)
    page = the_supplier(market).get("/supplier/credit/")
    assert page.status_code == 200
    assert "90.42" in page.content.decode()


def test_what_would_raise_it_is_the_formula_with_one_more_perfect_order() -> None:
    market = a_random_market(25)
    night(LAST, first=START)
    row = queries.latest(market.suppliers[0].pk)
    assert row is not None
    part = row.parts["on_time"]
    # A new buyer, ¥10,000: a = 1 + log₁₀ 2, below the cap.
    weight = min(1.30103, part["cap"])
    q = (part["mean"] * (part["mass"] + 10) + weight) / (part["mass"] + 10 + weight)
    gains = {item.label: item.gain for item in queries.raises(row)}
    component = queries.components(row, None)[0]
    assert component.name == "on_time"
    assert gains[component.label] == pytest.approx(part["weight"] * (q - part["mean"]), abs=1e-4)


@pytest.mark.parametrize("role", [Role.PURCHASER, Role.SUPERVISOR, Role.CATALOG])
def test_the_page_is_for_suppliers(role: Role) -> None:
    assert signed_in(role).get("/supplier/credit/").status_code in (302, 403)


@pytest.mark.parametrize(
    "name", ["creditsnapshot", "creditevent", "gradechange", "creditmodelversion", "bonusproposal"]
)
def test_supervisors_read_credit_in_the_administration(name: str) -> None:
    market = a_random_market(26)
    night(LAST, first=START)
    client = admin_of(Role.SUPERVISOR)
    answer = client.get(f"/admin/credit/{name}/")
    assert answer.status_code == 200
    assert client.get(f"/admin/credit/{name}/add/").status_code == (200 if name == "bonusproposal" else 403)
    if name == "creditsnapshot":
        own = CreditSnapshot.objects.filter(supplier=market.suppliers[0]).earliest("id")
        foreign = CreditSnapshot.objects.filter(supplier=market.suppliers[1]).earliest("id")
        assert client.get(f"/admin/credit/creditsnapshot/{own.pk}/change/").status_code == 200
        assert client.get(f"/admin/credit/creditsnapshot/{foreign.pk}/change/").status_code in (302, 404)


def admin_of(role: Role) -> Client:
    client = signed_in(role)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": 1.0},
        {"method": "mfa", "type": "totp", "at": 1.0},
    ]
    session.save()
    return client


def test_two_supervisors_give_a_bonus_in_the_administration() -> None:
    market = an_empty_market()
    first, second = admin_of(Role.SUPERVISOR), admin_of(Role.SUPERVISOR)
    data = {"supplier": market.suppliers[0].pk, "reason": "short"}
    assert first.post("/admin/credit/bonusproposal/add/", data).status_code == 200
    assert not BonusProposal.objects.exists()
    first.post("/admin/credit/bonusproposal/add/", {**data, "reason": "helped in the flood of June"})
    proposal = BonusProposal.objects.get()
    choose = {"action": "approve", "_selected_action": [proposal.pk]}
    first.post("/admin/credit/bonusproposal/", choose)
    proposal.refresh_from_db()
    assert proposal.approved is None
    second.post("/admin/credit/bonusproposal/", choose)
    proposal.refresh_from_db()
    assert proposal.approved is True


def test_a_waiting_bonus_is_on_the_other_officers_list() -> None:
    from zcy import registries

    market = an_empty_market()
    first, second = an_actor(Role.SUPERVISOR), an_actor(Role.SUPERVISOR)
    propose_bonus(actor=first, supplier_id=market.suppliers[0].pk, reason="helped in the flood of June")
    find = registries.todo["credit_bonuses"].find
    assert [item.count for item in find(second)] == [1]
    assert list(find(first)) == []


def exported(path: Path, **options: Any) -> list[dict[str, str]]:
    call_command("export_credit", str(path), verbosity=0, **options)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_export_has_the_columns_of_the_definition(tmp_path: Path) -> None:
    a_random_market(27)
    night(LAST, first=START)
    rows = exported(tmp_path / "credit.csv")
    assert ",".join(rows[0]) == (
        "supplier,as_of,score,grade,provisional,lower,upper,effective_n,on_time,first_acceptance,evaluations,"
        "fulfilled,complaints,returns,price_discipline,response,bonus,deductions,limit"
    )
    assert [row["supplier"] for row in rows] == sorted(row["supplier"] for row in rows)
    assert {row["as_of"] for row in rows} == {"2025-11-12"}
    newcomer = rows[-1]
    assert (newcomer["grade"], newcomer["provisional"], newcomer["effective_n"]) == ("BBB", "true", "0.0000")
    parts = (
        "on_time",
        "first_acceptance",
        "evaluations",
        "fulfilled",
        "complaints",
        "returns",
        "response",
        "bonus",
    )
    for row in rows:
        total = sum(float(row[name]) for name in (*parts, "price_discipline", "limit")) - float(
            row["deductions"]
        )
        assert total == pytest.approx(float(row["score"]), abs=0.01)


@pytest.mark.django_db(transaction=True)
def test_a_night_without_snapshots_is_replayed_for_the_export(tmp_path: Path) -> None:
    a_random_market(28)
    night(LAST, first=START)
    between = exported(tmp_path / "a.csv", as_of="2025-10-08")
    assert not CreditSnapshot.objects.filter(as_of=date(2025, 10, 8)).exists()
    night(date(2025, 10, 8), first=START)
    assert between == exported(tmp_path / "b.csv", as_of="2025-10-08")


@pytest.mark.parametrize(
    ("options", "words"),
    [({"as_of": "2025-13-01"}, "2025-13-01"), ({"as_of": "2026-01-01"}, "nightly"), ({}, "folder")],
)
def test_a_wrong_argument_of_the_export_is_explained(
    tmp_path: Path, options: dict[str, str], words: str
) -> None:
    from django.utils import translation

    an_empty_market()
    night(LAST)
    path = tmp_path / "credit.csv" if options else tmp_path / "nowhere" / "credit.csv"
    with translation.override("en"), pytest.raises(CommandError, match=words):
        call_command("export_credit", str(path), verbosity=0, **options)
    assert list(tmp_path.iterdir()) == []


def test_before_the_first_night_the_export_says_what_to_run(tmp_path: Path) -> None:
    from django.utils import translation

    an_empty_market()
    with translation.override("en"), pytest.raises(CommandError, match="nightly"):
        call_command("export_credit", str(tmp_path / "credit.csv"), verbosity=0)
