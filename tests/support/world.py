"""A small world in which every page has something to show, and the people who look at it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Announcement, Membership, Notice
from accounts.roles import Role
from accounts.services.delegate import delegate
from accounts.services.invite_person import invite_person
from accounts.services.invite_unit import invite_unit
from catalog import services as catalog_services
from catalog.models import Review, Sale, SearchHistory
from orders import services
from orders.models import CartLine
from supervision.models import Explanation
from tests.factories import (
    a_buyer,
    a_category,
    a_confirmed_order,
    a_delivered_order,
    a_good,
    a_listing_on_sale,
    a_paid_order,
    a_seller,
    a_shipped_order,
    a_submitted_order,
    a_supervisor,
    a_trade,
    an_accepted_order,
    an_approved_order,
    an_imported_order,
    an_invoiced_order,
    an_order_to_pay,
    somebody_of_the_operator,
)
from tests.factories.onboarding import a_code, a_licence, a_registered, a_submitted, applicant_of
from tests.supervision.test_handling import an_assigned_warning
from tests.support.imports import some_imports
from tests.support.world_of_goods import what_surrounds
from zcy import audit, clock
from zcy.models import NightlyPartRun, NightlyRun


def _searches(actor: Actor, good_id: int) -> None:
    """What a purchaser keeps of searching."""
    catalog_services.add_favourite(actor=actor, good_id=good_id)
    catalog_services.save_list(actor=actor, name="年度采购", shared=True)
    catalog_services.save_search(actor=actor, name="打印机", address="q=打印机")
    catalog_services.ask_for_good(actor=actor, query="量子打印机", contact="王芳")
    SearchHistory.objects.create(user_id=actor.user_id or 0, query="打印机", key="打印机", at=timezone.now())


def a_world() -> dict[str, Actor]:
    """Rows of every kind, and by role somebody whom they concern; an "applicant" has no role yet."""
    category = a_category(parent=a_category("A02000000"), name="打印机")
    trade = a_trade(listing=a_listing_on_sale(good=a_good(category=category), stock=1000), budget=10**7)
    for make in (
        a_confirmed_order,
        a_shipped_order,
        a_delivered_order,
        an_accepted_order,
        an_invoiced_order,
        an_order_to_pay,
        a_paid_order,
        an_approved_order,
        a_submitted_order,
    ):
        make(trade)
    an_imported_order(buyer=trade.buyer, listing=trade.listing)
    for state in (
        {"sale": Sale.DRAFT, "review": Review.NONE},
        {"sale": Sale.OFF_SALE},
        {"review": Review.PENDING},
    ):
        a_listing_on_sale(supplier=trade.supplier, good=a_good(category=category), **state)
    some_imports(trade.seller)
    what_surrounds(trade.listing, trade.seller)
    buyer = trade.people
    services.cart_add(actor=buyer.purchaser, listing_id=trade.listing.pk, quantity=Decimal(2))
    CartLine.objects.update(price_seen=1)  # dearer since it was put in
    Membership.objects.create(
        user_id=buyer.purchaser.user_id or 0, organisation=a_buyer(), role=Role.PURCHASER
    )
    _warnings(trade.buyer.pk, trade.supplier.pk)
    for actor in (buyer.purchaser, trade.seller):
        Notice.objects.create(
            user_id=actor.user_id or 0, organisation=actor.organisation, kind="x", key="x", url="/"
        )
    Announcement.objects.create(
        region=trade.buyer.region,
        title="关于年末验收的通知",
        body="请及时验收。",
        published_at=timezone.now(),
    )
    _searches(buyer.purchaser, trade.listing.good_id)
    invite_person(actor=buyer.manager, name="李四", email="", role="purchaser")
    assert buyer.approver.user
    delegate(
        actor=buyer.purchaser,
        deputy=buyer.approver.user,
        roles=[Role.PURCHASER],
        begins_at=clock.now(),
        ends_at=clock.now() + timedelta(days=7),
    )
    supervisor = a_supervisor()
    assert supervisor.organisation
    invite_unit(
        actor=supervisor,
        name="第三小学",
        uscc=a_code(),
        region=supervisor.organisation.region,
        manager_name="赵敏",
    )
    a_submitted()
    waiting = a_registered()
    a_licence(waiting)
    night, _made = NightlyRun.objects.get_or_create(first=clock.today(), last=clock.today())
    NightlyPartRun.objects.create(run=night, part="prices", stage=1)
    audit.seal()
    return {
        "applicant": applicant_of(waiting),
        **{role.value: getattr(buyer, role.value) for role in _buyer_roles()},
        Role.SUPPLIER_ADMIN: trade.seller,
        Role.SUPPLIER_CLERK: a_seller(trade.supplier, Role.SUPPLIER_CLERK),
        Role.SUPERVISOR: supervisor,
        Role.SUPERVISION_LEAD: a_supervisor(role=Role.SUPERVISION_LEAD),
        **{
            role.value: somebody_of_the_operator(role)
            for role in (
                Role.CATALOG,
                Role.ONBOARDING,
                Role.SERVICE,
                Role.SYSTEM_ADMIN,
                Role.SECURITY_ADMIN,
                Role.AUDITOR,
            )
        },
    }


def _buyer_roles() -> tuple[Role, ...]:
    return (Role.PURCHASER, Role.APPROVER, Role.ACCEPTOR, Role.FINANCE, Role.MANAGER)


def _warnings(buyer_id: int, supplier_id: int) -> None:
    """A warning about the two, with a question to each that waits for its answer."""
    warning, officer = an_assigned_warning()
    for organisation_id in (buyer_id, supplier_id):
        Explanation.objects.create(
            warning=warning,
            organisation_id=organisation_id,
            question="为什么这么晚？",
            asked_by_id=officer.user_id or 0,
            due_at=clock.now() + timedelta(days=7),
        )
