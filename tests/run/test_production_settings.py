"""Production refuses to start with anything missing or unsafe, and says what."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from accounts.models import User
from tests.run.platform import environment
from zcy import checks
from zcy.embedded.paths import PROJECT_ROOT

COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "zcy.settings.prod",
    "SECRET_KEY": "k7Vw3mQ9pZ1xR5tB8nL2cF6hJ4dS0gA7yU3iE9oP1rT5wX8vN2bM6q",
    "ALLOWED_HOSTS": "zcy.example.org",
    "DATABASE_URL": "postgresql://zcy:secret@db.example.org/zcy",
    "REDIS_URL": "redis://:secret@cache.example.org:6379",
}


def load(**changes: str) -> subprocess.CompletedProcess[str]:
    """Load the production settings in a fresh process."""
    code = "from django.conf import settings; print(settings.DATABASES['default']['PASSWORD'], settings.SECRET_KEY)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT_ROOT,
        env=environment(**{name: value for name, value in (COMPLETE | changes).items() if value}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_complete_settings_start() -> None:
    assert load().stdout.split() == ["secret", COMPLETE["SECRET_KEY"]]


def test_secrets_may_lie_in_files(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from-a-file-" + COMPLETE["SECRET_KEY"] + "\n")
    assert load(SECRET_KEY="", SECRET_KEY_FILE=str(file)).stdout.split()[1].startswith("from-a-file-")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": "", "SECRET_KEY_FILE": "/nowhere/key"}, "which cannot be read"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "mysql://db/zcy"}, "DATABASE_URL must look like postgresql://"),
        ({"REDIS_URL": ""}, "REDIS_URL is not set"),
        ({"REDIS_URL": "http://cache"}, "REDIS_URL must begin with"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name"),
        ({"DEBUG": "1"}, "DEBUG must not be on"),
        ({"ZCY_DEBUG": "yes"}, "DEBUG must not be on"),
        ({"ZCY_DEBUG": "perhaps"}, "ZCY_DEBUG must be 1 or 0"),
        ({"ZCY_DEMO": "1"}, "Demonstration accounts must not exist"),
    ],
)
def test_what_is_missing_or_unsafe_is_refused(changes: dict[str, str], sentence: str) -> None:
    answer = load(**changes)
    assert answer.returncode != 0
    assert sentence in answer.stderr.splitlines()[-1]


@pytest.mark.django_db
def test_a_database_with_demonstration_accounts_is_refused() -> None:
    User.objects.create(username="buyer", demonstration=True)
    with (
        override_settings(REFUSE_UNSAFE_START=True, DEMONSTRATION=False),
        pytest.raises(ImproperlyConfigured, match="demonstration accounts"),
    ):
        checks.refuse_unsafe_start()


@pytest.mark.django_db
def test_a_clean_database_is_accepted() -> None:
    assert settings.DEMONSTRATION is False
    with override_settings(REFUSE_UNSAFE_START=True):
        checks.refuse_unsafe_start()
