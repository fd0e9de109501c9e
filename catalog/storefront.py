"""What a storefront says: read from what is stored, and written back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final

MOST_FEATURED: Final = 12
MOST_ANNOUNCEMENTS: Final = 10
MOST_GROUPS: Final = 20
MOST_IN_A_GROUP: Final = 500
FEATURED: Final = "featured"


@dataclass(frozen=True)
class Announcement:
    """A dated text; shown from a day until the end of another one, or for good."""

    title: str
    text: str = ""
    on: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it is shown on a day."""
        return (self.on is None or self.on <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Group:
    """A category of the supplier's own, with the ids of its listings in order."""

    name: str
    listings: tuple[int, ...] = ()


@dataclass(frozen=True)
class Content:
    """All that a supplier says on its storefront, besides the banner."""

    headline: str = ""
    terms: str = ""
    featured: tuple[int, ...] = ()
    announcements: tuple[Announcement, ...] = field(default=())
    groups: tuple[Group, ...] = field(default=())

    @classmethod
    def read(cls, stored: Any) -> Content:
        """From JSON; what is not there is empty."""
        data: dict[str, Any] = stored if isinstance(stored, dict) else {}
        return cls(
            headline=str(data.get("headline", "")),
            terms=str(data.get("terms", "")),
            featured=tuple(data.get("featured", ())),
            announcements=tuple(
                Announcement(entry["title"], entry["text"], _day(entry["on"]), _day(entry["until"]))
                for entry in data.get("announcements", ())
            ),
            groups=tuple(Group(entry["name"], tuple(entry["listings"])) for entry in data.get("groups", ())),
        )

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        data = asdict(self)
        for entry in data["announcements"]:
            entry["on"], entry["until"] = _text(entry["on"]), _text(entry["until"])
        return data

    def shown(self, day: date) -> list[Announcement]:
        """The announcements that hold on a day, the newest first."""
        held = [entry for entry in self.announcements if entry.holds(day)]
        return sorted(held, key=lambda entry: entry.on or date.min, reverse=True)

    def texts(self) -> list[str]:
        """Everything that people read."""
        parts = [self.headline, self.terms, *(group.name for group in self.groups)]
        return [*parts, *(part for entry in self.announcements for part in (entry.title, entry.text))]

    def listings(self) -> set[int]:
        """Every listing that is named."""
        return {*self.featured, *(pk for group in self.groups for pk in group.listings)}

    def chosen(self, place: str) -> tuple[int, ...] | None:
        """The listings of `featured` or of the group with this number from 0; None where there is no such place."""
        if place == FEATURED:
            return self.featured
        number = _number(place)
        return self.groups[number].listings if number is not None and number < len(self.groups) else None

    def with_chosen(self, place: str, ids: tuple[int, ...]) -> Content:
        """The same with other listings in a place."""
        if place == FEATURED:
            return replace(self, featured=ids)
        groups = list(self.groups)
        number = int(place)
        groups[number] = replace(groups[number], listings=ids)
        return replace(self, groups=tuple(groups))

    def only(self, known: set[int]) -> Content:
        """Without the listings that are not among these."""
        return replace(
            self,
            featured=tuple(pk for pk in self.featured if pk in known),
            groups=tuple(
                replace(group, listings=tuple(pk for pk in group.listings if pk in known))
                for group in self.groups
            ),
        )


def most_in(place: str) -> int:
    """How many listings a place holds."""
    return MOST_FEATURED if place == FEATURED else MOST_IN_A_GROUP


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
