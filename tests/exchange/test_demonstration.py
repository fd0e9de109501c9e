"""The demonstration: its people find work waiting whatever the day, a second run changes nothing, production refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.actor import Actor, actor_of
from accounts.models import Application, Notice, SupplierStanding, User
from bench.market.build import build
from bench.market.sizes import SIZES, Settings, Size
from exchange.demonstration.people import ACCOUNTS, PASSWORD
from orders.models import CartLine, Order
from zcy import clock
from zcy.views.home import todo_of

SMALL = Size("S", goods=200, listings=900, suppliers=60, buyers=40, lines=1500)
WATCHERS = {"service", "sysadmin", "secadmin", "auditor"}


@pytest.fixture(autouse=True)
def demonstration() -> Iterator[None]:
    with override_settings(DEMONSTRATION=True):
        yield


def a_market(folder: Path, size: Size, *, seed: int = 20) -> None:
    """The market of `make run`, which ends yesterday."""
    build(Settings(size, seed=seed, end=clock.today() - timedelta(days=1)), folder)
    call_command("import_market", str(folder), verbosity=0)


def demo_accounts() -> tuple[str, str]:
    """What the command says, and what it complains about."""
    out, err = StringIO(), StringIO()
    call_command("demo_accounts", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def actor(username: str) -> Actor:
    user = User.objects.get(username=username)
    return actor_of(user, user.memberships.values_list("organisation_id", flat=True)[0])


def rows() -> dict[str, int]:
    """How many rows every table has."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


@pytest.mark.slow
@pytest.mark.django_db
def test_everybody_finds_work_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    a_market(tmp_path, SIZES["S"])
    call_command("nightly", verbosity=0)
    said, complaints = demo_accounts()
    assert complaints == ""
    assert PASSWORD in said
    for account in ACCOUNTS:
        assert f"  {account.username} " in said
        user = User.objects.get(username=account.username)
        assert check_password(PASSWORD, user.password)
        if account.username not in WATCHERS:
            assert todo_of(actor(account.username)), account.username
    of_catalog = {item.url.split("?")[0] for item in todo_of(actor("catalog"))}
    assert of_catalog >= {f"/admin/catalog/{kind}/" for kind in ("goodproposal", "goodpair", "goodfault")}
    before = rows()
    assert demo_accounts() == (said, "")
    assert rows() == before


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_orders_stand_in_every_stage_whatever_the_market(tmp_path: Path, seed: int) -> None:
    a_market(tmp_path, SMALL, seed=seed)
    _said, complaints = demo_accounts()
    assert complaints == ""
    live = Order.objects.filter(origin="live")
    states = set(live.filter(buyer=actor("buyer").organisation).values_list("state", flat=True))
    assert states >= {"submitted", "approved", "confirmed", "shipped", "delivered", "accepted", "paid"}
    assert set(live.filter(buyer=actor("buyer2").organisation).values_list("state", flat=True)) == {
        "approved",
        "shipped",
    }
    assert {line.cart.user.username for line in CartLine.objects.select_related("cart__user")} == {
        "buyer",
        "buyer2",
    }


@pytest.mark.django_db
def test_suppliers_are_on_their_way_in_and_one_has_its_licence_to_renew(tmp_path: Path) -> None:
    a_market(tmp_path, SMALL)
    demo_accounts()
    states = Application.objects.values_list("state", flat=True)
    assert set(states) == {"draft", "submitted", "returned", "approved"}
    waiting = {item.url for item in todo_of(actor("onboarding"))}
    assert waiting >= {
        "/admin/accounts/application/?state__exact=submitted",
        "/admin/accounts/suspension/?stage=waiting",
        "/admin/accounts/organisation/?licence=ending",
    }
    assert "/suppliers/application/" in {item.url for item in todo_of(actor("supplier"))}
    assert Notice.objects.filter(user__username="supplier", kind="licence_expiring").count() == 1
    assert SupplierStanding.objects.filter(suspended=True).count() == 1
    before = rows()
    demo_accounts()
    assert rows() == before


@pytest.mark.django_db
def test_without_a_market_it_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="import the demonstration market first"):
        demo_accounts()


@pytest.mark.django_db
def test_settings_without_demonstration_refuse() -> None:
    with override_settings(DEMONSTRATION=False), pytest.raises(CommandError, match="are not made"):
        demo_accounts()
    assert not User.objects.filter(demonstration=True).exists()
