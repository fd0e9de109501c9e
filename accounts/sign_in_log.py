"""The sign-in log: written by the signals of Django, axes and allauth."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from accounts.models import SignIn, User
from accounts.models.people import SignInResult
from zcy import clock
from zcy.middleware.client_address import remote_address

# Whoever has the password could otherwise try all codes of the second factor, from as many addresses as it takes.
MOST_WRONG_CODES: Final = 10
LOCKED_FOR: Final = timedelta(minutes=30)


def write(request: HttpRequest | None, result: str, *, user: User | None = None, username: str = "") -> None:
    """Write one line: who, from which device and address, with what result."""
    device = ""
    if request is not None and hasattr(request, "device"):
        device = request.device
        request.device_seen = True  # type: ignore[attr-defined]
    SignIn.objects.create(
        user=user,
        username=(username or (user.username if user else "")).replace("\x00", "")[:150],
        organisation_id=_first_organisation(user),
        result=result,
        ip=remote_address(request) if request is not None else None,
        device=device,
        user_agent=request.headers.get("User-Agent", "").replace("\x00", "")[:300]
        if request is not None
        else "",
    )


def second_factor_is_locked(user: User) -> bool:
    """Whether the person has given too many wrong codes of late, from whatever address."""
    wrong = user.sign_ins.filter(
        result=SignInResult.SECOND_FACTOR_FAILED, at__gt=clock.now() - LOCKED_FOR
    ).order_by("-id")
    return wrong[:MOST_WRONG_CODES].count() >= MOST_WRONG_CODES


def _first_organisation(user: User | None) -> int | None:
    if user is None:
        return None
    held = user.memberships.filter(organisation__active=True).order_by("organisation_id")
    return held.values_list("organisation_id", flat=True).first()


def _signed_in(sender: Any, request: HttpRequest | None, user: User, **_signal: Any) -> None:
    write(request, SignInResult.SUCCEEDED, user=user)


def _signed_out(sender: Any, request: HttpRequest | None, user: User | None, **_signal: Any) -> None:
    if user is not None:
        write(request, SignInResult.SIGNED_OUT, user=user)


def _failed(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_signal: Any
) -> None:
    username = str(credentials.get("username") or credentials.get("login") or "")
    user = User.objects.filter(username=username).first() if "\x00" not in username else None
    locked = getattr(request, "axes_locked_out", False)
    write(request, SignInResult.LOCKED if locked else SignInResult.FAILED, user=user, username=username)


def _second_factor_failed(sender: Any, request: HttpRequest | None, user: User, **_signal: Any) -> None:
    write(request, SignInResult.SECOND_FACTOR_FAILED, user=user)


def connect() -> None:
    """Listen to the signals."""
    user_logged_in.connect(_signed_in, dispatch_uid="accounts.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="accounts.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="accounts.sign_in_failed")
    authentication_failed.connect(_second_factor_failed, dispatch_uid="accounts.second_factor_failed")
