"""What a browser has chosen to compare: goods and offers, at most six together, kept in its session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.queries.compare import MOST

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

KEY: Final = "compared"


@dataclass(frozen=True)
class Chosen:
    """Ids of standard goods and of listings, in the order in which they were chosen."""

    goods: tuple[int, ...] = ()
    offers: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.goods) + len(self.offers)

    @property
    def address(self) -> str:
        """The page that compares them; what is compared stands in it."""
        offers = f"&offers={','.join(map(str, self.offers))}" if self.offers else ""
        return f"/compare/?goods={','.join(map(str, self.goods))}{offers}"

    @property
    def told(self) -> str:
        """How many, in words."""
        if not len(self):
            return _("Tick up to six goods to compare them.")
        return ngettext(
            "%(n)s of at most %(most)s chosen for comparison",
            "%(n)s of at most %(most)s chosen for comparison",
            len(self),
        ) % {"n": len(self), "most": MOST}

    def plus(self, goods: Iterable[int] = (), offers: Iterable[int] = ()) -> tuple[Chosen, bool]:
        """These and others, as far as there is room; and whether one found none. What was chosen before stays."""
        new_goods = [pk for pk in dict.fromkeys(goods) if pk not in self.goods]
        new_offers = [pk for pk in dict.fromkeys(offers) if pk not in self.offers]
        room = max(0, MOST - len(self))
        taken = new_goods[:room]
        taken_offers = new_offers[: room - len(taken)]
        refused = len(new_goods) + len(new_offers) > room
        return Chosen((*self.goods, *taken), (*self.offers, *taken_offers)), refused

    def without(self, goods: Iterable[int]) -> Chosen:
        """These but for some goods."""
        gone = set(goods)
        return Chosen(tuple(pk for pk in self.goods if pk not in gone), self.offers)


def chosen_in(session: SessionBase) -> Chosen:
    """What was chosen or compared last in this browser."""
    kept: Any = session.get(KEY)
    return Chosen(tuple(kept[0]), tuple(kept[1])) if kept else Chosen()


def keep_chosen(session: SessionBase, chosen: Chosen) -> None:
    """Keep it; a session is written only where something has changed."""
    if chosen != chosen_in(session):
        session[KEY] = [list(chosen.goods), list(chosen.offers)]


def refusal() -> str:
    """Why a seventh is not taken, and what to do."""
    return _("At most six are compared. Take one away first.")
