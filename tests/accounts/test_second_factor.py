"""The second factor: who needs it, how it is set up, what happens to whoever guesses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.test import Client

from accounts.models import SignIn
from tests.factories.accounts import PASSWORD, TOTP_SECRET, a_person
from zcy import clock

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"
CODE = "/account/2fa/authenticate/"


def code_of() -> str:
    return f"{hotp_value(TOTP_SECRET, next(iter(yield_hotp_counters_from_time()))):06d}"


def past_the_password(username: str, **address: str) -> Client:
    client = Client(**address)  # type: ignore[arg-type]
    answer = client.post(LOGIN, {"login": username, "password": PASSWORD})
    assert answer["Location"].startswith(CODE)
    return client


def test_a_recovery_code_signs_in_once():
    user = a_person("supervisor", username="supervisor")
    codes = RecoveryCodes.activate(user)
    first = codes.get_unused_codes()[0]
    client = past_the_password("supervisor")
    assert client.post(CODE, {"code": first}).status_code == 302
    assert client.get("/admin/").status_code == 200
    again = past_the_password("supervisor")
    assert again.post(CODE, {"code": first}).status_code == 200
    assert again.get("/admin/").status_code == 302


def test_the_page_behind_the_password_alone_is_not_signed_in():
    a_person("supervisor", username="supervisor")
    client = past_the_password("supervisor")
    for path in ("/admin/", "/account/", "/account/2fa/recovery-codes/", "/account/sessions/"):
        assert client.get(path)["Location"].startswith(LOGIN)


def test_ten_wrong_codes_lock_the_second_factor_from_every_address(monkeypatch: pytest.MonkeyPatch):
    a_person("supervisor", username="supervisor")
    for attempt in range(10):
        client = past_the_password("supervisor", REMOTE_ADDR=f"10.0.0.{attempt}")
        assert client.post(CODE, {"code": f"{attempt:06d}"}).status_code == 200
    client = past_the_password("supervisor", REMOTE_ADDR="10.0.1.1")
    locked = client.post(CODE, {"code": code_of()})
    assert locked.status_code == 200
    assert locked.context["form"].errors["code"]
    assert client.get("/admin/").status_code == 302
    assert SignIn.objects.filter(result="second_factor_failed").count() == 10
    later = clock.now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.post(CODE, {"code": code_of()}).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_a_code_works_once():
    a_person("supervisor", username="supervisor")
    code = code_of()
    assert past_the_password("supervisor").post(CODE, {"code": code}).status_code == 302
    assert past_the_password("supervisor").post(CODE, {"code": code}).status_code == 200


def test_whoever_must_have_a_second_factor_and_takes_it_away_can_only_set_up_another():
    user = a_person("auditor", username="auditor")
    client = past_the_password("auditor")
    client.post(CODE, {"code": code_of()})
    Authenticator.objects.filter(user=user).delete()
    assert client.get("/admin/")["Location"] == "/account/2fa/totp/activate/"
