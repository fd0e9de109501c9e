"""A night over imported history, from the price that it finds to the closed warning, and the credit that it gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.actor import Actor
from accounts.models import Region
from accounts.roles import Role
from credit.models import CreditSnapshot
from supervision.models import Warning
from tests.factories import a_seller, a_supervisor, an_actor
from tests.journeys.conftest import Arrives
from tests.journeys.market import SmallMarket, a_small_market
from zcy.models import NightlyRun


@pytest.fixture
def market(tmp_path: Path, settings: Any) -> SmallMarket:
    """The imported market on the morning after its night."""
    settings.DEMONSTRATION = True
    market = a_small_market(tmp_path / "market")
    call_command("nightly", "--jobs", "1", verbosity=0)
    return market


def officer(role: str = Role.SUPERVISOR, name: str = "") -> Actor:
    """Somebody of the county's finance bureau; in a demonstration without a second factor."""
    actor = a_supervisor(Region.objects.get(code="330106"), role)
    assert actor.user
    actor.user.name, actor.user.demonstration = name or actor.user.name, True
    actor.user.save()
    return actor


def test_a_warning_goes_from_the_night_to_its_closing(market: SmallMarket, arrives: Arrives) -> None:
    assert NightlyRun.objects.get().state == "done"
    warning = Warning.objects.get(rule__slug="price-above-peer")
    assert (warning.state, warning.supplier_id) == ("open", market.dear.pk)
    first = officer(name="陈监督")
    second = an_actor(first.organisation, Role.SUPERVISOR)  # type: ignore[arg-type]
    assert second.user
    second.user.name, second.user.demonstration = "林复核", True
    second.user.save()
    page = f"/admin/supervision/warning/{warning.pk}/change/"
    decision = f"form[action='/admin/supervision/warning/{warning.pk}/%s/']"

    handler = arrives(first)
    handler.opens("/admin/")
    handler.opens("/admin/supervision/warning/", "warnings")
    handler.sees(market.dear.name, "西湖区")
    handler.page.check(f"input[name=warning][value='{warning.pk}']")
    handler.page.select_option("#bulk-assignee", str(first.user_id))
    handler.follows("button[form=assign-many]")
    assert state(warning) == "assigned"
    handler.follows(f"a[href='{page}']", "evidence")
    handler.sees(market.dear.name, "2,260.00")
    request = handler.page.locator(decision % "request")
    open_box(request)
    request.locator("input[name=sides][value=buyer]").check()
    request.locator("textarea").fill("请说明为何以 2260 元采购该型号打印机，并附比价材料。")
    handler.follows(request.locator("button[type=submit]"))
    assert state(warning) == "requested"

    buyer = arrives(an_actor(market.buyer, Role.PURCHASER))
    buyer.opens("/", "asked")
    buyer.opens("/buyer/explanations/")
    buyer.follows("main table a")
    buyer.page.fill("textarea[name=text]", "当日急用，仅该商家可当天送达；已要求其补交差价说明。")
    buyer.follows("form:has(textarea[name=text]) button[type=submit]", "explanation")
    assert state(warning) == "explained"

    # Who handled it may not decide: the page says so and offers no form.
    handler.opens(page)
    handler.sees("须由其他同事作出决定")
    assert handler.page.locator(decision % "verify").count() == 0, "nobody decides what they handle"

    verifier = arrives(second)
    verifier.opens(page)
    verifier.sees("当日急用，仅该商家可当天送达")
    verify = verifier.page.locator(decision % "verify")
    open_box(verify)
    verify.locator("input[name=verdict][value=upheld]").check()
    verify.locator("textarea[name=text]").fill("高出合理价一倍以上，未经比价，予以查实。")
    verifier.follows(verify.locator("button[type=submit]"))
    assert state(warning) == "verified"
    close = verifier.page.locator(decision % "close")
    open_box(close)
    verifier.follows(close.locator("button[type=submit]"), "warning-closed")
    assert state(warning) == "closed"
    verifier.sees("陈监督", "林复核")
    verifier.opens("/admin/supervision/warning/?view=decided")
    verifier.sees(market.dear.name)


def test_the_night_is_shown_to_the_operator_with_its_parts(market: SmallMarket, arrives: Arrives) -> None:
    from tests.factories import somebody_of_the_operator

    staff = somebody_of_the_operator(Role.SYSTEM_ADMIN)
    assert staff.user
    staff.user.demonstration = True
    staff.user.save()
    window = arrives(staff)
    window.opens("/admin/zcy/nightlyrun/")
    window.follows("#result_list tbody a", "night")
    window.sees("price-above-peer")


def test_a_supplier_reads_its_credit_and_everybody_its_grade(market: SmallMarket, arrives: Arrives) -> None:
    snapshot = CreditSnapshot.objects.filter(supplier=market.honest).latest("as_of")
    supplier = arrives(a_seller(market.honest))
    supplier.opens("/")
    supplier.opens("/supplier/credit/", "credit")
    supplier.sees(snapshot.grade, f"{snapshot.score:.1f}"[:2])
    assert supplier.page.locator("#table-contributions tbody tr").count() >= 6
    visitor = arrives()
    visitor.opens(f"/stores/{market.honest.pk}/")
    visitor.sees(market.honest.name, snapshot.grade)
    visitor.opens("/open/", "open")
    visitor.opens("/open/credit/")
    visitor.sees(market.honest.name)
    visitor.opens("/open/deals/")
    visitor.opens("/open/rules/")
    stranger = arrives(a_seller(market.dear))
    stranger.opens("/supplier/credit/")
    stranger.does_not_see(market.honest.name)


def open_box(form: Any) -> None:
    """Unfold the part of the decision box that the form is in."""
    form.evaluate("form => { form.closest('details').open = true }")


def state(warning: Warning) -> str:
    warning.refresh_from_db()
    return str(warning.state)
