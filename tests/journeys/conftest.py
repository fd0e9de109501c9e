"""People who go through the platform in a real Chromium, each in a window of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext

from accounts.actor import Actor
from accounts.models import User
from catalog.attributes import forget_attributes
from catalog.tree import forget_tree
from tests.journeys.person import AXE, Person

PASSWORD = "a-long-enough-Secret-7"
Arrives = Callable[..., Person]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs Chromium, and a database that other threads see."""
    for item in items:
        if "tests/journeys/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _fresh_trees(transactional_db: None, settings: Any) -> None:
    """What the process remembers of another test's catalogue is forgotten; lists are kept as in production."""
    settings.KEEP_LISTS = True
    assert AXE.is_file(), "axe-core is missing: make test installs it"
    forget_tree()
    forget_attributes()


@pytest.fixture
def arrives(live_server: Any, browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Arrives]:
    """A person opens a browser: signed in by the session where one is given, else as a visitor."""

    windows: list[BrowserContext] = []

    def arrive(who: Actor | User | None = None, **window: Any) -> Person:
        context = browser.new_context(**{**browser_context_args, **window})
        windows.append(context)
        context.set_default_timeout(60_000)
        user = who.user if isinstance(who, Actor) else who
        if user is not None:
            session = Client()
            session.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            name = django_settings.SESSION_COOKIE_NAME
            context.add_cookies(
                [{"name": name, "value": session.cookies[name].value, "url": live_server.url}]
            )
        return Person(context.new_page(), live_server.url)

    yield arrive
    for context in windows:
        context.close()


def with_password(actor: Actor) -> User:
    """The actor's account, with a password that the sign-in form takes."""
    assert actor.user is not None
    actor.user.set_password(PASSWORD)
    actor.user.save()
    return actor.user
