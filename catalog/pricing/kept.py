"""Panels kept between requests, and forgotten the moment a deal they hold comes or goes.

The deals of the hottest good of market M, ten thousand in 90 days, take 40 ms to compute. A panel depends on the deals
of its good and of all goods of the same category and specification, so these share a token; a panel is good as long
as the tokens it was computed under are. A token is read before the deals and dropped after the commit that changed
them, so no panel of an older state can be taken for a newer one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from django.core.cache import cache
from django.db import transaction

KEEP_SECONDS: Final = 900
TOKEN_SECONDS: Final = 86_400
_ALL: Final = "catalog.panels"

# (good, category, hash of the specification)
Peers = tuple[int, int, str]


def kept(peers: Peers, name: str, compute: Callable[[], Any]) -> Any:
    """What was computed under this name since the deals of these peers last changed; else compute and keep it."""
    key, group = f"{_ALL}.kept.{name}", _group(peers)
    found = cache.get_many([_ALL, group, key])
    tokens = _tokens(found, group)
    if key in found:
        under, value = found[key]
        if under == tokens:
            return value
    value = compute()
    cache.set(key, (tokens, value), KEEP_SECONDS)
    return value


def deals_version(peers: Peers) -> Any:
    """Equal only while the deals of these peers have not changed."""
    group = _group(peers)
    return _tokens(cache.get_many([_ALL, group]), group)


def _tokens(found: dict[str, Any], group: str) -> tuple[Any, ...]:
    return tuple(
        found.get(token) or cache.get_or_set(token, _new_token, TOKEN_SECONDS) for token in (_ALL, group)
    )


def forget(changed: Iterable[Peers]) -> None:
    """Panels that hold deals of these goods are out of date once the transaction has ended."""
    groups = sorted({_group(peers) for peers in changed})
    if groups:
        transaction.on_commit(partial(cache.delete_many, groups))


def forget_all() -> None:
    """All panels are out of date once the transaction has ended."""
    transaction.on_commit(partial(cache.delete, _ALL))


def _group(peers: Peers) -> str:
    good, category, spec_hash = peers
    return f"{_ALL}.{category}.{spec_hash}" if spec_hash else f"{_ALL}.good.{good}"


def _new_token() -> str:
    return secrets.token_hex(8)
