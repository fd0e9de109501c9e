"""The live work in progress: each account finds something that waits for it. Made through the services only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import F

from accounts.actor import Actor
from accounts.models import Announcement
from catalog import services as catalog
from catalog.models import Good, Listing, Review, Sale
from catalog.review_reasons import REASONS
from catalog.services.listing_values import ListingValues
from exchange.demonstration.goods import make_goods_work
from exchange.demonstration.listings import make_listings
from orders import services
from orders.errors import AdviceGiven
from orders.models import Address, InvoiceTitle, Order, Plan, UnitRules
from orders.services import Decision, OrderedLine
from orders.states import State
from supervision.models import Explanation, Warning
from supervision.services.assign_warnings import assign_warnings
from supervision.services.explanations import request_explanation
from zcy import clock
from zcy.errors import DomainError, Missing

REASON: Final = "期末考试前必须到位，已比较三家报价。"
BUDGET: Final = Decimal(600_000)
APPROVAL_LIMIT: Final = Decimal(5_000)


class Unit:
    """A buyer's unit with what it needs to order."""

    def __init__(self, purchaser: Actor, finance: Actor | None = None) -> None:
        if purchaser.organisation is None:
            raise Missing
        self.purchaser = purchaser
        self.organisation = purchaser.organisation
        self.plan = self._plan(finance)
        self.address = self._address()
        self.title = self._title()

    def _plan(self, finance: Actor | None) -> Plan:
        if finance is None:
            return Plan.objects.filter(buyer=self.organisation, origin="live").latest("pk")
        return services.create_plan(
            actor=finance,
            title=f"{clock.today().year} 年办公设备与用品采购计划",
            year=clock.today().year,
            amount=BUDGET,
            fund_source="财政预算资金",
            idempotency_key=f"demo-plan-{self.organisation.pk}-{clock.today().year}",
        )

    def _address(self) -> Address:
        known = Address.objects.filter(organisation=self.organisation, active=True).first()
        return known or services.save_address(
            actor=self.purchaser,
            region_id=self.organisation.region_id,
            line=self.organisation.address or "迎春南路 88 号",
            contact=self.purchaser.name,
            phone="0571-64218800",
            is_default=True,
        )

    def _title(self) -> InvoiceTitle:
        known = InvoiceTitle.objects.filter(organisation=self.organisation, active=True).first()
        return known or services.save_invoice_title(
            actor=self.purchaser,
            title=self.organisation.name,
            tax_number=self.organisation.uscc or "12330122470120000X",
            is_default=True,
        )

    def order(self, name: str, listing: Listing, quantity: int) -> Order:
        """Order once under this name, however often it is called; advice is answered."""
        key = f"demo-{self.organisation.pk}-{name}"
        earlier = Order.objects.filter(buyer=self.organisation, idempotency_key=key).first()
        if earlier is not None:
            return earlier
        answers: dict[str, str] = {}
        for _attempt in range(3):
            try:
                return services.submit_orders(
                    actor=self.purchaser,
                    lines=[
                        OrderedLine(listing.pk, max(listing.min_quantity, Decimal(quantity)), listing.price)
                    ],
                    plans={listing.supplier_id: self.plan.pk},
                    address_id=self.address.pk,
                    invoice_title_id=self.title.pk,
                    idempotency_key=key,
                    answers=answers,
                )[0]
            except AdviceGiven as advice:
                answers |= {said.key: REASON for said in advice.advice}
        raise Missing("The advisors are never content.")


def make_work(people: Mapping[str, Actor]) -> list[str]:
    """Make what is not there yet; one sentence for each thing that could not be made."""
    school = Unit(people["buyer"], people["finance"])
    hospital = _second_unit(people["buyer2"])
    offers = _offers(people["supplier"]), _offers(people["supplier2"])
    troubles: list[str] = []
    makers: tuple[Callable[[], None], ...] = (
        lambda: _orders_of_the_school(school, people, offers),
        lambda: _orders_of_the_hospital(hospital, people, offers),
        lambda: _carts(people, offers),
        lambda: _listings(people),
        lambda: make_goods_work(people),
        lambda: make_listings(people),
        lambda: _warnings(people),
        lambda: _announcements(people),
    )
    for make in makers:
        try:
            with transaction.atomic():
                make()
        except DomainError as trouble:
            troubles.append(f"{trouble.__class__.__name__}: {trouble}")
    return troubles


def _second_unit(purchaser: Actor) -> Unit | None:
    from accounts.actor import actor_of
    from accounts.models import Membership
    from accounts.roles import Role

    # The hospital's plan is made by its imported finance person, who cannot sign in.
    member = Membership.objects.filter(organisation=purchaser.organisation, role=Role.FINANCE).first()
    return Unit(purchaser, actor_of(member.user, member.organisation_id)) if member else None


def _offers(seller: Actor) -> Sequence[Listing]:
    """Offers in stock of this supplier, near their good's lowest price, from cheap to dear."""
    return list(
        Listing.objects.filter(
            supplier_id=seller.organisation_id,
            sale=Sale.ON_SALE,
            review=Review.APPROVED,
            stock__gte=F("min_quantity") + 20,
            min_quantity__lte=2,
            price__lte=F("good__lowest_price") * Decimal("1.08"),
        )
        .select_related("good", "supplier")
        .order_by("price", "pk")
    )


def _orders_of_the_school(
    school: Unit, people: Mapping[str, Actor], offers: tuple[Sequence[Listing], Sequence[Listing]]
) -> None:
    """One order in each stage, so that every account has its next step."""
    first, second = offers
    if len(first) < 6 or len(second) < 6:
        raise Missing("The demonstration's suppliers have too few offers in stock.")
    if not UnitRules.objects.filter(organisation=school.organisation).exists():
        services.set_approval_limit(actor=people["approver"], limit=APPROVAL_LIMIT)
    middle = [listing for listing in first if 300 <= listing.price <= 2_500] or list(first)
    other = [listing for listing in second if 100 <= listing.price <= 1_500] or list(second)
    dear = max(first, key=lambda listing: listing.price if listing.price < 9_000 else 0)
    stages: list[tuple[str, Listing, int, Sequence[Callable[[Order], object]]]] = [
        ("to-approve", dear, int(APPROVAL_LIMIT // dear.price) + 1, []),
        ("to-confirm", middle[0], 2, []),
        ("to-ship", middle[1 % len(middle)], 1, _steps(people, "supplier", 1)),
        ("to-arrive", other[0], 2, _steps(people, "supplier2", 2)),
        ("to-accept", other[1 % len(other)], 2, _steps(people, "supplier2", 3)),
        ("to-invoice", other[2 % len(other)], 1, _steps(people, "supplier2", 4)),
        ("to-pay", middle[2 % len(middle)], 1, _steps(people, "supplier", 6)),
        ("paid", middle[3 % len(middle)], 1, _steps(people, "supplier", 8)),
    ]
    for name, listing, quantity, steps in stages:
        order = school.order(name, listing, quantity)
        if order.state != State.APPROVED:
            continue  # awaiting its approver, or further on already
        for step in steps:
            step(order)
            order.refresh_from_db()


def _steps(people: Mapping[str, Actor], seller: str, count: int) -> Sequence[Callable[[Order], object]]:
    """The first steps of an order's way: confirm, ship, arrive, accept, invoice, request, pay, evaluate."""
    selling, acceptor, finance, buyer = people[seller], people["acceptor"], people["finance"], people["buyer"]

    def ship(order: Order) -> object:
        return services.ship_order(
            actor=selling,
            number=order.number,
            quantities={line.pk: line.quantity for line in order.lines.all()},
            carrier="中通快递",
            tracking_number=f"ZT{order.pk:012d}",
            idempotency_key=f"demo-ship-{order.pk}",
        )

    def arrive(order: Order) -> object:
        shipment = order.shipments.latest("pk")
        services.mark_delivered(actor=selling, number=order.number, shipment_id=shipment.pk)
        return services.sign_for(
            actor=buyer, number=order.number, shipment_id=shipment.pk, signed_by=buyer.name
        )

    def accept(order: Order) -> object:
        decisions = {line.pk: Decision(accepted=line.quantity) for line in order.lines.all()}
        return services.accept_delivery(
            actor=acceptor,
            number=order.number,
            decisions=decisions,
            idempotency_key=f"demo-accept-{order.pk}",
        )

    every: list[Callable[[Order], object]] = [
        lambda order: services.confirm_order(
            actor=selling, number=order.number, promised_on=clock.today() + timedelta(days=3)
        ),
        ship,
        arrive,
        accept,
        lambda order: services.record_invoice(
            actor=selling,
            number=order.number,
            invoice_number=f"2533{order.pk:016d}",
            date=clock.today(),
            amount=order.total,
        ),
        lambda order: services.request_payment(
            actor=selling, number=order.number, amount=order.total, idempotency_key=f"demo-request-{order.pk}"
        ),
        lambda order: services.pay_order(
            actor=finance, number=order.number, amount=order.total, idempotency_key=f"demo-pay-{order.pk}"
        ),
        lambda order: services.evaluate_order(
            actor=buyer, number=order.number, stars=5, text="送货快，包装完好。"
        ),
    ]
    return every[:count]


def _orders_of_the_hospital(
    hospital: Unit | None, people: Mapping[str, Actor], offers: tuple[Sequence[Listing], Sequence[Listing]]
) -> None:
    """One order that its supplier has to confirm, and one that is on its way."""
    second = [listing for listing in offers[1] if 50 <= listing.price <= 1_500] or list(offers[1])
    if hospital is None:
        return
    hospital.order("to-confirm", second[-1], 2)
    order = hospital.order("to-arrive", second[0], 2)
    for step in _steps(people, "supplier2", 2) if order.state == State.APPROVED else ():
        step(order)
        order.refresh_from_db()


def _carts(people: Mapping[str, Actor], offers: tuple[Sequence[Listing], Sequence[Listing]]) -> None:
    from orders.models import CartLine

    for name, listings in (("buyer", offers[0][:2] + offers[1][:1]), ("buyer2", offers[1][:1])):  # type: ignore[operator]
        actor = people[name]
        if not CartLine.objects.filter(cart__user=actor.user).exists():
            for listing in listings:
                services.cart_add(
                    actor=actor, listing_id=listing.pk, quantity=max(listing.min_quantity, Decimal(2))
                )


def _listings(people: Mapping[str, Actor]) -> None:
    """Offers that the checks or a person decide about, and one sent back with its reason."""
    for name, count in (("supplier", 2), ("supplier2", 1)):
        seller = people[name]
        own = Listing.objects.filter(supplier_id=seller.organisation_id)
        if own.filter(origin="live").exists():
            continue
        goods = (
            Good.objects.searchable().exclude(pk__in=own.values("good_id")).order_by("-offers", "pk")[:count]
        )
        for position, good in enumerate(goods):
            price = (good.lowest_price or Decimal(100)) * Decimal("1.02")
            values = ListingValues(
                price=price.quantize(Decimal("0.01")),
                stock=Decimal(50),
                min_quantity=Decimal(1),
                delivery_days=2,
            )
            listing = catalog.create_listing(actor=seller, good=good, values=values)
            listing = catalog.submit_listing_for_review(actor=seller, listing_id=listing.pk)
            if name == "supplier" and position == 0 and listing.review != Review.REJECTED:
                if listing.review == Review.APPROVED:  # by the checks: a person takes it up again
                    catalog.reopen_review(
                        actor=people["catalog"], listing_id=listing.pk, reason="型号与图片待核对"
                    )
                catalog.decide_review(
                    actor=people["catalog"],
                    listing_id=listing.pk,
                    approve=False,
                    reasons=[REASONS[0].code],
                    text="请补充与图片一致的型号说明后重新提交。",
                )


def _warnings(people: Mapping[str, Actor]) -> None:
    """A warning assigned to the county's supervisor, and explanations asked of buyer and suppliers."""
    lead = people["lead"]
    if Explanation.objects.exists() or lead.user_id is None:
        return
    supervisor = people["supervisor"]
    open_ones = Warning.objects.filter(state="open", historic=False).order_by("-severity", "-priority", "pk")
    county = list(open_ones.filter(region__path__startswith=_path(supervisor))[:3])
    if county:
        assign_warnings(actor=lead, warning_ids=[county[0].pk], assignee_id=supervisor.user_id or 0)
    for name, side in (("buyer", "buyer"), ("supplier", "supplier"), ("supplier2", "supplier")):
        of_this = {side: people[name].organisation_id}
        found = open_ones.filter(**of_this).first() or (
            Warning.objects.filter(state="open", **of_this).order_by("-first_seen", "pk").first()
        )
        if found is None:
            continue
        assign_warnings(actor=lead, warning_ids=[found.pk], assignee_id=lead.user_id)
        request_explanation(
            actor=lead,
            warning_id=found.pk,
            sides=[side],
            question="请说明该事项的原因，并附上相关依据或整改情况。",
        )


def _path(actor: Actor) -> str:
    return actor.region.path if actor.region else ""


def _announcements(people: Mapping[str, Actor]) -> None:
    """What a province and a county tell everybody."""
    for name, title, body in (
        (
            "lead",
            "关于做好年末政府采购履约验收工作的通知",
            "各采购单位：\n年末将至，请及时办理到货验收和资金支付，避免集中拖延。验收人与采购经办人应当分设。\n"
            "平台已上线价格提示与付款期限提醒，请予关注。",
        ),
        (
            "supervisor",
            "关于启用网上超市合理价提示的公告",
            "即日起，商品页面展示近 90 天成交的合理价区间及其依据，供采购单位参考。",
        ),
    ):
        actor = people[name]
        if actor.region is None or Announcement.objects.filter(title=title).exists():
            continue
        Announcement.objects.create(
            region=actor.region, title=title, body=body, published_at=clock.now(), author=actor.user
        )
