"""The style guide, the bases, the error pages, and the rules of our style sheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import set_script_prefix
from django.utils import translation

from accounts.actor import ANONYMOUS
from zcy import frame, registries
from zcy.errors import Conflict
from zcy.typed import typed_fields
from zcy.views import errors

CSS = Path(settings.BASE_DIR) / "static" / "css"
TEMPLATES = Path(settings.BASE_DIR) / "templates"


@pytest.fixture(autouse=True)
def _plain_addresses():
    set_script_prefix("/")
    frame.forget()
    yield
    frame.forget()


@pytest.mark.parametrize("address", ["", "public/", "workspace/", "screen/"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_style_guide_shows_everything_in_both_languages(db, address, language):
    response = Client(headers={"accept-language": language}).get(f"/styleguide/{address}")
    assert response.status_code == 200
    html = response.content.decode()
    assert f'lang="{language}"' in html
    assert html.count("<h1") >= 1
    assert "style=" not in html
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r"<script>(?!\s*$)", html)
    assert "unsafe" not in response["Content-Security-Policy"]


def test_an_unknown_base_is_not_found():
    assert Client().get("/styleguide/nothing/").status_code == 404


def request_to(method: str = "get", data: dict[str, str] | None = None, **headers: str):
    factory = RequestFactory(headers=headers)
    request = factory.post("/buyer/x/?a=1", data or {}) if method == "post" else factory.get("/buyer/x/?a=1")
    request.actor = ANONYMOUS  # type: ignore[attr-defined]
    request.META["HTTP_X_REQUEST_ID"] = "request-123"
    return request


TYPED = {
    "note": "请周五前送到 <b>",
    "password": "secret-1",
    "csrfmiddlewaretoken": "t-2",
    "otp_code": "999999",
    "empty": "",
}


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (errors.bad_request, 400),
        (errors.permission_denied, 403),
        (errors.page_not_found, 404),
        (errors.conflict, 409),
        (errors.server_error, 500),
    ],
)
def test_error_pages_give_back_what_was_typed_but_no_secrets(view, status):
    with translation.override("en"):
        response: HttpResponse = view(request_to("post", TYPED))
    html = response.content.decode()
    assert response.status_code == status
    assert "请周五前送到 &lt;b&gt;" in html
    assert "secret-1" not in html
    assert "t-2" not in html
    assert "999999" not in html
    assert "request-123" in html


def test_a_refusal_says_its_reason():
    html = errors.conflict(request_to(), Conflict("Order is confirmed already.")).content.decode()
    assert "Order is confirmed already." in html


def test_an_error_page_that_fails_is_still_an_answer(monkeypatch):
    monkeypatch.setattr(errors, "render", lambda *_args, **_kwargs: 1 / 0)
    assert errors.server_error(request_to()).status_code == 500


def test_a_lost_token_is_sent_again_with_one_click():
    with translation.override("en"):
        html = errors.csrf_failure(
            request_to("post", TYPED, origin="http://testserver"), "expired"
        ).content.decode()
    assert '<form method="post" action="/buyer/x/?a=1">' in html
    assert '<input type="hidden" name="note" value="请周五前送到 &lt;b&gt;" />' in html
    assert 'name="password"' not in html
    assert "Send it again" in html


@pytest.mark.parametrize(
    "headers", [{"origin": "https://elsewhere.example"}, {"referer": "https://elsewhere.example/x"}, {}]
)
def test_a_form_from_elsewhere_is_never_sent_again(headers):
    with translation.override("en"):
        response = errors.csrf_failure(request_to("post", TYPED, **headers), "bad origin")
    assert response.status_code == 403
    assert "Send it again" not in response.content.decode()
    assert '<form method="post" action="/buyer/x/' not in response.content.decode()


def test_a_real_post_without_token_meets_that_page():
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    response = client.post("/styleguide/", {"note": "kept"}, headers={"origin": "http://testserver"})
    assert response.status_code == 403
    assert 'name="note" value="kept"' in response.content.decode()


def test_too_much_is_not_given_back():
    assert typed_fields(request_to("post", {"note": "x" * 30_000})) == []
    assert typed_fields(request_to("post", {str(number): "x" for number in range(300)})) == []
    assert typed_fields(request_to()) == []
    assert typed_fields(None) == []


class SignedIn:
    """As much of an actor as the frame asks for."""

    is_authenticated = True
    roles = frozenset({"purchaser"})
    organisation = "良渚第二中心小学"
    organisation_id = 1
    organisations = ()
    region = None
    user = "陈晓燕"

    def has_role(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


def test_all_counts_of_the_frame_are_one_statement(db, django_assert_num_queries, monkeypatch):
    counts = registries.Registry[registries.HeaderCount]("header counts")
    counts.register(
        registries.HeaderCount("cart", frozenset({"purchaser"}), lambda _actor: ("SELECT %s::int", [3]))
    )
    counts.register(
        registries.HeaderCount("notices", frozenset({"purchaser"}), lambda _actor: ("SELECT 12", []))
    )
    counts.register(
        registries.HeaderCount("warnings", frozenset({"supervisor"}), lambda _actor: ("SELECT 9", []))
    )
    monkeypatch.setattr(registries, "header_counts", counts)
    request = request_to()
    request.actor = SignedIn()
    drawn = frame.frame_of(request)
    with django_assert_num_queries(
        3
    ):  # the statement, and the savepoint around it inside the test's transaction
        assert drawn.counts == {"cart": 3, "notices": 12}
    with django_assert_num_queries(0):
        assert drawn.counts["cart"] == 3
        assert frame.frame_of(request) is drawn


def test_a_count_that_fails_costs_no_page(db, monkeypatch):
    counts = registries.Registry[registries.HeaderCount]("header counts")
    counts.register(
        registries.HeaderCount("cart", frozenset({"purchaser"}), lambda _actor: ("SELECT x FROM nowhere", []))
    )
    monkeypatch.setattr(registries, "header_counts", counts)
    assert frame.count_all(SignedIn()) == {}


def test_the_menu_shows_the_roles_part_and_marks_the_present_line(monkeypatch, settings):
    menu = registries.Registry[registries.MenuItem]("menu items")
    roles = frozenset({"purchaser"})
    menu.register(registries.MenuItem("guide", "Guide", "styleguide", roles, "Work", 2, "book", "cart"))
    menu.register(registries.MenuItem("lost", "Lost", "no-such-name", roles, "Work", 1))
    menu.register(registries.MenuItem("other", "Other", "styleguide", frozenset({"supervisor"}), "Work", 3))
    monkeypatch.setattr(registries, "menu", menu)
    request = RequestFactory().get("/styleguide/public/")
    request.actor = SignedIn()  # type: ignore[attr-defined]
    drawn = frame.frame_of(request)
    drawn.counts = {"cart": 3}
    (section,) = drawn.menu
    assert section.label == "Work"
    (line,) = section.items
    assert (line.label, line.url, line.count, line.current) == ("Guide", "/styleguide/", 3, True)


def test_the_links_of_the_header_are_asked_for_once_a_minute(monkeypatch):
    asked: list[int | None] = []

    def links(region_id: int | None) -> list[registries.NavigationLink]:
        asked.append(region_id)
        return [registries.NavigationLink("绿色馆", "/halls/green/")]

    providers = registries.Registry[registries.NavigationProvider]("navigation")
    providers.register(registries.NavigationProvider("halls", links))
    monkeypatch.setattr(registries, "navigation", providers)
    now = [100.0]
    for _ in range(3):
        assert frame.navigation(7, clock=lambda: now[0])[0][0].label == "绿色馆"
    assert asked == [7]
    now[0] += 61
    frame.navigation(7, clock=lambda: now[0])
    assert asked == [7, 7]


def test_a_header_whose_links_fail_costs_no_page(monkeypatch):
    def links(_region_id: int | None) -> list[registries.NavigationLink]:
        raise OperationalError("the database is away")

    providers = registries.Registry[registries.NavigationProvider]("navigation")
    providers.register(registries.NavigationProvider("halls", links))
    monkeypatch.setattr(registries, "navigation", providers)
    assert frame.navigation(None) == ()


def test_links_lead_only_to_addresses_that_exist():
    assert frame.reachable("/styleguide/") == "/styleguide/"
    assert frame.reachable("/no/such/address/") == ""


@pytest.mark.parametrize("sheet", sorted(CSS.glob("*.css")), ids=lambda sheet: sheet.name)
def test_only_the_tokens_name_colours_and_sizes_of_type(sheet):
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    if sheet.name != "tokens.css":
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![\"')])|\brgba?\(|\bhsla?\(", rules)
        sizes = re.findall(r"font-size:\s*([^;]+);", rules)
        assert [
            size for size in sizes if not size.startswith("var(") and size not in {"inherit", "100%"}
        ] == []


def test_every_property_that_a_sheet_uses_is_a_token():
    known = set(re.findall(r"(--[\w-]+)\s*:", "".join(sheet.read_text() for sheet in CSS.glob("*.css"))))
    used = set(re.findall(r"var\((--[\w-]+)", "".join(sheet.read_text() for sheet in CSS.glob("*.css"))))
    assert used - known == set()


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.rglob("*.html")), ids=lambda template: str(template.relative_to(TEMPLATES))
)
def test_no_template_has_inline_style_or_script(template):
    text = template.read_text()
    assert not re.search(r"<[^>]*\sstyle\s*=", text)
    assert not re.search(
        r"<[a-z][^>]*\son(click|change|submit|load|input|focus|blur|key\w+|mouse\w+)\s*=", text
    )
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or "application/json" in attributes
