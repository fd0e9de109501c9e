"""Things of the domain for tests, by domain words; what is live is made through the services.

Every factory takes what matters to the test as keywords and makes up the rest. Actors are ready for services;
`client.force_login(people.purchaser.user)` is enough for views.
"""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from stdnum.cn import uscc

from accounts.actor import Actor
from accounts.models import Membership, Organisation, Region, User
from accounts.roles import ROLES_OF_KIND, OrganisationKind, Role
from catalog.models import Brand, Category, Good, Listing, Review, Sale
from orders import services
from orders.models import Address, InvoiceTitle, Order, OrderLine, Plan
from orders.services import Decision, OrderedLine
from zcy import clock

_count = itertools.count(1)

PROVINCE = ("330000", "浙江省", "province")
CITY = ("330100", "杭州市", "city")
COUNTY = ("330106", "西湖区", "county")


def a_key() -> str:
    """A fresh idempotency key."""
    return uuid.uuid4().hex


# --- Regions, organisations, people ---------------------------------------------------------------------------------


def a_region(code: str = COUNTY[0]) -> Region:
    """A region of the real tree (by default a county of Hangzhou), with those above it."""
    found = Region.objects.filter(code=code).first()
    if found:
        return found
    known = {row[0]: row for row in (PROVINCE, CITY, COUNTY)}
    level = "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"
    name = known[code][1] if code in known else f"地区{code}"
    parent_code = {"province": "", "city": code[:2] + "0000", "county": code[:4] + "00"}[level]
    parent = a_region(parent_code) if parent_code else None
    path = f"{parent.path if parent else ''}{code}/"
    return Region.objects.get_or_create(
        code=code, defaults={"name": name, "level": level, "parent": parent, "path": path}
    )[0]


def an_organisation(
    kind: str, *, region: Region | None = None, name: str = "", **values: Any
) -> Organisation:
    """An organisation of a kind with a valid credit code."""
    number = next(_count)
    body = f"91330106MA{number % 10_000_000:07d}"
    names = {
        "buyer": "第{}小学",
        "supplier": "浙江{}号商贸有限公司",
        "supervisor": "财政局{}",
        "operator": "运营{}",
    }
    return Organisation.objects.create(
        kind=kind,
        region=region or a_region(),
        name=name or names[kind].format(number),
        **{"uscc": body + uscc.calc_check_digit(body), **values},
    )


def a_buyer(**values: Any) -> Organisation:
    """A unit that buys."""
    return an_organisation(OrganisationKind.BUYER, **values)


def a_supplier(**values: Any) -> Organisation:
    """A supplier in good standing."""
    return an_organisation(OrganisationKind.SUPPLIER, **values)


def a_user(name: str = "", **values: Any) -> User:
    """A person who can sign in."""
    number = next(_count)
    user = User(username=values.pop("username", f"person{number}"), name=name or f"员工{number}", **values)
    user.set_unusable_password()
    user.save()
    return user


def an_actor(organisation: Organisation, *roles: str, user: User | None = None) -> Actor:
    """A person with these roles in the organisation; a new one where none is given."""
    user = user or a_user()
    Membership.objects.bulk_create(
        [Membership(user=user, organisation=organisation, role=role) for role in roles], ignore_conflicts=True
    )
    held = frozenset(str(role) for role in roles)
    return Actor(
        user=user, organisation=organisation, roles=held, organisations=(organisation,), all_roles=held
    )


@dataclass(frozen=True)
class People:
    """One person for each role of a unit."""

    purchaser: Actor
    approver: Actor
    acceptor: Actor
    finance: Actor
    manager: Actor


def people(buyer: Organisation) -> People:
    """The people of a unit, five different ones."""
    return People(**{role.value: an_actor(buyer, role) for role in ROLES_OF_KIND[OrganisationKind.BUYER]})


def a_seller(supplier: Organisation, role: str = Role.SUPPLIER_ADMIN) -> Actor:
    """Somebody of a supplier."""
    return an_actor(supplier, role)


def a_supervisor(region: Region | None = None, role: str = Role.SUPERVISOR) -> Actor:
    """A finance bureau's supervisor of a region."""
    return an_actor(an_organisation(OrganisationKind.SUPERVISOR, region=region), role)


def somebody_of_the_operator(role: str = Role.CATALOG) -> Actor:
    """A member of the operator's staff."""
    return an_actor(an_organisation(OrganisationKind.OPERATOR, region=a_region(PROVINCE[0])), role)


# --- Catalog --------------------------------------------------------------------------------------------------------


def a_category(code: str = "", *, parent: Category | None = None, **values: Any) -> Category:
    """A category, by default a leaf of its own below no other."""
    code = code or f"A{next(_count):08d}"
    path = f"{parent.path if parent else ''}{code}/"
    return Category.objects.create(
        code=code,
        parent=parent,
        path=path,
        depth=path.count("/") - 1,
        **{"name": f"品目{code}", "top_code": parent.top_code if parent else code, "unit": "个", **values},
    )


def a_brand(name: str = "") -> Brand:
    """A brand."""
    return Brand.objects.create(name=name or f"品牌{next(_count)}")


def a_good(*, category: Category | None = None, **values: Any) -> Good:
    """A standard good."""
    number = next(_count)
    category = category or a_category()
    brand = values.pop("brand", None) or a_brand()
    defaults = {
        "name": f"打印纸 {number}",
        "model": f"M-{number}",
        "unit": category.unit,
        "spec_hash": f"{number:032d}",
    }
    return Good.objects.create(category=category, brand=brand, **{**defaults, **values})


def a_listing_on_sale(
    *,
    supplier: Organisation | None = None,
    good: Good | None = None,
    price: Decimal | int | str = "100.00",
    stock: Decimal | int | None = 100,
    **values: Any,
) -> Listing:
    """An approved offer that can be ordered."""
    defaults = {"delivery_days": 3, "warranty_months": 12, "sale": Sale.ON_SALE, "review": Review.APPROVED}
    return Listing.objects.create(
        supplier=supplier or a_supplier(),
        good=good or a_good(),
        price=Decimal(price),
        stock=stock,
        listed_at=clock.now() - timedelta(days=30),
        **{**defaults, **values},
    )


# --- Buying ---------------------------------------------------------------------------------------------------------


def a_plan(buyer: Organisation, *, amount: Decimal | int | str = 1_000_000, **values: Any) -> Plan:
    """A plan of this year with a granted amount."""
    return services.create_plan(
        actor=an_actor(buyer, Role.FINANCE),
        title=values.pop("title", f"办公用品计划{next(_count)}"),
        year=values.pop("year", clock.today().year),
        amount=Decimal(amount),
        idempotency_key=a_key(),
        **values,
    )


def an_address(buyer: Organisation, **values: Any) -> Address:
    """A delivery address in the unit's region."""
    defaults = {"region": buyer.region, "line": "文三路 1 号", "contact": "王老师", "phone": "0571-88888888"}
    return Address.objects.create(organisation=buyer, **{**defaults, **values})


def an_invoice_title(buyer: Organisation, **values: Any) -> InvoiceTitle:
    """An invoice title of the unit."""
    return InvoiceTitle.objects.create(
        organisation=buyer,
        **{"title": buyer.name, "tax_number": buyer.uscc or "91330106MA0000000X", **values},
    )


@dataclass(frozen=True)
class Trade:
    """Everything that a purchase needs: two organisations with their people, an offer, a plan."""

    buyer: Organisation
    people: People
    supplier: Organisation
    seller: Actor
    listing: Listing
    plan: Plan
    address: Address
    title: InvoiceTitle


def a_trade(
    *,
    buyer: Organisation | None = None,
    listing: Listing | None = None,
    budget: Decimal | int | str = 1_000_000,
) -> Trade:
    """A buyer and a supplier who could do business."""
    buyer = buyer or a_buyer()
    listing = listing or a_listing_on_sale()
    return Trade(
        buyer=buyer,
        people=people(buyer),
        supplier=listing.supplier,
        seller=a_seller(listing.supplier),
        listing=listing,
        plan=a_plan(buyer, amount=budget),
        address=an_address(buyer),
        title=an_invoice_title(buyer),
    )


def submit(
    trade: Trade,
    *,
    quantity: Decimal | int | str = 2,
    listing: Listing | None = None,
    key: str = "",
    lines: list[OrderedLine] | None = None,
    **values: Any,
) -> Order:
    """Order from the trade's supplier as its purchaser, at the price that the listing shows."""
    listing = listing or trade.listing
    lines = lines or [OrderedLine(listing.pk, Decimal(quantity), listing.price)]
    arguments: dict[str, Any] = {
        "actor": trade.people.purchaser,
        "lines": lines,
        "plans": {listing.supplier_id: trade.plan.pk},
        "address_id": trade.address.pk,
        "invoice_title_id": trade.title.pk,
        "idempotency_key": key or a_key(),
    }
    return services.submit_orders(**{**arguments, **values})[0]


def a_submitted_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order above the unit's limit, waiting for its approver."""
    trade = trade or a_trade()
    services.set_approval_limit(actor=trade.people.manager, limit=Decimal(0))
    return submit(trade, **values)


def an_approved_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order within the unit's limit, waiting for its supplier."""
    trade = trade or a_trade()
    services.set_approval_limit(actor=trade.people.manager, limit=Decimal(100_000_000))
    return submit(trade, **values)


def a_confirmed_order(trade: Trade | None = None, *, promised_on: date | None = None, **values: Any) -> Order:
    """An order that the supplier has taken, promised for three days from now."""
    trade = trade or a_trade()
    order = an_approved_order(trade, **values)
    promised = promised_on or clock.today() + timedelta(days=3)
    return services.confirm_order(actor=trade.seller, number=order.number, promised_on=promised)


def a_shipped_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order that has left as a whole."""
    trade = trade or a_trade()
    order = a_confirmed_order(trade, **values)
    services.ship_order(
        actor=trade.seller,
        number=order.number,
        quantities={line.pk: line.quantity for line in order.lines.all()},
        carrier="顺丰速运",
        tracking_number=f"SF{next(_count):012d}",
        idempotency_key=a_key(),
    )
    order.refresh_from_db()
    return order


def a_delivered_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order that has arrived and was signed for."""
    trade = trade or a_trade()
    order = a_shipped_order(trade, **values)
    shipment = order.shipments.get()
    services.sign_for(actor=trade.people.purchaser, number=order.number, shipment_id=shipment.pk)
    order.refresh_from_db()
    return order


def accept_all(trade: Trade, order: Order, *, refused: dict[int, Decimal] | None = None) -> Order:
    """Decide about everything: accepted, but for what is refused (order line → quantity)."""
    refused = refused or {}
    services.accept_delivery(
        actor=trade.people.acceptor,
        number=order.number,
        decisions={
            line.pk: Decision(
                accepted=line.quantity - refused.get(line.pk, Decimal(0)),
                refused=refused.get(line.pk, Decimal(0)),
                reason="包装破损" if line.pk in refused else "",
            )
            for line in order.lines.all()
        },
        idempotency_key=a_key(),
    )
    order.refresh_from_db()
    return order


def an_accepted_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order accepted as a whole."""
    trade = trade or a_trade()
    return accept_all(trade, a_delivered_order(trade, **values))


def an_invoiced_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order invoiced as a whole."""
    trade = trade or a_trade()
    order = an_accepted_order(trade, **values)
    services.record_invoice(
        actor=trade.seller,
        number=order.number,
        invoice_number=f"{next(_count):020d}",
        date=clock.today(),
        amount=order.accepted_total,
    )
    order.refresh_from_db()
    return order


def an_order_to_pay(trade: Trade | None = None, **values: Any) -> Order:
    """An order whose payment was requested as a whole."""
    trade = trade or a_trade()
    order = an_invoiced_order(trade, **values)
    services.request_payment(
        actor=trade.seller, number=order.number, amount=order.accepted_total, idempotency_key=a_key()
    )
    order.refresh_from_db()
    return order


def a_paid_order(trade: Trade | None = None, **values: Any) -> Order:
    """An order from search to payment."""
    trade = trade or a_trade()
    order = an_order_to_pay(trade, **values)
    services.pay_order(
        actor=trade.people.finance, number=order.number, amount=order.accepted_total, idempotency_key=a_key()
    )
    order.refresh_from_db()
    return order


def an_imported_order(
    *, buyer: Organisation | None = None, listing: Listing | None = None, quantity: int = 1, **values: Any
) -> Order:
    """An order of history, as an import leaves it: any dates, no plan."""
    buyer, listing = buyer or a_buyer(), listing or a_listing_on_sale()
    total = listing.price * quantity
    defaults: dict[str, Any] = {
        "placed_at": clock.now() - timedelta(days=60),
        "state": "submitted",
        "total": total,
    }
    order = Order.objects.create(
        number=f"IMP{next(_count):08d}",
        origin="imported",
        buyer=buyer,
        supplier=listing.supplier,
        region=buyer.region,
        category=listing.good.category,
        source="330000",
        external_id=f"o{next(_count)}",
        **{**defaults, **values},
    )
    OrderLine.objects.create(
        order=order,
        listing=listing,
        good=listing.good,
        quantity=quantity,
        unit_price=listing.price,
        total=total,
    )
    return order


def without_role(actor: Actor, *roles: str) -> Actor:
    """The same person without these roles."""
    return replace(actor, roles=actor.roles - {str(role) for role in roles})
