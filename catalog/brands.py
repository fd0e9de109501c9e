"""Brands by any of their names: 惠普, HP, 惠普/HP, 惠普（HP）."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from catalog.models import Brand

_BREAKS: Final = re.compile(r"[/／|、,，()（）\[\]【】\s]+")
_MARKS: Final = re.compile(r"[\s\-_.·'&+®™]")


def brand_key(name: str) -> str:
    """A brand's name in one spelling: without case, width, blanks and marks; TP-LINK is TPLINK, M&G is MG."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", name).lower())


@dataclass
class BrandBook:
    """All names of all brands, each leading to one name."""

    names: dict[str, str] = field(default_factory=dict)
    # Brands of the database by that name.
    ids: dict[str, list[int]] = field(default_factory=dict)
    _aliases: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> BrandBook:
        """From (name, Latin name) of each brand; where two claim one name, the first keeps it."""
        book = cls()
        for name, latin in pairs:
            key = brand_key(name)
            for alias in (key, brand_key(latin)):
                if alias:
                    book.names.setdefault(alias, key)
        return book

    def aliases(self, brand: str) -> list[str]:
        """All names of a brand, the longest first."""
        if not self._aliases:
            for alias, name in self.names.items():
                self._aliases.setdefault(name, []).append(alias)
            for names in self._aliases.values():
                names.sort(key=len, reverse=True)
        return self._aliases.get(brand, [])

    @classmethod
    def load(cls) -> BrandBook:
        """Of the brands in the database."""
        rows = list(Brand.objects.order_by("pk").values_list("pk", "name", "latin"))
        book = cls.of((name, latin) for _pk, name, latin in rows)
        for pk, name, _latin in rows:
            book.ids.setdefault(book.names.get(brand_key(name), ""), []).append(pk)
        return book

    def canonical(self, written: str) -> str:
        """The one name of a brand as somebody wrote it; a brand that nobody knows is its own name; empty for none."""
        for part in parts_of(written):
            if part in self.names:
                return self.names[part]
        return next(parts_of(written), "")


def parts_of(written: str) -> Iterator[str]:
    """The whole, and each of the names in 惠普/HP."""
    text = unicodedata.normalize("NFKC", written).strip()
    if not text:
        return
    whole = brand_key(_BREAKS.sub("", text))
    yield from dict.fromkeys([whole, *(key for part in _BREAKS.split(text) if (key := brand_key(part)))])


def brand_of(written: str) -> Brand | None:
    """The brand that somebody meant, by either of its names."""
    wanted = set(parts_of(written))
    if not wanted:
        return None
    found: Brand | None = None
    for brand in Brand.objects.order_by("pk"):
        keys = {brand_key(brand.name), brand_key(brand.latin)} - {""}
        if brand_key(written) in keys:
            return brand
        if found is None and keys & wanted:
            found = brand
    return found
