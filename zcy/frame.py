"""What the frame around every page shows: menu, counts, links, people. At most one lazy SQL statement.

`{% frame as frame %}` in base.html makes one `Frame` per request. Links lead only to addresses that exist, so
that an app which is not installed leaves no dead link behind.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

import zcy
from zcy import registries
from zcy.prepared import prepared_cursor
from zcy.registries import NavigationLink

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

logger = structlog.get_logger(__name__)

NAVIGATION_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 5.0
FOOTER: Final[tuple[tuple[_StrPromise, str], ...]] = (
    (_("Rules in force"), "/open/rules/"),
    (_("Help"), "/help/"),
    (_("Open data"), "/open/"),
    (_("Verify a document"), "/verify/"),
)
ACCOUNT: Final[tuple[tuple[_StrPromise, str], ...]] = (
    (_("To do"), "/"),
    (_("Favourites"), "/buyer/favourites/"),
    (_("My account"), "/account/"),
    (_("Second factor"), "/account/2fa/"),
    (_("Sessions"), "/account/sessions/"),
    (_("Sign-in log"), "/account/sign-ins/"),
    (_("Change password"), "/account/password/change/"),
)


@dataclass(frozen=True)
class MenuLine:
    """One line of the side menu as it is drawn."""

    label: str
    url: str
    icon: str
    count_name: str
    count: int = 0
    current: bool = False
    exact: bool = False


@dataclass(frozen=True)
class MenuSection:
    """A heading of the side menu with its lines."""

    label: str
    items: tuple[MenuLine, ...]


@lru_cache(maxsize=256)
def reachable(path: str) -> str:
    """The address itself if some view answers it, else an empty string."""
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path


def actor_of(request: HttpRequest | None) -> Any:
    """The actor of a request; None before the actor middleware has run, as on early errors."""
    return getattr(request, "actor", None)


@lru_cache(maxsize=256)
def _menu(roles: frozenset[str], language: str) -> tuple[MenuSection, ...]:
    sections: dict[str, list[MenuLine]] = {}
    for item in sorted(registries.menu, key=lambda entry: entry.order):
        if not item.roles & roles:
            continue
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            logger.warning("menu item without an address", item=item.name, url_name=item.url_name)
            continue
        line = MenuLine(str(item.label), url, item.icon, item.count, exact=item.exact)
        sections.setdefault(str(item.section), []).append(line)
    return tuple(MenuSection(label, tuple(lines)) for label, lines in sections.items())


_remembered: dict[tuple[int | None, str], tuple[float, tuple[tuple[NavigationLink, ...], ...]]] = {}


def navigation(
    region_id: int | None, *, clock: Callable[[], float] = time.monotonic
) -> Sequence[Sequence[NavigationLink]]:
    """The links of the public header by provider, at most a minute old."""
    key = (region_id, get_language() or "")
    known = _remembered.get(key)
    if known is None or known[0] < clock():
        providers = sorted(registries.navigation, key=lambda entry: entry.order)
        try:
            groups = tuple(tuple(provider.links(region_id)) for provider in providers)
        except DatabaseError:
            logger.exception("navigation failed")
            known = _remembered[key] = (clock() + RETRY_SECONDS, ())
            return known[1]
        if len(_remembered) > 500:
            _remembered.clear()
        known = _remembered[key] = (clock() + NAVIGATION_SECONDS, tuple(group for group in groups if group))
    return known[1]


def forget() -> None:
    """Drop what this process remembers of links and menus (tests, and services that change the halls)."""
    _remembered.clear()
    _menu.cache_clear()
    reachable.cache_clear()


def count_all(actor: Any) -> dict[str, int]:
    """The header counts of the actor's roles, in one statement; none where that fails."""
    wanted = [entry for entry in registries.header_counts if entry.roles & actor.roles]
    if not wanted:
        return {}
    columns: list[str] = []
    params: list[Any] = []
    for entry in wanted:
        sql, values = entry.sql(actor)
        columns.append(f"({sql})")
        params.extend(values)
    # A failed statement would end a transaction that the view is in; outside one no guard is needed.
    guard = transaction.atomic() if connection.in_atomic_block else nullcontext()
    try:
        with guard, prepared_cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(columns)}", params)
            row = cursor.fetchone() or ()
    except DatabaseError:
        logger.exception("header counts failed")
        return {}
    return {entry.name: int(value or 0) for entry, value in zip(wanted, row, strict=True)}


class Frame:
    """What base.html and the bases on it ask for; nothing is computed before it is asked."""

    def __init__(self, request: HttpRequest | None) -> None:
        self.request = request
        self.actor = actor_of(request)
        self.signed_in = bool(self.actor and self.actor.is_authenticated)
        self.version = zcy.__version__
        self.demonstration = bool(getattr(settings, "DEMONSTRATION", False))

    @cached_property
    def counts(self) -> dict[str, int]:
        """Numbers by the name of their registered count."""
        return count_all(self.actor) if self.signed_in else {}

    @cached_property
    def todo_count(self) -> int:
        """How much waits for the person: what the side menu counts, but for the cart, which waits for nobody."""
        names = {line.count_name for section in self.menu for line in section.items} - {"", "cart"}
        return sum(self.counts.get(name, 0) for name in names)

    @cached_property
    def menu(self) -> list[MenuSection]:
        """The side menu for the actor's roles with counts; the longest matching address is current."""
        if not self.signed_in:
            return []
        sections = _menu(frozenset(self.actor.roles), get_language() or "")
        path = self.request.path if self.request else ""
        lines = [line for section in sections for line in section.items]
        fitting = [
            line.url for line in lines if path == line.url or (path.startswith(line.url) and not line.exact)
        ]
        current = max(fitting, key=len, default="")
        return [
            MenuSection(
                section.label,
                tuple(
                    replace(line, count=self.counts.get(line.count_name, 0), current=line.url == current)
                    for line in section.items
                ),
            )
            for section in sections
        ]

    @cached_property
    def menu_urls(self) -> frozenset[str]:
        """The addresses of the side menu, so that a list of the administration is not named twice."""
        return frozenset(line.url for section in self.menu for line in section.items)

    @cached_property
    def navigation(self) -> Sequence[Sequence[Any]]:
        """Halls and categories."""
        region = getattr(self.actor, "region", None)
        return navigation(getattr(region, "pk", None))

    @property
    def navigation_key(self) -> tuple[int | None, float]:
        """What the drawn links depend on: the region, and when its links were last asked for."""
        links = self.navigation
        region_id = getattr(getattr(self.actor, "region", None), "pk", None)
        known = _remembered.get((region_id, get_language() or ""))
        return region_id, known[0] if known and links else 0.0

    @property
    def tools_key(self) -> tuple[Any, ...]:
        """What the drawn tools of a person depend on: names and numbers; the form to sign out has a token of its own."""
        shown = (self.todo_count, self.counts.get("cart"), self.counts.get("notices"))
        return self.person, self.organisation, self.cart_url, self.notices_url, *shown

    @cached_property
    def person(self) -> str:
        """The name of who is signed in."""
        return str(self.actor.user) if self.signed_in else ""

    @cached_property
    def organisation(self) -> str:
        """The name of the organisation that the person acts for."""
        return str(self.actor.organisation or "") if self.signed_in else ""

    @property
    def organisation_id(self) -> int | None:
        """Its id."""
        return self.actor.organisation_id if self.signed_in else None

    @cached_property
    def organisations(self) -> Sequence[Any]:
        """The organisations between which the person may switch."""
        return list(getattr(self.actor, "organisations", ()) or ())

    @cached_property
    def region_name(self) -> str:
        """The region whose prices and halls are shown."""
        return str(getattr(self.actor, "region", None) or "")

    @property
    def region_url(self) -> str:
        """Where the region is chosen."""
        return reachable("/account/region/")

    @property
    def cart_url(self) -> str:
        """The cart, for those who buy."""
        return reachable("/cart/") if self.signed_in and self.actor.has_role("purchaser") else ""

    @property
    def notices_url(self) -> str:
        """The list of notices."""
        return reachable("/account/notices/")

    @property
    def switch_url(self) -> str:
        """Where the organisation is switched."""
        return reachable("/account/organisation/")

    @property
    def language_url(self) -> str:
        """Where the language is switched."""
        return reachable("/account/language/")

    @property
    def login_url(self) -> str:
        """The sign-in page."""
        return reachable("/account/login/")

    @property
    def logout_url(self) -> str:
        """Where one signs out."""
        return reachable("/account/logout/")

    @property
    def footer_links(self) -> list[NavigationLink]:
        """Rules, help, open data."""
        return _links(FOOTER)

    @property
    def account_links(self) -> list[NavigationLink]:
        """The person's own pages."""
        return _links(ACCOUNT)


def _links(entries: Iterable[tuple[_StrPromise, str]]) -> list[NavigationLink]:
    return [NavigationLink(str(label), path) for label, path in entries if reachable(path)]


def frame_of(request: HttpRequest | None) -> Frame:
    """The one frame of a request."""
    frame: Frame | None = getattr(request, "_zcy_frame", None)
    if frame is None:
        frame = Frame(request)
        if request is not None:
            request._zcy_frame = frame  # type: ignore[attr-defined]
    return frame
