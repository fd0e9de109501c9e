"""A cache that may go away: readers see a miss, writers nothing, and /readyz tells.

Sessions lie in the database with this cache in front, so people stay signed in while the cache server is away.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

# After a failure nobody waits for the server again for this long.
REST_SECONDS = 1.0
AWAY = (RedisError, OSError)

Result = TypeVar("Result")
log = structlog.get_logger(__name__)


class _Rest:
    """When the server was last seen to be away; one per process."""

    def __init__(self) -> None:
        self._until = 0.0
        self._lock = threading.Lock()

    def is_resting(self) -> bool:
        return time.monotonic() < self._until

    def begin(self, error: Exception) -> None:
        with self._lock:
            newly = time.monotonic() >= self._until
            self._until = time.monotonic() + REST_SECONDS
        if newly:
            log.warning("cache_away", error=str(error))

    def end(self) -> None:
        self._until = 0.0


_rest = _Rest()


class _KeptClient(RedisCacheClient):
    """Django's client, but with one client of redis-py for a server: Django makes one at every operation.

    Making it costs more than asking the server. It holds no connection of its own, only the pool.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._clients: dict[Any, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        client = self._clients.get(pool)
        if client is None:
            client = self._clients[pool] = self._client(connection_pool=pool)  # type: ignore[attr-defined]
        return client


class TolerantRedisCache(RedisCache):
    """Django's Redis cache, whose every operation survives the server's absence."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _KeptClient

    def _try(self, operation: Callable[[], Result], otherwise: Result) -> Result:
        if _rest.is_resting():
            return otherwise
        try:
            return operation()
        except AWAY as error:
            _rest.begin(error)
            return otherwise

    def add(self, key: str, value: Any, timeout: Any = ..., version: int | None = None) -> bool:
        """Store what is not there yet; while the server is away: as if it had been stored.

        "Not stored" would mean that somebody else holds the key: whoever takes it for a lock, as the limits on
        signing in do, would wait for nobody and refuse everybody.
        """
        return self._try(
            lambda: super(TolerantRedisCache, self).add(key, value, **_given(timeout), version=version), True
        )

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Read one value; while the server is away: the default."""
        return self._try(lambda: super(TolerantRedisCache, self).get(key, default, version=version), default)

    def set(self, key: str, value: Any, timeout: Any = ..., version: int | None = None) -> None:
        """Store one value; while the server is away: nothing."""
        self._try(
            lambda: super(TolerantRedisCache, self).set(key, value, **_given(timeout), version=version), None
        )

    def touch(self, key: str, timeout: Any = ..., version: int | None = None) -> bool:
        """Keep a value longer; while the server is away: not there."""
        return self._try(
            lambda: super(TolerantRedisCache, self).touch(key, **_given(timeout), version=version), False
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        """Remove one value; while the server is away: not there."""
        return self._try(lambda: super(TolerantRedisCache, self).delete(key, version=version), False)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        """Read several values; while the server is away: none of them."""
        wanted = list(keys)
        return self._try(lambda: super(TolerantRedisCache, self).get_many(wanted, version=version), {})

    def has_key(self, key: str, version: int | None = None) -> bool:
        """Whether a value is there; while the server is away: no."""
        return self._try(lambda: super(TolerantRedisCache, self).has_key(key, version=version), False)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count up; while the server is away: the first count of a new key."""
        return self._try(lambda: super(TolerantRedisCache, self).incr(key, delta, version=version), delta)

    def set_many(self, data: dict[str, Any], timeout: Any = ..., version: int | None = None) -> list[str]:
        """Store several values; while the server is away: all keys, as those that failed."""
        return self._try(
            lambda: super(TolerantRedisCache, self).set_many(data, **_given(timeout), version=version),
            list(data),
        )

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        """Remove several values; while the server is away: nothing."""
        unwanted = list(keys)
        self._try(lambda: super(TolerantRedisCache, self).delete_many(unwanted, version=version), None)

    def push(self, key: str, value: bytes, *, most: int) -> None:
        """Add to the end of a list of at most so many; beyond that, and while the server is away: nothing."""
        made = self.make_and_validate_key(key)
        client = self._cache.get_client(None, write=True)
        # Not counted in one step with the adding: a few too many do no harm.
        self._try(lambda: client.llen(made) < most and client.rpush(made, value), None)

    def drain(self, key: str, most: int) -> list[bytes]:
        """Take up to so many from the beginning of a list; while the server is away: nothing."""
        made = self.make_and_validate_key(key)
        client = self._cache.get_client(None, write=True)
        return self._try(lambda: cast("list[bytes] | None", client.lpop(made, most)), None) or []

    def clear(self) -> None:
        """Remove everything; while the server is away: nothing."""
        self._try(super().clear, None)

    def ping(self) -> None:
        """Ask the server itself, for /readyz.

        Raises:
            RedisError: it is away.
        """
        self._cache.get_client(None, write=True).ping()
        _rest.end()


def _given(timeout: Any) -> dict[str, Any]:
    """The timeout as argument, where one was given at all."""
    return {} if timeout is ... else {"timeout": timeout}
