"""A supplier is suspended and resumes by two people; two causes never overwrite each other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import SecondPersonNeeded
from accounts.models import Notice, SupplierStanding, Suspension
from accounts.services.suspensions import (
    decide_lifting,
    decide_suspension,
    propose_lifting,
    propose_suspension,
    refresh_suspended,
)
from tests.factories import (
    a_buyer,
    a_listing_on_sale,
    a_region,
    a_seller,
    a_supervisor,
    a_supplier,
    somebody_of_the_operator,
)
from tests.factories.accounts import client_of, signed_in
from zcy import clock, outbox
from zcy.errors import Conflict, DomainError, Missing, NotAllowed
from zcy.frame import count_all
from zcy.models import AuditEntry

pytestmark = pytest.mark.django_db


def staff():
    return somebody_of_the_operator("onboarding")


def proposed(supplier, *, cause="administrative", actor=None, begins=0, ends=None):
    day = clock.today()
    return propose_suspension(
        actor=actor or staff(),
        organisation=supplier,
        cause=cause,
        reason="未按期整改",
        begins_on=day + timedelta(days=begins),
        ends_on=None if ends is None else day + timedelta(days=ends),
    )


def confirmed(supplier, **values):
    return decide_suspension(actor=staff(), suspension_id=proposed(supplier, **values).pk, confirm=True)


def lifted(suspension):
    propose_lifting(actor=staff(), suspension_id=suspension.pk, reason="已整改")
    return decide_lifting(actor=staff(), suspension_id=suspension.pk, confirm=True)


def is_suspended(supplier) -> bool:
    return SupplierStanding.objects.filter(supplier=supplier, suspended=True).exists()


def test_a_suspension_holds_when_a_second_person_confirms_and_the_supplier_is_told():
    supplier = a_supplier()
    seller = a_seller(supplier)
    first = staff()
    suspension = proposed(supplier, actor=first)
    assert not is_suspended(supplier)
    with pytest.raises(SecondPersonNeeded):
        decide_suspension(actor=first, suspension_id=suspension.pk, confirm=True)
    decide_suspension(actor=staff(), suspension_id=suspension.pk, confirm=True)
    assert is_suspended(supplier)
    assert Notice.objects.get(user=seller.user).kind == "supplier_suspended"
    with pytest.raises(Conflict):
        decide_suspension(actor=staff(), suspension_id=suspension.pk, confirm=False)
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "suspension.proposed",
        "suspension.confirmed",
    }


def test_a_refused_suspension_never_held():
    supplier = a_supplier()
    suspension = decide_suspension(actor=staff(), suspension_id=proposed(supplier).pk, confirm=False)
    assert suspension.is_over
    assert not is_suspended(supplier)
    proposed(supplier)


def test_lifting_needs_a_reason_and_a_second_person():
    supplier = a_supplier()
    seller = a_seller(supplier)
    suspension = confirmed(supplier)
    first = staff()
    with pytest.raises(DomainError):
        propose_lifting(actor=first, suspension_id=suspension.pk, reason=" ")
    propose_lifting(actor=first, suspension_id=suspension.pk, reason="已整改")
    with pytest.raises(SecondPersonNeeded):
        decide_lifting(actor=first, suspension_id=suspension.pk, confirm=True)
    decide_lifting(actor=staff(), suspension_id=suspension.pk, confirm=False)
    assert is_suspended(supplier)
    lifted(suspension)
    assert not is_suspended(supplier)
    kinds = list(Notice.objects.filter(user=seller.user).values_list("kind", flat=True))
    assert sorted(kinds) == ["supplier_suspended", "suspension_lifted"]
    with pytest.raises(Conflict):
        propose_lifting(actor=staff(), suspension_id=suspension.pk, reason="x")


def test_lifting_one_cause_leaves_the_other_in_force():
    supplier = a_supplier()
    administrative, credit = confirmed(supplier), confirmed(supplier, cause="credit")
    lifted(credit)
    assert is_suspended(supplier)
    lifted(administrative)
    assert not is_suspended(supplier)


def test_credit_writes_its_standing_without_touching_the_suspension():
    supplier = a_supplier()
    SupplierStanding.objects.create(supplier=supplier, grade="AA", score="91.00")
    suspension = confirmed(supplier)
    standing = SupplierStanding.objects.get(supplier=supplier)
    assert (standing.grade, standing.suspended) == ("AA", True)
    lifted(suspension)
    standing.refresh_from_db()
    assert (standing.grade, standing.suspended) == ("AA", False)


def test_the_night_proposes_where_credit_is_the_cause_and_anybody_of_the_staff_confirms():
    supplier = a_supplier()
    suspension = propose_suspension(
        actor=None, organisation=supplier, cause="credit", reason="D 级", begins_on=clock.today()
    )
    decide_suspension(actor=staff(), suspension_id=suspension.pk, confirm=True)
    assert is_suspended(supplier)


@pytest.mark.parametrize(
    ("begins", "ends", "held"), [(0, 0, True), (1, None, False), (-5, -1, False), (-5, 0, True)]
)
def test_a_suspension_holds_from_its_first_to_its_last_day(begins: int, ends: int | None, held: bool):
    supplier = a_supplier()
    assert confirmed(supplier, begins=begins, ends=ends).is_in_force is held
    assert is_suspended(supplier) is held


def test_it_begins_and_ends_by_the_calendar(monkeypatch):
    supplier = a_supplier()
    confirmed(supplier, begins=1, ends=2)
    assert refresh_suspended() == []
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1))
    assert refresh_suspended() == [supplier.pk]
    assert is_suspended(supplier)
    assert refresh_suspended() == []
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=3))
    assert refresh_suspended() == [supplier.pk]
    assert not is_suspended(supplier)


def test_what_a_suspended_supplier_offers_leaves_the_cards_and_comes_back():
    listing = a_listing_on_sale(supplier=a_supplier())
    good = listing.good
    suspension = confirmed(listing.supplier)
    outbox.work_off()
    good.refresh_from_db()
    assert good.offers == 0
    lifted(suspension)
    outbox.work_off()
    good.refresh_from_db()
    assert good.offers == 1


def test_only_staff_and_supervisors_of_the_region_and_only_suppliers():
    supplier = a_supplier()
    with pytest.raises(NotAllowed):
        proposed(supplier, actor=somebody_of_the_operator("catalog"))
    with pytest.raises(NotAllowed):
        proposed(supplier, actor=a_supervisor(a_region("330203")))
    with pytest.raises(DomainError):
        proposed(a_buyer())
    suspension = proposed(supplier, actor=a_supervisor())
    with pytest.raises(Missing):
        decide_suspension(actor=a_supervisor(a_region("330203")), suspension_id=suspension.pk, confirm=True)
    decide_suspension(actor=a_supervisor(), suspension_id=suspension.pk, confirm=True)


def test_one_cause_is_open_once():
    supplier = a_supplier()
    proposed(supplier)
    with pytest.raises(Conflict):
        proposed(supplier)
    proposed(supplier, cause="credit")


def test_the_database_refuses_one_person_for_both_steps():
    suspension = proposed(a_supplier())
    with pytest.raises(IntegrityError), transaction.atomic():
        Suspension.objects.filter(pk=suspension.pk).update(
            confirmed_at=clock.now(), confirmed_by=suspension.proposed_by_id
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Suspension.objects.filter(pk=suspension.pk).update(lifted_at=clock.now())


def test_the_pages_of_the_staff():
    supplier = a_supplier()
    first, second = signed_in("onboarding"), staff()
    form = {
        "organisation": supplier.pk,
        "cause": "administrative",
        "begins_on": clock.today().isoformat(),
        "ends_on": "",
        "reason": "未按期整改",
    }
    page = first.get("/admin/accounts/suspension/add/").content.decode()
    assert "add_id_organisation" not in page  # a supplier is chosen, not made
    assert first.post("/admin/accounts/suspension/add/", form | {"reason": ""}).status_code == 200
    assert first.post("/admin/accounts/suspension/add/", form).status_code == 302
    again = first.post("/admin/accounts/suspension/add/", form)
    assert again.context["adminform"].form.errors["cause"]
    suspension = Suspension.objects.get()
    address = f"/admin/accounts/suspension/{suspension.pk}/decide/"
    assert 'value="confirm"' not in first.get(address).content.decode()
    assert first.post(address, {"action": "confirm"}).status_code == 403
    assert second.user is not None
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=second.user, type="totp", data={"secret": "x"})
    browser = client_of(second.user)
    assert count_all(second)["suspensions_to_decide"] == 1  # beside the line of the menu
    assert '<b class="count">' not in first.get("/").content.decode()  # one's own waits for another person
    assert "/admin/accounts/suspension/?stage=waiting" in browser.get("/").content.decode()
    assert browser.post(address, {"action": "confirm"}).status_code == 302
    assert is_suspended(supplier)
    assert browser.post(address, {"action": "lift", "reason": ""}).status_code == 400
    assert browser.post(address, {"action": "lift", "reason": "已整改"}).status_code == 302
    assert first.post(address, {"action": "confirm_lifting"}).status_code == 302
    assert not is_suspended(supplier)
    assert first.post(address, {"action": "nonsense"}).status_code == 400
