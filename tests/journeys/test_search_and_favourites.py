"""A purchaser finds paper by mistyped initials, keeps it, and hears when it becomes cheaper."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from accounts.roles import Role
from catalog import services
from catalog.models import Favourite, Listing
from catalog.pricing.statistics import refresh_statistics
from catalog.search.lexicon import forget_lexicon
from tests.factories import a_trade, somebody_of_the_operator
from tests.journeys.conftest import Arrives
from tests.journeys.goods import PAPER, paper_on_sale
from zcy import clock


def test_a_purchaser_finds_by_initials_with_a_slip_keeps_and_is_told_of_the_fall(arrives: Arrives) -> None:
    trade = a_trade(listing=paper_on_sale())
    good = trade.listing.good
    refresh_statistics(clock.today(), full=True)
    services.refresh_goods()
    services.index_goods()
    services.rebuild_vocabulary()
    forget_lexicon()

    purchaser = arrives(trade.people.purchaser)
    purchaser.opens("/")
    field = purchaser.page.locator("#site-q")
    field.fill("fuyin")
    purchaser.page.wait_for_selector("[role=option]")
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant")
    purchaser.looks("suggestions")
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"

    field.fill("dlfyzz")
    field.press("Enter")
    purchaser.page.wait_for_url(re.compile("q=dlfyzz"))
    purchaser.looks()
    purchaser.sees("dlfyzz", "复印纸", PAPER)
    purchaser.follows(purchaser.page.locator(".facets a", has_text="得力").first, "search-narrowed")
    purchaser.sees(PAPER)
    assert purchaser.page.locator(".chip").count() == 1

    star = purchaser.page.locator(f"[data-favourite='{good.pk}']").first
    with purchaser.page.expect_response(re.compile("/buyer/favourites/add/")):
        star.click()
    assert star.get_attribute("aria-pressed") == "true"
    purchaser.follows(purchaser.page.locator(f"a[href='/goods/{good.pk}/']").first)
    purchaser.sees("中位价", "¥22.80")
    assert purchaser.page.locator("[data-favourite]").first.get_attribute("aria-pressed") == "true"
    assert Favourite.objects.get().price_then == Decimal("22.80")

    Listing.objects.filter(pk=trade.listing.pk).update(price=Decimal("19.90"))
    services.refresh_goods([good.pk])
    assert services.tell_of_favourites() == 1
    purchaser.opens("/account/notices/")
    purchaser.sees(PAPER, "¥19.90", "¥22.80")
    purchaser.opens("/buyer/favourites/", "favourites")
    purchaser.sees(PAPER, "¥22.80", "¥19.90")
    purchaser.opens("/")
    purchaser.sees(PAPER)


def test_a_visitor_without_scripts_searches_and_a_purchaser_without_them_keeps(arrives: Arrives) -> None:
    trade = a_trade(listing=paper_on_sale())
    services.rebuild_vocabulary()
    forget_lexicon()
    purchaser = arrives(trade.people.purchaser, java_script_enabled=False)
    purchaser.goes("/search/?q=复印纸")
    with purchaser.page.expect_navigation():
        purchaser.page.locator(f"[data-favourite='{trade.listing.good_id}']").first.click()
    purchaser.page.fill("[name=note]", "教务处")
    with purchaser.page.expect_navigation():
        purchaser.page.locator("form.form-stack .btn-primary").click()
    assert Favourite.objects.get().note == "教务处"


def test_an_operator_reads_why_and_answers_a_demand(arrives: Arrives, settings: Any) -> None:
    settings.DEMONSTRATION = True
    clerk = somebody_of_the_operator(Role.CATALOG)
    assert clerk.user
    clerk.user.demonstration = True
    clerk.user.save()
    trade = a_trade(listing=paper_on_sale())
    purchaser = arrives(trade.people.purchaser)
    purchaser.opens("/search/?q=量子打印机")
    purchaser.follows("a[href^='/buyer/demands/new/']", "ask")
    purchaser.page.fill("[name=contact]", "王芳 0571-88888888")
    purchaser.follows("form.form-stack .btn-primary")
    purchaser.sees("量子打印机")

    staff = arrives(clerk)
    staff.opens("/operator/search/?q=复印纸", "why")
    staff.sees(PAPER)
    staff.opens("/operator/demands/", "demands")
    staff.follows(staff.page.locator("a[href*='decide']").first)
    staff.page.locator("input[name=state]").last.check()
    staff.page.fill("[name=answer]", "暂无供应商")
    staff.follows("form.form-stack .btn-primary")
    purchaser.opens("/account/notices/")
    purchaser.sees("暂无供应商")
