"""The address of the person's own machine, for lock-out and the sign-in log."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddressMiddleware:
    """Put the client's address into REMOTE_ADDR, as the outermost trusted proxy saw it.

    With TRUSTED_PROXY_COUNT = 0 nothing that a client sends is believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        trusted = settings.TRUSTED_PROXY_COUNT
        if trusted:
            hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
            if len(hops) >= trusted and _is_address(hops[-trusted]):
                request.META["REMOTE_ADDR"] = hops[-trusted]
        request.META.pop("HTTP_X_FORWARDED_FOR", None)
        if not _is_address(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = "127.0.0.1"  # over a Unix socket there is no address
        return self.get_response(request)


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def remote_address(request: HttpRequest) -> str:
    """The client's address, for libraries that want a function."""
    return str(request.META.get("REMOTE_ADDR", "127.0.0.1"))
