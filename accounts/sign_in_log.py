"""The sign-in log: written by the signals of Django, axes and allauth."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authentication_failed
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from accounts.models import SignIn, User
from accounts.models.people import SignInResult
from zcy.middleware.client_address import remote_address


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


def _locked_out(sender: Any, request: HttpRequest, username: str, **_signal: Any) -> None:
    user = User.objects.filter(username=username or "").first()
    write(request, SignInResult.LOCKED, user=user, username=username or "")


def _second_factor_failed(sender: Any, request: HttpRequest | None, user: User, **_signal: Any) -> None:
    write(request, SignInResult.SECOND_FACTOR_FAILED, user=user)


def connect() -> None:
    """Listen to the signals."""
    user_logged_in.connect(_signed_in, dispatch_uid="accounts.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="accounts.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="accounts.sign_in_failed")
    user_locked_out.connect(_locked_out, dispatch_uid="accounts.locked_out")
    authentication_failed.connect(_second_factor_failed, dispatch_uid="accounts.second_factor_failed")
