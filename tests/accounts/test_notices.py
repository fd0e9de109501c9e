"""Notices, language, home page, announcements, organisations."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import notices
from accounts.forms import OrganisationForm
from accounts.models import Announcement, Notice, Region
from accounts.notices import NoticeKind, notify
from accounts.regions import load_regions
from tests.factories.accounts import HAISHU, a_person, a_region, an_organisation, client_of, signed_in
from zcy import clock, registries
from zcy.registries import Registry, TodoItem, TodoProvider

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds: Registry[NoticeKind] = Registry("kinds")
    kinds.register(NoticeKind("order.shipped", "Order %(number)s is on its way"))
    monkeypatch.setattr(notices, "kinds", kinds)


def test_everybody_with_the_role_is_told_once():
    school = an_organisation()
    first, second = (a_person("acceptor", organisation=school) for _ in range(2))
    a_person("purchaser", organisation=school)
    told = [
        notify((school, "acceptor"), "order.shipped", data={"number": "ZJ1"}, url="/x/", key="ship-1")
        for _ in "ab"
    ]
    assert told == [2, 0]
    assert set(Notice.objects.values_list("user_id", flat=True)) == {first.pk, second.pk}
    assert notify([first], "order.shipped", data={"number": "ZJ2"}, key="ship-2") == 1
    with pytest.raises(KeyError):
        notify([first], "nobody.knows", key="x")


def test_a_notice_is_read_by_following_it_and_counted_in_the_header():
    user, stranger = a_person("purchaser"), a_person("purchaser")
    notify([user], "order.shipped", data={"number": "ZJ1"}, url="/account/sign-ins/", key="a")
    notify([user], "order.shipped", data={}, key="b")
    browser = client_of(user)
    page = browser.get("/account/notices/").content.decode()
    assert "Order ZJ1 is on its way" in page
    assert '<b class="count">2</b>' in page
    first = Notice.objects.get(key="a")
    assert client_of(stranger).get(reverse("notice", args=[first.pk])).status_code == 404
    assert browser.get(reverse("notice", args=[first.pk]))["Location"] == "/account/sign-ins/"
    browser.post("/account/notices/read/")
    assert not Notice.objects.unread().exists()


def test_a_notice_never_leads_off_the_platform():
    user = a_person("purchaser")
    notify([user], "order.shipped", url="https://evil.example/", key="a")
    assert client_of(user).get(reverse("notice", args=[Notice.objects.get().pk]))["Location"] == "/"


def test_the_language_is_switched_and_follows_the_person_to_another_browser():
    user = a_person("purchaser")
    browser = client_of(user)
    answer = browser.post("/account/language/", {"language": "en", "next": "/account/"})
    assert answer["Location"] == "/account/"
    assert 'lang="en"' in browser.get("/account/").content.decode()
    user.refresh_from_db()
    assert user.language == "en"
    other = Client()
    other.post("/account/login/", {"login": user.username, "password": "a-long-enough-Secret-7"})
    assert other.cookies["django_language"].value == "en"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/x\r\nSet-Cookie: a=b"]
)
def test_switching_the_language_never_leads_off_the_platform(target: str):
    assert Client().post("/account/language/", {"language": "en", "next": target})["Location"] == "/"
    assert Client().post("/account/language/", {"language": "xx", "next": "/"}).status_code == 302


def test_the_home_page_of_a_role_lists_what_waits(monkeypatch: pytest.MonkeyPatch):
    todo: Registry[TodoProvider] = Registry("todo")
    line = TodoItem("orders to approve", 3, "/buyer/approvals/", "Approve")
    todo.register(
        TodoProvider(
            "approvals", frozenset(["approver"]), lambda actor: [line, TodoItem("none", 0, "/", "x")]
        )
    )
    monkeypatch.setattr(registries, "todo", todo)
    page = signed_in("approver").get("/").content.decode()
    assert "orders to approve" in page
    assert "none" not in page.split("<main")[1].split("</main")[0]
    assert "orders to approve" not in signed_in("purchaser").get("/").content.decode()
    assert "orders to approve" not in Client().get("/").content.decode()


def test_an_announcement_is_public_from_its_time_until_it_is_withdrawn():
    now = clock.now()
    made = Announcement.objects.create(
        region=a_region(), title="停机公告", body="<b>今晚</b>", published_at=now
    )
    address = reverse("announcement", args=[made.pk])
    page = Client().get(address).content.decode()
    assert "停机公告" in page
    assert "&lt;b&gt;" in page
    assert "停机公告" in Client().get("/").content.decode()
    other_city = signed_in("purchaser", organisation=an_organisation("buyer", HAISHU))
    assert "停机公告" not in other_city.get("/").content.decode()
    for changes in ({"withdrawn_at": now}, {"published_at": now + timedelta(hours=1), "withdrawn_at": None}):
        Announcement.objects.update(**changes)
        assert Client().get(address).status_code == 404


def test_supervisors_announce_for_their_region_in_the_administration():
    browser = signed_in("supervisor", organisation=an_organisation("supervisor", HAISHU))
    add = reverse("admin:accounts_announcement_add")
    typed = {"title": "x", "body": "y", "region": a_region(HAISHU).pk}
    assert browser.post(add, typed | {"region": a_region("330000").pk}).status_code == 200
    assert browser.post(add, typed).status_code == 302
    assert Announcement.objects.get().author is not None


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("91330100799655058B", True),
        (" 9133 0100 7996 5505 8b ", True),
        ("913301007996550580", False),
        ("91330100799655058", False),
        ("", False),
        ("数" * 18, False),
    ],
)
def test_the_credit_code_is_checked(code: str, good: bool):
    typed = {"kind": "supplier", "name": "阿里", "uscc": code, "region": a_region().pk}
    form = OrganisationForm(typed)
    assert form.is_valid() is good
    if good:
        form.save()
        assert "uscc" in OrganisationForm(typed).errors


def test_the_real_tree_is_there_and_loading_it_again_changes_nothing():
    county = Region.objects.select_related("parent__parent").get(code="330106")
    assert (county.name, county.level, county.path) == ("西湖区", "county", "330000/330100/330106/")
    assert county.parent is not None
    assert str(county.parent.parent) == "浙江省"
    assert Region.objects.filter(level="city").count() == 11
    assert load_regions() == 0
