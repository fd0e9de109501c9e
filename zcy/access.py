"""Who may call a view: declared beside the view, checked in one place, denied where nothing is declared.

`accounts.middleware.AccessMiddleware` reads the declaration before a view runs. Views of third parties, which
cannot carry our decorators, are declared by their URL name or namespace with `declare`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Audience(Enum):
    """How much must be known of the person who calls."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    ROLES = "roles"


@dataclass(frozen=True)
class Access:
    """The declaration of one view."""

    audience: Audience
    roles: frozenset[str] = frozenset()

    def admits(self, *, authenticated: bool, roles: frozenset[str]) -> bool:
        """Whether a person with these roles may call the view."""
        if self.audience is Audience.PUBLIC:
            return True
        if not authenticated:
            return False
        return self.audience is Audience.SIGNED_IN or bool(self.roles & roles)


PUBLIC = Access(Audience.PUBLIC)
SIGNED_IN = Access(Audience.SIGNED_IN)

_declared: dict[str, Access] = {}


def public(view: View) -> View:
    """Anyone may call the view, signed in or not."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anyone with an account may call the view."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]
    return view


def roles(*codes: str) -> Callable[[View], View]:
    """Only people who hold one of the roles in the organisation they act for may call the view."""

    def mark(view: View) -> View:
        view.access = Access(Audience.ROLES, frozenset(str(code) for code in codes))  # type: ignore[attr-defined]
        return view

    return mark


def declare(name: str, access: Access) -> None:
    """Declare a third party's URL name (`account_login`) or whole namespace (`admin`).

    Raises:
        ValueError: the name is declared already, differently.
    """
    if _declared.setdefault(name, access) != access:
        raise ValueError(f"{name!r} is declared twice with different access")


def access_of(view: Callable[..., Any], *, view_name: str, namespaces: list[str]) -> Access | None:
    """The declaration that holds for a resolved view; None means that nobody declared it."""
    own = getattr(view, "access", None)
    if isinstance(own, Access):
        return own
    if view_name in _declared:
        return _declared[view_name]
    for namespace in namespaces:
        if namespace in _declared:
            return _declared[namespace]
    return None
