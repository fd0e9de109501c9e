"""Invented queries: what people would type for goods of a catalogue, rightly and with slips. Equal seeds, equal queries.

What a query is about is drawn first (a category word, a brand with it, a model, a value), so that what is relevant is known
without asking any search.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bench.market.goods import make_goods
from bench.market.ranges import leaves
from bench.market.sizes import Settings, Size
from bench.search_quality import Item, Query

SYNONYMS: Final = Path(__file__).resolve().parents[1] / "catalog" / "data" / "synonyms.csv"
KEYBOARD: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# Characters that are taken for each other, by sound or by look; none of them makes another word of the trade.
CONFUSED: Final = tuple(
    group
    for line in (
        "机几级极 印应隐卬 复付傅覆 纸止只 桌卓捉 椅倚以 柜贵规 器气其汽 仪义宜疑 投头透 影映颖",
        "显险线 示市势 扫嫂 描苗秒 电店殿 脑恼 视事试 空孔控 调条跳 冰兵 箱相香 洗喜席 衣一医",
        "热惹 水睡税 文闻问 件健建 办半伴 公工功 笔必比 本苯 信新心 封风丰 硒西吸 鼓古股",
        "墨莫默 盒合和 茶查 叶业夜 交教胶 换环还 路陆露 由油 防放房 火货 墙强 键建健 盘判",
        "鼠属 标表",
    )
    for group in line.split()
)


def items_of(seed: int, number: int) -> list[Item]:
    """Goods of a market of another seed."""
    latin = {brand.name: brand.latin for leaf in leaves() for brand in leaf.brands}
    made = make_goods(Settings(size=Size("Q", number, 0, 0, 0, 0), seed=seed))
    return [
        Item(
            good.id, good.leaf.code, good.brand, latin.get(good.brand, ""), good.model, good.name,
            _loads(good.spec), good.leaf.unit, f"{good.price:.2f}",
        )
        for good in made
    ]  # fmt: skip


def _loads(text: str) -> dict[str, object]:
    import json

    loaded: dict[str, object] = json.loads(text)
    return loaded


def invent(items: Sequence[Item], seed: int, number: int) -> list[Query]:
    """Queries of all kinds in turn."""
    rng = random.Random(f"queries:{seed}")
    words = {leaf.code: leaf.word for leaf in leaves()}
    makers: list[Callable[[], Query | None]] = []
    shop = _Shop(items, words, rng)
    makers = [
        shop.category, shop.name, shop.model, shop.pinyin, shop.initials, shop.synonym, shop.attribute,
        shop.chinese_slip, shop.pinyin_slip, shop.model_slip,
    ]  # fmt: skip
    found: dict[str, Query] = {}
    turns = 0
    while len(found) < number and turns < 50 * number:
        query = makers[turns % len(makers)]()
        turns += 1
        if query is not None and query.text not in found and query.relevant:
            found[query.text] = query
    return list(found.values())


class _Shop:
    def __init__(self, items: Sequence[Item], words: dict[str, str], rng: random.Random) -> None:
        self.items, self.words, self.rng = items, words, rng
        with SYNONYMS.open(encoding="utf-8", newline="") as file:
            groups = [row["words"].split(";") for row in csv.DictReader(file)]
        self.synonyms = {
            word: [other for other in group if other != word] for group in groups for word in group
        }

    def category(self) -> Query:
        """The shop word of a category: what is called so, or has all of the word in its name."""
        word = self.words[self.rng.choice(self.items).category]
        return Query(word, "category", self.named(word))

    def name(self) -> Query | None:
        """A brand, in Chinese or Latin, and a word."""
        item = self.rng.choice(self.items)
        if not item.brand:
            return None
        word = self.words[item.category]
        spelt = self.rng.choice([item.brand, item.latin or item.brand])
        blank = self.rng.choice(["", " "])
        text = self.rng.choice([f"{spelt}{blank}{word}", f"{word} {spelt}"])
        return Query(text, "name", self.named(word, item.brand))

    def model(self) -> Query | None:
        """A model number as people write it."""
        item = self.with_model()
        if item is None:
            return None
        key, rng = item.key, self.rng
        text = rng.choice(
            [item.model, key.lower(), item.model.replace("-", " "), f"{item.brand}{key}",
             f"{item.latin} {item.model.lower()}",
             f"{key.lower()}{self.words[item.category]}", key[:-1]]
        )  # fmt: skip
        wanted = key[:-1] if text == key[:-1] else key
        near = [one for one in self.items if wanted in one.key]
        if self.words[item.category] in text:
            near = [one for one in near if self.words[item.category] in one.name]
        if text.startswith((item.brand, f"{item.latin} ")) and item.brand:
            near = [one for one in near if one.brand == item.brand]
        return Query(text, "model", frozenset(one.id for one in near))

    def pinyin(self) -> Query:
        """A word in full pinyin, alone or behind the brand."""
        text, relevant = self.spoken(full=True)
        return Query(text, "pinyin", relevant)

    def initials(self) -> Query | None:
        """A word in initials, alone or behind the brand in Chinese or in initials too."""
        text, relevant = self.spoken(full=False)
        return Query(text, "initials", relevant) if len(text) > 2 else None

    def synonym(self) -> Query | None:
        """What a good is called otherwise."""
        item = self.rng.choice(self.items)
        word = self.words[item.category]
        others = self.synonyms.get(word)
        if not others:
            return None
        return Query(self.rng.choice(others), "synonym", self.named(word))

    def attribute(self) -> Query | None:
        """A word with one value, the unit behind a number."""
        item = self.rng.choice(self.items)
        leaf = next(one for one in leaves() if one.code == item.category)
        shown = [one for one in leaf.attributes if one.is_key and one.key in item.spec]
        if not shown:
            return None
        attribute = self.rng.choice(shown)
        value = item.spec[attribute.key]
        text = f"{value:g}{attribute.unit}" if isinstance(value, int | float) else str(value)
        if text in ("无", "普通", "有", "支持", "不支持"):
            return None
        word = self.words[item.category]
        named = self.named(word)
        wanted = frozenset(
            one.id for one in self.items if one.id in named and one.spec.get(attribute.key) == value
        )
        return Query(self.rng.choice([f"{text} {word}", f"{word} {text}"]), "attribute", wanted)

    def chinese_slip(self) -> Query | None:
        """One character wrong, missing or too many, in a word of three or more."""
        word = self.words[self.rng.choice(self.items).category]
        if len(word) < 3 or not all("\u4e00" <= letter <= "\u9fff" for letter in word):
            return None
        place = self.rng.randrange(len(word))
        groups = [group for group in CONFUSED if word[place] in group]
        how = self.rng.choice(["wrong", "wrong", "missing", "double"])
        if how == "wrong":
            if not groups:
                return None
            wrong = self.rng.choice([letter for letter in groups[0] if letter != word[place]])
            text = word[:place] + wrong + word[place + 1 :]
        elif how == "missing":
            text = word[:place] + word[place + 1 :]
        else:
            text = word[:place] + word[place] + word[place:]
        if self.named(text):
            return None
        return Query(text, "typo", self.named(word))

    def pinyin_slip(self) -> Query | None:
        """One letter wrong, missing, too many or exchanged, in pinyin of six letters or more."""
        text, relevant = self.spoken(full=True)
        letters = text.replace(" ", "")
        return Query(self.slip(text), "typo", relevant) if len(letters) >= 6 and letters.isalpha() else None

    def model_slip(self) -> Query | None:
        """The same in a model number of six letters and digits or more."""
        item = self.with_model(least=6)
        if item is None:
            return None
        text = self.slip(item.key.lower())
        if any(text.upper() in one.key for one in self.items):
            return None
        near = frozenset(one.id for one in self.items if one.key == item.key)
        return Query(text, "typo", near)

    def slip(self, text: str) -> str:
        """One slip at a place inside the text."""
        rng, place = self.rng, self.rng.randrange(1, len(text) - 1)
        letter = text[place]
        if letter == " ":
            place, letter = place - 1, text[place - 1]
        how = rng.choice(["wrong", "missing", "double", "exchanged"])
        if how == "missing":
            return text[:place] + text[place + 1 :]
        if how == "double":
            return text[:place] + letter + text[place:]
        if how == "exchanged" and text[place + 1] not in (letter, " "):
            return text[:place] + text[place + 1] + letter + text[place + 2 :]
        row = next((row for row in KEYBOARD if letter in row), "1234567890")
        beside = [row[near] for near in (row.find(letter) - 1, row.find(letter) + 1) if 0 <= near < len(row)]
        return text[:place] + rng.choice(beside) + text[place + 1 :]

    def spoken(self, *, full: bool) -> tuple[str, frozenset[str]]:
        """A word, perhaps behind its brand, as it is spelt; what sounds the same is relevant too."""
        from catalog.segmentation import pinyin

        item = self.rng.choice(self.items)
        word = self.words[item.category]
        word = "".join(letter for letter in word if "\u4e00" <= letter <= "\u9fff")
        spelt = pinyin(word)[0 if full else 1]
        brand = item.brand if self.rng.random() < 0.4 and item.brand and not item.brand.isascii() else ""
        if not brand:
            return spelt, self.sounding(word, full=full)
        before = self.rng.choice([brand, pinyin(brand)[0 if full else 1]]) if not full else pinyin(brand)[0]
        blank = self.rng.choice(["", " "])
        return f"{before}{blank}{spelt}", self.sounding(word, brand, full=full)

    def sounding(self, word: str, brand: str = "", *, full: bool) -> frozenset[str]:
        """Goods whose shop word is spelt so, or whose name has the word."""
        from catalog.segmentation import pinyin

        place = 0 if full else 1
        alike = {code for code, other in self.words.items() if pinyin(word)[place] in pinyin(other)[place]}
        return frozenset(
            item.id
            for item in self.items
            if (item.category in alike or word in item.name) and (not brand or item.brand == brand)
        )

    def named(self, word: str, brand: str = "") -> frozenset[str]:
        """Goods with the word in their name."""
        return frozenset(
            item.id for item in self.items if word in item.name and (not brand or item.brand == brand)
        )

    def with_model(self, *, least: int = 4) -> Item | None:
        item = self.rng.choice(self.items)
        fits = len(item.key) >= least and item.brand and any(map(str.isdecimal, item.key))
        return item if fits and item.model.isascii() else None
