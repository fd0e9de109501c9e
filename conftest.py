"""Tests run on a real PostgreSQL and Valkey of their own, each xdist worker on databases of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase

from tests.support.databases import TestDatabases
from zcy.embedded.errors import EmbeddedError

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs beside the ORM

CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
CHROMIUM_ARGUMENTS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def pytest_configure(config: pytest.Config) -> None:
    """Join the servers; everybody but xdist's controller also takes databases of its own."""
    try:
        databases = TestDatabases()
        config.add_cleanup(databases.leave)
        if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
            databases.take()
    except EmbeddedError as error:
        pytest.exit(f"zcy: {error}", returncode=3)
    config.stash[_databases] = databases


_databases = pytest.StashKey[TestDatabases]()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> None:
    """Make this process's database from the migrated template, and remake it after transactional tests.

    Remaking it takes a fifth of a second and brings back what migrations have put in; flushing would lose that, and
    the append-only tables refuse it anyhow.
    """
    databases = request.config.stash[_databases]
    with django_db_blocker.unblock():
        databases.prepare()

    def remake(case: TransactionTestCase) -> None:
        databases.remake()

    TransactionTestCase._fixture_teardown = remake  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """No test sees what another one has cached."""
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """No test leaves its language to the next one."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium; no browser is ever downloaded."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not found:
        pytest.fail(
            "No Chromium is installed: install chromium and fonts-noto-cjk, or set CHROMIUM to its program."
        )
    return {**browser_type_launch_args, "executable_path": found, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A Chinese desktop of 1280 × 800 in Shanghai."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1280, "height": 800},
    }
