"""A page asks the database as often when there is much to show as when there is little."""

from __future__ import annotations

from decimal import Decimal

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.models import Notice, SignIn
from accounts.roles import SECOND_FACTOR_ROLES
from orders import services
from orders.models import Plan
from tests.factories import (
    Trade,
    a_delivered_order,
    a_good,
    a_listing_on_sale,
    a_plan,
    a_seller,
    a_supervisor,
    a_trade,
    an_address,
    an_approved_order,
    an_invoice_title,
    an_order_to_pay,
    somebody_of_the_operator,
    submit,
)
from zcy import audit

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FEW, MANY = 10, 40
PAGES = {
    "purchaser": (
        "/",
        "/buyer/orders/?size=100",
        "/buyer/orders/?size=100&q=打印纸&state=open",
        "/buyer/plans/",
        "/buyer/addresses/",
        "/cart/",
        "/checkout/",
        "/account/notices/?size=100",
        "/account/sign-ins/?size=100",
        "/search/",
        "/search/?q=打印纸",
        "/open/",
        "/open/deals/",
    ),
    "approver": ("/", "/buyer/approvals/?size=100"),
    "acceptor": ("/", "/buyer/acceptances/?size=100"),
    "finance": ("/", "/buyer/payments/?size=100", "/buyer/plans/PLAN/?size=100"),
    "manager": ("/", "/account/people/"),
    "seller": ("/", "/supplier/orders/?size=100", "/supplier/listings/?size=100", "/stores/STORE/"),
    "supervisor": ("/", "/admin/accounts/organisation/", "/admin/supervision/warning/"),
    "catalog": ("/admin/catalog/listing/", "/admin/catalog/good/"),
    "auditor": ("/admin/zcy/auditentry/", "/admin/accounts/signin/", "/admin/accounts/user/"),
    "security_admin": ("/admin/accounts/membership/", "/admin/accounts/invitation/"),
}


def more(trade: Trade, count: int) -> None:
    """Rows of everything that the pages list."""
    purchaser = trade.people.purchaser
    for number in range(count):
        an_approved_order(trade)
        services.set_approval_limit(actor=trade.people.manager, limit=Decimal(0))
        submit(trade)
        a_delivered_order(trade)
        an_order_to_pay(trade)
        a_plan(trade.buyer, amount=1000)
        an_address(trade.buyer)
        an_invoice_title(trade.buyer)
        listing = a_listing_on_sale(
            supplier=trade.supplier, good=a_good(category=trade.listing.good.category)
        )
        services.cart_add(actor=purchaser, listing_id=listing.pk, quantity=Decimal(1))
        Notice.objects.create(
            user_id=purchaser.user_id or 0,
            organisation=trade.buyer,
            kind="x",
            key=f"{trade.plan.pk}-{Notice.objects.count()}",
        )
        SignIn.objects.create(user=purchaser.user, username=f"somebody{number}", result="succeeded")
        a_seller(trade.supplier)
    audit.seal()


def browser_of(actor: Actor) -> Client:
    client = Client()
    assert actor.user is not None
    if not SECOND_FACTOR_ROLES.isdisjoint(actor.all_roles):
        Authenticator.objects.create(user=actor.user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def statements(client: Client, path: str) -> int:
    """How often a page asks, once what processes remember is remembered."""
    assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_ten_rows_and_forty_rows_cost_the_same_statements() -> None:
    trade = a_trade(listing=a_listing_on_sale(stock=100_000), budget=10**8)
    more(trade, FEW)
    people = {
        **{
            name: getattr(trade.people, name)
            for name in ("purchaser", "approver", "acceptor", "finance", "manager")
        },
        "seller": trade.seller,
        "supervisor": a_supervisor(),
        **{role: somebody_of_the_operator(role) for role in ("catalog", "auditor", "security_admin")},
    }
    browsers = {name: browser_of(actor) for name, actor in people.items()}

    def measured() -> dict[tuple[str, str], int]:
        names = {"PLAN": str(trade.plan.pk), "STORE": str(trade.supplier.pk)}
        return {
            (who, page): statements(
                browsers[who], page.replace("PLAN", names["PLAN"]).replace("STORE", names["STORE"])
            )
            for who, pages in PAGES.items()
            for page in pages
        }

    few = measured()
    more(trade, MANY - FEW)
    many = measured()
    assert {key: (few[key], many[key]) for key in few if many[key] > few[key]} == {}
    assert Plan.objects.filter(buyer=trade.buyer).count() == MANY + 1
