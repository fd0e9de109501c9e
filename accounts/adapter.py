"""What allauth asks of us."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from zcy.middleware.client_address import remote_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come by invitation; their address is what our middleware found."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account without an invitation."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address behind trusted proxies."""
        return remote_address(request)
