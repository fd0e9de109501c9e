"""The read side of favourites: rows ready to render, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import connection

from accounts.actor import Actor
from catalog.models import FavouriteList
from zcy.formats import money, percent
from zcy.prepared import prepared_cursor

MOST_FALLEN: Final = 6
_ROWS: Final = """
    SELECT f.id, f.good_id, g.name, coalesce(b.name, ''), g.unit, f.note, f.added_at, f.price_then, g.lowest_price, g.offers,
           g.in_stock, g.state
      FROM catalog_favourite f JOIN catalog_good g ON g.id = f.good_id LEFT JOIN catalog_brand b ON b.id = g.brand_id
     WHERE f.list_id = %s AND (%s::bigint IS NULL OR f.id < %s) ORDER BY f.id DESC LIMIT %s
"""
_FALLEN: Final = """
    SELECT f.id, f.good_id, g.name, coalesce(b.name, ''), g.unit, f.note, f.added_at, f.price_then, g.lowest_price, g.offers,
           g.in_stock, g.state
      FROM catalog_favourite f JOIN catalog_good g ON g.id = f.good_id LEFT JOIN catalog_brand b ON b.id = g.brand_id
     WHERE f.user_id = %s AND g.offers > 0 AND g.state = 'active' AND g.lowest_price < f.price_then * 0.99
     ORDER BY g.lowest_price / f.price_then, f.id LIMIT %s
"""
_AMONG: Final = "SELECT DISTINCT good_id FROM catalog_favourite WHERE user_id = %s::bigint AND good_id = ANY(%s::bigint[])"


@dataclass(frozen=True)
class FavouriteRow:
    """A favourite with what it costs now."""

    id: int
    good_id: int
    name: str
    brand: str
    unit: str
    note: str
    added_at: datetime
    price_then: Decimal | None
    price_now: Decimal | None
    offers: int
    in_stock: bool
    state: str

    @property
    def url(self) -> str:
        return f"/goods/{self.good_id}/"

    @property
    def ended(self) -> bool:
        """Nobody offers it any more."""
        return self.offers == 0 or self.state != "active"

    @property
    def then(self) -> str:
        return money(self.price_then) if self.price_then is not None else "–"

    @property
    def now(self) -> str:
        return money(self.price_now) if self.price_now is not None and not self.ended else "–"

    @property
    def change(self) -> str:
        """By how much the price has moved since it was added."""
        if self.ended or not self.price_then or self.price_now is None or self.price_now == self.price_then:
            return ""
        share = float((self.price_now - self.price_then) / self.price_then)
        return f"{'▼' if share < 0 else '▲'} {percent(abs(share))}"


def favourites_in(list_id: int, *, before: int | None = None, limit: int = 50) -> list[FavouriteRow]:
    """The favourites of a list, the newest first, from a position on."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [list_id, before, before, limit])
        return [FavouriteRow(*row) for row in cursor.fetchall()]


def fallen_favourites(actor: Actor) -> list[FavouriteRow]:
    """The actor's favourites that cost less than when they were added, the deepest fall first."""
    with connection.cursor() as cursor:
        cursor.execute(_FALLEN, [actor.user_id, MOST_FALLEN])
        return [FavouriteRow(*row) for row in cursor.fetchall()]


def favourites_among(actor: Actor, good_ids: Sequence[int]) -> set[int]:
    """Which of these goods the actor keeps."""
    if not actor.is_authenticated or not good_ids:
        return set()
    # Every list asks; composing the statement anew would cost more than answering it.
    with prepared_cursor() as cursor:
        cursor.execute(_AMONG, [actor.user_id, list(good_ids)])
        return {good_id for (good_id,) in cursor.fetchall()}


def lists_for(actor: Actor) -> list[FavouriteList]:
    """The actor's own lists, then what colleagues share, each with the number of its goods."""
    from django.db.models import Count

    found = FavouriteList.objects.visible_to(actor).select_related("user").annotate(goods=Count("favourites"))
    return sorted(found, key=lambda one: (one.user_id != actor.user_id, one.pk))
