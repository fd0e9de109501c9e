"""What people change about the keys to their own account goes into the audit, like everything else that is changed."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.http import HttpRequest

from accounts.actor import Actor
from accounts.models import User
from zcy import audit


def _record(request: HttpRequest | None, user: User, action: str, **data: Any) -> None:
    actor: Actor | None = getattr(request, "actor", None)
    audit.record(
        actor=actor if actor is not None and actor.user_id == user.pk else None,
        action=action,
        subject=user,
        data={"username": user.username, **data},
    )


def _password(action: str) -> Any:
    def record(sender: Any, request: HttpRequest, user: User, **_signal: Any) -> None:
        _record(request, user, action)

    return record


def _second_factor(action: str) -> Any:
    def record(
        sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any
    ) -> None:
        _record(request, user, action, kind=authenticator.type)

    return record


def connect() -> None:
    """Listen to the signals of allauth."""
    for signal, action in (
        (password_changed, "password.changed"),
        (password_set, "password.set"),
        (password_reset, "password.reset"),
    ):
        signal.connect(_password(action), weak=False, dispatch_uid=f"accounts.{action}")
    for signal, action in (
        (authenticator_added, "second_factor.added"),
        (authenticator_removed, "second_factor.removed"),
        (authenticator_reset, "second_factor.renewed"),
    ):
        signal.connect(_second_factor(action), weak=False, dispatch_uid=f"accounts.{action}")
