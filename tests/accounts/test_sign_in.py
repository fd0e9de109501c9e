"""Signing in: lock-out, second factor, log, idle time-out."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

import zcy.cache
from accounts.models import SignIn
from tests.factories.accounts import PASSWORD, TOTP_SECRET, a_person, client_of

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


def totp_code() -> str:
    return f"{hotp_value(TOTP_SECRET, next(iter(yield_hotp_counters_from_time()))):06d}"


def try_password(client: Client, username: str, password: str):
    return client.post(LOGIN, {"login": username, "password": password})


def results() -> list[str]:
    return list(SignIn.objects.order_by("id").values_list("result", flat=True))


def test_the_right_password_signs_in_and_is_logged_with_device_and_address():
    a_person("purchaser", username="buyer")
    client = Client(REMOTE_ADDR="10.1.2.3", HTTP_USER_AGENT="Firefox")
    answer = try_password(client, "buyer", PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    entry = SignIn.objects.get()
    assert (entry.result, entry.ip, entry.user_agent) == ("succeeded", "10.1.2.3", "Firefox")
    assert entry.device == client.cookies["zcy_device"].value
    assert "10.1.2.3" in client.get("/account/sign-ins/").content.decode()


def test_eight_wrong_passwords_lock_the_account_from_this_address_only():
    a_person("purchaser", username="buyer")
    client = Client(REMOTE_ADDR="10.1.2.3")
    statuses = [try_password(client, "buyer", "wrong").status_code for _attempt in range(8)]
    assert statuses == [200] * 4 + [429] * 4
    assert results() == ["failed"] * 4 + ["locked"] * 4
    locked = try_password(client, "buyer", PASSWORD)
    assert locked.status_code == 429
    assert "accounts/locked.html" in [template.name for template in locked.templates]
    assert "buyer" in SignIn.objects.filter(result="locked").values_list("username", flat=True)
    elsewhere = Client(REMOTE_ADDR="10.9.9.9")
    assert try_password(elsewhere, "buyer", PASSWORD).status_code == 302


@pytest.fixture
def cache_is_away(settings):
    """Nobody listens where the cache server should be; afterwards it is asked again at once."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:9/0"}}
    yield
    zcy.cache._rest.end()


@pytest.mark.usefixtures("cache_is_away")
def test_people_sign_in_while_the_cache_server_is_away():
    a_person("purchaser", username="buyer")
    client = Client()
    assert try_password(client, "buyer", "wrong").status_code == 200
    assert try_password(client, "buyer", PASSWORD).status_code == 302
    assert client.get("/account/").status_code == 200


def test_too_many_attempts_from_one_address_meet_a_page_of_ours(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    client = Client(headers={"accept-language": "en"})
    answers = [try_password(client, f"somebody{number}", "wrong") for number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Wait a minute" in answers[2].content.decode()
    assert "error-page" in answers[2].content.decode()


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "///evil.example"],
)
def test_signing_in_never_leads_off_the_platform(address: str):
    a_person("purchaser", username="buyer")
    client = Client()
    answer = client.post(f"{LOGIN}?next={address}", {"login": "buyer", "password": PASSWORD, "next": address})
    assert answer["Location"] == "/"
    assert client.get(LOGIN, {"next": address})["Location"] == "/"


def test_signing_in_changes_the_session_so_that_nobody_can_have_planted_it():
    a_person("purchaser", username="buyer")
    client = Client()
    client.get("/account/login/")
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key or ""
    client.cookies["sessionid"] = planted
    assert try_password(client, "buyer", PASSWORD).status_code == 302
    assert client.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/account/").status_code == 302


def test_a_new_password_ends_the_other_sessions():
    a_person("purchaser", username="buyer")
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        try_password(client, "buyer", PASSWORD)
    new = "another-long-Secret-8"
    changed = here.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert changed.status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_a_closed_account_ends_its_sessions_and_does_not_sign_in():
    user = a_person("purchaser", username="buyer")
    client = Client()
    try_password(client, "buyer", PASSWORD)
    user.is_active = False
    user.save()
    assert client.get("/account/").status_code == 302
    assert "sessionid" not in Client().cookies
    again = Client()
    try_password(again, "buyer", PASSWORD)
    assert again.get("/account/").status_code == 302


def test_a_wrong_password_says_so_keeps_the_name_and_is_logged():
    a_person("purchaser", username="buyer")
    client = Client()
    answer = try_password(client, "buyer", "wrong")
    assert 'value="buyer"' in answer.content.decode()
    assert results() == ["failed"]


@pytest.mark.parametrize("username", ["\x00", "x" * 5000, "' or 1=1", ""])
def test_odd_user_names_are_refused_without_harm(username: str):
    assert try_password(Client(), username, "wrong").status_code == 200


def test_a_supervisor_without_second_factor_can_do_nothing_but_set_one_up():
    user = a_person("supervisor")
    Authenticator.objects.all().delete()
    client = client_of(user)
    for path in ("/account/", "/admin/", "/account/notices/"):
        assert client.get(path)["Location"] == "/account/2fa/totp/activate/"
    assert client.get("/account/logout/").status_code == 200


def test_the_demonstration_exempts_its_own_accounts_only(settings):
    settings.DEMONSTRATION = True
    user = a_person("supervisor")
    Authenticator.objects.all().delete()
    assert client_of(user).get("/account/").status_code == 302
    user.demonstration = True
    user.save()
    page = client_of(user).get("/account/")
    assert page.status_code == 200
    assert "demo-banner" in page.content.decode()


def test_signing_in_at_the_admin_meets_password_and_second_factor():
    a_person("supervisor", username="supervisor")
    client = Client()
    at_admin = client.get("/admin/login/?next=/admin/")
    assert at_admin["Location"].startswith(LOGIN)
    answer = try_password(client, "supervisor", PASSWORD)
    assert answer["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/admin/").status_code == 302
    wrong = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    right = client.post("/account/2fa/authenticate/", {"code": totp_code()})
    assert right.status_code == 302
    assert client.get("/admin/").status_code == 200
    assert results() == ["second_factor_failed", "succeeded"]


def test_setting_up_the_second_factor_gives_recovery_codes():
    user = a_person("auditor")
    Authenticator.objects.all().delete()
    client = Client()
    try_password(client, user.username, PASSWORD)
    again = client.get("/account/2fa/totp/activate/")["Location"]  # the password once more
    client.post(again, {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    code = f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06d}"
    assert client.post("/account/2fa/totp/activate/", {"code": code}).status_code == 302
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert client.get("/admin/").status_code == 200


def test_nobody_signs_up_without_an_invitation():
    answer = Client().post(
        "/account/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert "signup_closed" in str([template.name for template in answer.templates])


def test_whoever_does_nothing_for_a_while_is_signed_out(settings):
    client = client_of(a_person("purchaser"))
    assert client.get("/account/").status_code == 200
    session = client.session
    session["seen"] -= settings.IDLE_SECONDS + 1
    session.save()
    assert client.get("/account/")["Location"].startswith(LOGIN)


def test_other_sessions_are_listed_and_can_be_ended():
    user = a_person("purchaser", username="buyer")
    first, second = Client(), Client()
    for client in (first, second):
        try_password(client, "buyer", PASSWORD)
    assert first.get(reverse("usersessions_list")).status_code == 200
    first.post(reverse("usersessions_list"))
    assert second.get("/account/").status_code == 302
    assert first.get("/account/").status_code == 200
    assert user.sign_ins.count() >= 2


@pytest.mark.parametrize("password", ["short", "1234567890", "password123", "buyer-buyer"])
def test_weak_passwords_are_refused(password: str):
    a_person("purchaser", username="buyer-buyer")
    client = Client()
    try_password(client, "buyer-buyer", PASSWORD)
    answer = client.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors
