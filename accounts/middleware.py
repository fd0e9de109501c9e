"""Who calls, whether the view is theirs, whether their second factor is set up, and which browser it is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.actor import ANONYMOUS, Actor, actor_of
from accounts.models import User
from accounts.roles import SECOND_FACTOR_ROLES
from zcy import clock
from zcy.access import PUBLIC, access_of
from zcy.errors import DomainError, NotAllowed

ORGANISATION_KEY = "organisation_id"
SEEN_KEY = "seen"
NOTE_EVERY = 60
DEVICE_COOKIE = "zcy_device"
DEVICE_COOKIE_AGE = 2 * 365 * 24 * 60 * 60
# Where somebody without a second factor may go to set one up, or to leave.
SECOND_FACTOR_NAMES = frozenset(
    [
        "account_logout",
        "account_reauthenticate",
        "language",
        "set_language",
        "organisation_switch",
        "announcement",
    ]
)
SECOND_FACTOR_PREFIX = "mfa_"

GetResponse = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Set `request.actor`; looked up only when something asks for it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        request.actor = SimpleLazyObject(lambda: _actor_for(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def _actor_for(request: HttpRequest) -> Actor:
    if not isinstance(request.user, User) and not request.user.is_authenticated:
        return ANONYMOUS
    user: User = getattr(request.user, "_wrapped", request.user)
    return actor_of(user, request.session.get(ORGANISATION_KEY))


class AccessMiddleware:
    """Let through only what the view's declaration admits; a view that nobody declared is closed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse before the view runs: to the sign-in page, or 403."""
        match = request.resolver_match
        access = access_of(
            view,
            view_name=match.view_name if match else "",
            namespaces=list(match.namespaces) if match else [],
        )
        if access is PUBLIC:
            return None
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if access is not None and access.admits(authenticated=actor.is_authenticated, roles=actor.roles):
            return None
        if not actor.is_authenticated:
            if request.headers.get("HX-Request"):
                response = HttpResponse(status=401)
                response["HX-Redirect"] = redirect_to_login(request.headers.get("HX-Current-URL", "/")).url
                return response
            target = request.get_full_path() if request.method == "GET" else "/"
            return redirect_to_login(target)
        raise PermissionDenied(str(NotAllowed.message))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal that no view has turned into a message becomes an error page of its status."""
        if not isinstance(error, DomainError):
            return None
        from zcy.refusals import refusal_page

        return refusal_page(request, error)


class SecondFactorMiddleware:
    """People who can do lasting harm set up a second factor before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Send them to the page where an authenticator is set up."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in SECOND_FACTOR_NAMES or name.startswith(SECOND_FACTOR_PREFIX):
            return None
        if access_of(view, view_name=name, namespaces=list(match.namespaces) if match else []) is PUBLIC:
            return None
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if needs_second_factor(actor) and not is_mfa_enabled(actor.user):
            return redirect("mfa_activate_totp")
        return None


def needs_second_factor(actor: Actor) -> bool:
    """Whether a role held anywhere asks for it; accounts of a running demonstration are exempt (a banner says so)."""
    if actor.user is None or actor.all_roles.isdisjoint(SECOND_FACTOR_ROLES):
        return False
    return not (settings.DEMONSTRATION and actor.user.demonstration)


class IdleMiddleware:
    """Sign people out who have done nothing for a while."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; the time is noted once a minute, not at every click."""
        if SESSION_KEY in request.session:
            now = int(clock.now().timestamp())
            seen = request.session.get(SEEN_KEY, now)
            if now - seen > settings.IDLE_SECONDS:
                logout(request)
                messages.info(request, _("You were signed out because nothing happened for a while."))
            elif now - seen >= NOTE_EVERY or SEEN_KEY not in request.session:
                request.session[SEEN_KEY] = now
        return self.get_response(request)


def remember_language(response: HttpResponse, language: str) -> None:
    """Set the cookie that Django's LocaleMiddleware reads."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


class DeviceMiddleware:
    """Give each browser a random id that outlives the sign-in, for the sign-in log."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; only a request that signs in or out gets the cookie."""
        device = request.COOKIES.get(DEVICE_COOKIE, "")
        known = 16 <= len(device) <= 64 and device.isascii() and device.isalnum()
        request.device = device if known else secrets.token_hex(16)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not getattr(request, "device_seen", False):
            return response
        language = getattr(request.user, "language", "")
        if language:
            # Whoever signs in on a new machine reads the language chosen on another one.
            remember_language(response, language)
        if not known:
            response.set_cookie(
                DEVICE_COOKIE,
                request.device,  # type: ignore[attr-defined]
                max_age=DEVICE_COOKIE_AGE,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response
