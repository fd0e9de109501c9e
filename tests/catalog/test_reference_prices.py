"""Reference prices: graded by their terms, taken in a fixed order, imported once, contested and decided."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.actor import Actor, actor_of
from accounts.models import Notice
from accounts.roles import OrganisationKind, Role
from catalog import services
from catalog.checks import results_of
from catalog.errors import WrongState
from catalog.mending import PRICE
from catalog.models import Good, ReferenceContest, ReferencePrice
from catalog.pricing.references import best_references, government_only, grade_of
from catalog.services.mend_rejected import plan_mending
from tests.catalog.factories import (
    a_buyer_actor,
    a_catalog_actor,
    a_category,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_person,
    a_supplier_actor,
    an_organisation,
)
from zcy import clock

pytestmark = pytest.mark.django_db
SAME: dict[str, Any] = {
    "tax_included": True,
    "freight_included": True,
    "in_stock": True,
    "proof_sha256": "0" * 64,
}


def a_reference(good: Good | None = None, *, days_ago: float = 1, **values: Any) -> ReferencePrice:
    values = {"seen_at": "官网", "kind": "maker", "price": Decimal(100)} | values
    return ReferencePrice.objects.create(
        good=good or a_good(), observed_at=clock.now() - timedelta(days=days_ago), **values
    )


@pytest.mark.parametrize(
    ("terms", "grade"),
    [
        ({}, "A"),
        ({"tax_included": False}, "B"),
        ({"tax_included": None, "freight_included": None}, "C"),
        ({"tax_included": None, "freight_included": None, "proof_sha256": ""}, "C"),
        (
            {
                "tax_included": None,
                "freight_included": None,
                "proof_sha256": "",
                "installation_included": False,
            },
            "D",
        ),
        ({"kind": "other_shop"}, "B"),
        ({"kind": "survey"}, "B"),
        ({"in_stock": False}, "C"),
        ({"unit": "箱"}, "D"),
        ({"quantity": Decimal(9)}, "A"),
        ({"quantity": Decimal(10)}, "B"),
    ],
)
def test_the_grade_counts_what_differs(terms: dict[str, Any], grade: str) -> None:
    assert grade_of(ReferencePrice(**({"kind": "maker"} | SAME | terms)), "台") == grade


@pytest.mark.parametrize(
    ("offered", "stated", "grade"),
    [(None, None, "A"), (0, None, "A"), (12, None, "B"), (12, 11, "B"), (12, 12, "A"), (12, 24, "A")],
)
def test_a_shorter_warranty_than_every_offer_s_is_a_difference(
    offered: int | None, stated: int | None, grade: str
) -> None:
    good = a_good()
    for months in (offered, 36) if offered is not None else (None,):
        a_listing_on_sale(good, warranty_months=months)
    a_listing_on_sale(good, warranty_months=0, sale="off_sale")
    reference = ReferencePrice(
        good=good, seen_at="官网", kind="maker", price=90, observed_at=clock.now(), warranty_months=stated,
        **SAME,
    )  # fmt: skip
    assert services.keep_reference(reference, actor=None).grade == grade


def test_a_price_in_another_unit_caps_nothing_and_lowers_no_price() -> None:
    seller = a_supplier_actor()
    good = a_good(unit="箱", pack_size=Decimal(8))
    listing = a_listing_on_sale(
        good, supplier=seller.organisation, price="800", review="rejected", sale="off_sale"
    )
    a_reference(good, price=Decimal(100), unit="个", grade="D")
    assert best_references([good.pk], clock.today()) == {}
    (result,) = [row for row in results_of([listing.pk])[listing.pk] if row.check == "price_reference"]
    assert result.finding == "not_computable"
    assert not any(mending.possible for mending in plan_mending([listing], PRICE))
    a_reference(good, price=Decimal(700), unit=" 箱 ")
    assert best_references([good.pk], clock.today())[good.pk].price == Decimal("700.00")


@pytest.mark.parametrize(
    ("unit", "pack", "price"),
    [
        ("箱(10包)", "5", "50.00"),
        ("箱（10 包）", "5", "50.00"),
        ("箱(3)", "5", "166.67"),
        ("箱(5包)", "5", "100.00"),
        ("箱(10包)", None, None),  # nobody knows how much the good holds
        ("箱(0包)", "5", None),
        ("盒(10包)", "5", None),
        ("包", "5", "500.00"),  # the unit of the category, of which the good holds five
        ("包", None, None),
        ("张", "5", None),
        ("", "5", "100.00"),
    ],
)
def test_a_price_per_another_pack_is_converted_where_both_packs_are_known(
    unit: str, pack: str | None, price: str | None
) -> None:
    size = Decimal(pack) if pack else None
    good = a_good(category=a_category("A05040101", "复印纸", unit="包"), unit="箱", pack_size=size)
    reference = a_reference(good, unit=unit, **SAME)
    assert grade_of(reference, "箱", size, standard="包") == ("A" if price else "D")
    found = best_references([good.pk], clock.today()).get(good.pk)
    assert (found.price if found else None) == (Decimal(price) if price else None)


def test_a_twin_s_price_in_another_unit_marks_nothing() -> None:
    ours = a_good("专供机", model="G1", spec={"memory": 16})
    twin = a_good("公开机", model="P1", spec={"memory": 16}, category=ours.category)
    a_listing_on_sale(ours, price="5000")
    a_reference(twin, price=Decimal(4999), unit="套")
    assert government_only([ours.pk], clock.today()) == {}


def test_the_best_grade_decides_before_the_lowest_price() -> None:
    good = a_good()
    a_reference(good, price=Decimal(80), grade="C")
    best = a_reference(good, price=Decimal(90), grade="A")
    a_reference(good, price=Decimal(95), grade="A")
    found = best_references([good.pk], clock.today())[good.pk]
    assert (found.id, found.price, found.grade) == (best.pk, Decimal("90.00"), "A")


def test_equal_prices_are_taken_in_the_order_of_their_sources() -> None:
    good = a_good()
    a_reference(good, kind="survey", grade="B")
    shop = a_reference(good, kind="own_shop", grade="B")
    assert best_references([good.pk], clock.today())[good.pk].id == shop.pk


def test_ungraded_ones_stand_before_what_can_hardly_be_compared() -> None:
    good = a_good()
    a_reference(good, price=Decimal(50), grade="D")
    plain = a_reference(good, price=Decimal(60))
    assert best_references([good.pk], clock.today())[good.pk].id == plain.pk


def test_fourteen_days_are_fresh_and_fifteen_are_not() -> None:
    good = a_good()
    a_reference(good, days_ago=14)
    assert good.pk in best_references([good.pk], clock.today())
    assert best_references([good.pk], clock.today() + timedelta(days=1)) == {}
    assert best_references([good.pk], clock.today() - timedelta(days=15)) == {}


def test_contested_withdrawn_and_free_ones_cap_nothing() -> None:
    good = a_good()
    a_reference(good, state="contested")
    a_reference(good, state="withdrawn")
    assert best_references([good.pk], clock.today()) == {}


def test_a_model_without_public_price_whose_twin_is_cheaper_is_marked() -> None:
    ours = a_good("专供机", model="G1", spec={"memory": 16})
    twin = a_good("公开机", model="P1", spec={"memory": 16}, category=ours.category)
    a_listing_on_sale(ours, price="5000")
    a_reference(twin, price=Decimal(4999))
    assert government_only([ours.pk, twin.pk], clock.today()) == {ours.pk: Decimal("4999.00")}
    a_reference(ours, price=Decimal(5200))
    assert government_only([ours.pk], clock.today()) == {}


def test_a_dearer_twin_marks_nothing() -> None:
    ours = a_good("机", model="G1", spec={"memory": 16})
    twin = a_good("公开机", model="P1", spec={"memory": 16}, category=ours.category)
    a_listing_on_sale(ours, price="5000")
    a_reference(twin, price=Decimal(5000))
    assert government_only([ours.pk], clock.today()) == {}


def test_a_contested_price_is_put_in_force_again_or_withdrawn_and_the_supplier_is_told() -> None:
    supplier, staff = a_supplier_actor(), a_catalog_actor()
    for upheld, state, verb in (
        (False, "valid", "reference_stands"),
        (True, "withdrawn", "reference_withdrawn"),
    ):
        reference = a_reference()
        a_listing_on_sale(reference.good, supplier=supplier.organisation)
        proof = SimpleUploadedFile("p.txt", b"proof")
        contest = services.contest_reference(
            actor=supplier, reference_id=reference.pk, text="缺货", proof=proof
        )
        reference.refresh_from_db()
        assert reference.state == "contested"
        assert contest.proof_sha256 == "c1cda26362828b69266512052b97cb3729e3b052e4ade47c0a1e3383defe73c7"
        services.decide_contest(actor=staff, contest_id=contest.pk, upheld=upheld, answer="看过了")
        reference.refresh_from_db()
        assert reference.state == state
        assert Notice.objects.filter(kind=verb).count() == 1
        with pytest.raises(WrongState):
            services.decide_contest(actor=staff, contest_id=contest.pk, upheld=upheld, answer="再看")


def test_a_supplier_contests_once_and_never_what_is_withdrawn() -> None:
    supplier = a_supplier_actor()
    reference = a_reference()
    with pytest.raises(WrongState):
        services.contest_reference(actor=supplier, reference_id=reference.pk, text="不卖的")
    a_listing_on_sale(reference.good, supplier=supplier.organisation)
    services.contest_reference(actor=supplier, reference_id=reference.pk, text="缺货")
    with pytest.raises(WrongState):
        services.contest_reference(actor=supplier, reference_id=reference.pk, text="缺货")
    gone = a_reference(state="withdrawn")
    with pytest.raises(WrongState):
        services.contest_reference(actor=supplier, reference_id=gone.pk, text="缺货")


def test_a_supplier_who_offers_the_good_contests_on_the_page() -> None:
    reference = a_reference()
    supplier = a_supplier_actor()
    client = a_client_of(supplier)
    url = f"/supplier/references/{reference.pk}/contest/"
    assert client.get(url).status_code == 404, "who does not offer the good has nothing to contest"
    a_listing_on_sale(reference.good, supplier=supplier.organisation)
    assert client.post(url, {"text": ""}).status_code == 400
    assert client.post(url, {"text": "型号不同"}).status_code == 302
    contest = ReferenceContest.objects.get()
    assert contest.text == "型号不同"
    assert Client().get(url).status_code in (302, 403)


def a_proven_reference(**values: Any) -> ReferencePrice:
    return services.keep_reference(
        ReferencePrice(
            good=a_good(), seen_at="官网", kind="maker", price=Decimal(100), observed_at=clock.now(),
            proof=SimpleUploadedFile("page.html", b"<script>alert(1)</script>"), **values,
        ),
        actor=None,
        proof=SimpleUploadedFile("page.html", b"<script>alert(1)</script>"),
    )  # fmt: skip


def with_second_factor(actor: Actor) -> Client:
    Authenticator.objects.create(user=actor.user, type=Authenticator.Type.TOTP, data={})
    return a_client_of(actor)


def test_a_proof_is_downloaded_by_who_buys_supervises_or_runs_the_platform_and_by_nobody_else() -> None:
    reference = a_proven_reference()
    url = f"/references/{reference.pk}/proof/"
    supervisor = actor_of(a_person(Role.SUPERVISOR, an_organisation(OrganisationKind.SUPERVISOR)))
    for client in (
        a_client_of(a_buyer_actor()),
        with_second_factor(supervisor),
        with_second_factor(a_catalog_actor()),
    ):
        answer = client.get(url)
        assert answer.status_code == 200
        assert b"".join(answer) == b"<script>alert(1)</script>"
        assert answer["Content-Disposition"].startswith("attachment; ")
        assert reference.proof_sha256[:12] in answer["Content-Disposition"]
        assert answer["Content-Type"] == "application/octet-stream", "a page copy runs nowhere"
        assert answer["Cache-Control"] == "private, no-store"
    assert a_client_of(a_supplier_actor()).get(url).status_code == 403
    assert a_client_of(a_buyer_actor(Role.FINANCE)).get(url).status_code == 403
    assert Client().get(url).status_code == 302
    assert a_client_of(a_buyer_actor()).get(f"/media/{reference.proof.name}").status_code == 404


def test_a_proof_that_was_exchanged_or_is_gone_proves_nothing(english: None) -> None:
    reference = a_proven_reference()
    client = a_client_of(a_buyer_actor())
    url = f"/references/{reference.pk}/proof/"
    ReferencePrice.objects.filter(pk=reference.pk).update(proof_sha256="0" * 64)
    answer = client.get(url)
    assert answer.status_code == 409
    assert "script" not in str(answer.get("Content-Disposition"))
    reference.proof.storage.delete(str(reference.proof.name))
    assert client.get(url).status_code == 404
    assert client.get(f"/references/{a_reference().pk}/proof/").status_code == 404, "there is no proof"
    ReferencePrice.objects.filter(pk=reference.pk).update(state="withdrawn")
    assert client.get(url).status_code == 404


def test_the_page_shows_source_terms_grade_age_and_the_hash_of_the_proof(english: None) -> None:
    reference = a_proven_reference(tax_included=True, freight_included=False, warranty_months=12, unit="台")
    a_reference(reference.good, days_ago=20, seen_at="某店", kind="survey")
    address = f"/goods/{reference.good_id}/prices/"
    client = a_client_of(a_buyer_actor())
    client.cookies["django_language"] = "en"
    html = client.get(address).content.decode()
    for text in ("官网", "maker", "with tax", "without freight", "warranty 12 months", "20 days ago",
                 "C: some terms differ", "not graded", "older than 14 days: caps nothing",
                 reference.proof_sha256[:12], f"/references/{reference.pk}/proof/"):  # fmt: skip
        assert text in html, text
    everyone = Client().get(address).content.decode()
    assert reference.proof_sha256[:12] in everyone
    assert "/proof/" not in everyone, "a link that would be refused is not shown"


def test_the_mark_of_a_government_only_model_stands_on_the_page_of_the_good(english: None) -> None:
    ours = a_good("专供机", model="G1", spec={"memory": 16})
    twin = a_good("公开机", model="P1", spec={"memory": 16}, category=ours.category)
    a_listing_on_sale(ours, price="5000")
    client = Client(headers={"accept-language": "en"})
    assert "Government-only model" not in client.get(f"/goods/{ours.pk}/").content.decode()
    a_reference(twin, price=Decimal(4999))
    cache.clear()  # the mark is kept for a quarter of an hour
    html = client.get(f"/goods/{ours.pk}/").content.decode()
    assert html.count("Government-only model") == 2, "in the heading, and with its reason at the evidence"
    assert "¥4,999.00" in html
    assert "Government-only model" not in client.get(f"/goods/{twin.pk}/").content.decode()


def test_a_twin_is_equal_in_the_key_attributes_where_the_category_has_any() -> None:
    ours = a_good("专供机", model="G1", spec={"memory": 16, "colour": "black"}, key_hash="k")
    twin = a_good("公开机", model="P1", spec={"memory": 16}, key_hash="k", category=ours.category)
    a_good("无关机", model="Q1", spec={"memory": 16}, category=ours.category)
    a_listing_on_sale(ours, price="5000")
    a_reference(twin, price=Decimal(4000), days_ago=366)
    assert government_only([ours.pk], clock.today()) == {}, "a price of a year ago says nothing"
    a_reference(twin, price=Decimal(4500), days_ago=300)
    assert government_only([ours.pk], clock.today()) == {ours.pk: Decimal("4500.00")}


def test_dates_are_local() -> None:
    good = a_good()
    a_reference(good)
    found = best_references([good.pk], clock.today())[good.pk].observed_on
    assert isinstance(found, date)
