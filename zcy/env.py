"""Everything that comes from outside the program, read and checked in one place.

Each value may also lie in a file that `NAME_FILE` names, as secrets of containers do.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset(["1", "true", "yes", "on"])
FALSE_WORDS = frozenset(["0", "false", "no", "off"])


def text(name: str, default: str = "") -> str:
    """The variable's value, or the content of the file that `NAME_FILE` names, or the default.

    Raises:
        ImproperlyConfigured: the file cannot be read.
    """
    value = os.environ.get(name, "").strip()
    if value:
        return value
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return default
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error}") from error


def required(name: str) -> str:
    """The variable's value.

    Raises:
        ImproperlyConfigured: it is not set.
    """
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: set it, or {name}_FILE to a file that holds it.")
    return value


def flag(name: str, *, default: bool) -> bool:
    """A yes or no.

    Raises:
        ImproperlyConfigured: it is neither.
    """
    value = text(name).lower()
    if not value:
        return default
    if value in TRUE_WORDS | FALSE_WORDS:
        return value in TRUE_WORDS
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def integer(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    """A whole number between two bounds.

    Raises:
        ImproperlyConfigured: it is none, or out of bounds.
    """
    value = text(name)
    if not value:
        return default
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def words(name: str, default: list[str] | None = None) -> list[str]:
    """A list separated by commas."""
    value = text(name)
    return [word.strip() for word in value.split(",") if word.strip()] if value else list(default or [])


@dataclass(frozen=True)
class DatabaseAddress:
    """A PostgreSQL address taken apart."""

    name: str
    user: str
    password: str
    host: str
    port: str
    options: dict[str, str]


def database(name: str, default: str = "") -> DatabaseAddress:
    """A PostgreSQL address such as `postgresql://user:password@host:5432/name?sslmode=require`.

    A socket's folder is given as `?host=/folder`.

    Raises:
        ImproperlyConfigured: it is not set or not such an address.
    """
    value = text(name, default)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: set it to postgresql://user:password@host:5432/name.")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not an address: {error}") from error
    database_name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not database_name:
        raise ImproperlyConfigured(f"{name} must look like postgresql://user:password@host:5432/name.")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or (parts.hostname or "")
    return DatabaseAddress(
        name=database_name,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=host,
        port=str(port or ""),
        options=options,
    )


@dataclass(frozen=True)
class RedisAddress:
    """A Redis-protocol server: `redis://…`, `rediss://…` or `unix:///socket`, without a database number."""

    base: str

    def cache(self, number: int) -> str:
        """The address of one database as Django and redis-py write it."""
        if self.base.startswith("unix://"):
            return f"{self.base}?db={number}"
        return f"{self.base}/{number}"

    def broker(self, number: int) -> str:
        """The address of one database as Celery writes it."""
        if self.base.startswith("unix://"):
            return f"redis+socket://{self.base.removeprefix('unix://')}?virtual_host={number}"
        return self.cache(number)


def redis(name: str, default: str = "") -> RedisAddress:
    """The address of a Redis-protocol server.

    Raises:
        ImproperlyConfigured: it is not set or not such an address.
    """
    value = text(name, default)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: set it to redis://:password@host:6379.")
    parts = urlsplit(value)
    if parts.scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(f"{name} must begin with redis://, rediss:// or unix://.")
    if parts.scheme == "unix":
        return RedisAddress(f"unix://{parts.path}")
    if parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must name no database: zcy uses several of them.")
    return RedisAddress(f"{parts.scheme}://{parts.netloc}")
