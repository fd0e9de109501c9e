"""Standard goods: a grid of brand × model × key specification for every leaf, no name twice."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from random import Random

from bench.market.chance import Wheel, zipf_weights
from bench.market.ranges import BrandRange, Leaf, leaves, position_of
from bench.market.sizes import Settings

#: How sought a leaf is; 1 where it is not named.
HEAT = {
    "A02010105": 9.0, "A02010108": 7.0, "A05040101": 9.0, "A05040201": 7.0, "A02021003": 6.0, "A02020400": 4.0,
    "A02061804": 4.0, "A05010301": 4.0, "A05010201": 3.0, "A02021104": 3.0, "A05040402": 3.5, "A05010502": 2.5,
    "A02020800": 2.0, "A05040501": 2.5, "A02010202": 1.5, "A05010203": 1.5, "A05010304": 1.5,
    "A02010301": 0.25, "A02010502": 0.2, "A02020501": 0.4, "A02081001": 0.3,
}  # fmt: skip
#: Attributes that say how many units a pack has.
PACK_KEYS = ("reams", "count", "packs")
ZIPF = 1.12


@dataclass
class Good:
    """A row of goods.csv, and what the generator knows of it."""

    index: int
    leaf: Leaf
    brand: str
    model: str
    name: str
    spec: str
    pack: int
    labels: str
    price: float
    weight: float = 0.0
    rank: int = 0
    lonely: bool = False

    @property
    def id(self) -> str:
        """The id in the files."""
        return f"C{self.index + 1:06d}"

    def row(self) -> tuple[str, ...]:
        """The cells in the order of the file."""
        return (
            self.id, self.leaf.code, self.brand, self.model, self.name, self.spec, self.leaf.unit,
            str(self.pack) if self.pack else "", self.labels,
        )  # fmt: skip


def _draw(rng: Random, leaf: Leaf, brand: BrandRange, wheels: dict[int, Wheel]) -> Good:
    """One good of a brand, its common configurations more often than its rare ones."""
    model = rng.choice(brand.models)
    own = Random(f"{leaf.code}:{brand.name}:{model}")  # what is a trait of the model, not of the draw
    spec: dict[str, str | int | float] = {}
    shown: dict[str, str] = {}
    factor = brand.factor
    for attribute in leaf.attributes:
        factors = attribute.factors
        possible = leaf.choices(attribute, brand, model)
        if attribute.is_key:
            # The middle of the list is the ordinary configuration.
            possible.sort(key=lambda n: abs(math.log(factors[n])))
            choice = possible[wheels[len(possible)].draw(rng)]
        else:
            choice = own.choice(possible)
        spec[attribute.key] = attribute.typed(attribute.values[choice])
        shown[attribute.key] = attribute.values[choice]
        factor *= attribute.factors[choice]
    spec["position"] = position_of(brand.factor)
    pack = next((int(str(spec[key])) for key in PACK_KEYS if key in spec), leaf.packs[0] if leaf.packs else 1)
    labels = [label for label in leaf.labels if own.random() < 0.6]
    label = f"{brand.label} " if brand.name else ""
    return Good(
        index=-1,
        leaf=leaf,
        brand=brand.name,
        model=model,
        name=f"{label}{model}（{leaf.words(shown)}）{leaf.word}",
        spec=json.dumps(spec, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        pack=pack,
        labels=";".join(labels),
        price=leaf.anchor * factor * math.exp(own.gauss(0.0, 0.012)),
    )


def _shares(number: int) -> list[int]:
    """How many goods each leaf gets: sought leaves more, every leaf some, none beyond its grid."""
    all_leaves = leaves()
    weights = [HEAT.get(leaf.code, 1.0) ** 0.5 for leaf in all_leaves]
    grids = [int(0.6 * leaf.configurations()) for leaf in all_leaves]
    shares = [0] * len(all_leaves)
    rest = number
    while rest > 0:
        open_ = [n for n in range(len(shares)) if shares[n] < grids[n]]
        total = sum(weights[n] for n in open_)
        before = rest
        for n in open_:
            add = min(rest, grids[n] - shares[n], max(1, int(before * weights[n] / total)))
            shares[n] += add
            rest -= add
    return shares


def make_goods(settings: Settings) -> list[Good]:
    """All goods, in the order of their categories, with their place in demand."""
    rng = settings.rng("goods")
    wheels = {n: Wheel(zipf_weights(n, 1.3)) for n in range(1, 12)}
    found: list[Good] = []
    names: set[str] = set()
    for leaf, share in zip(leaves(), _shares(settings.size.goods), strict=True):
        made = attempt = 0
        while made < share:
            brand = leaf.brands[(made + attempt) % len(leaf.brands)]
            good = _draw(rng, leaf, brand, wheels)
            attempt += 1
            if good.name in names:
                continue
            names.add(good.name)
            good.index = len(found)
            found.append(good)
            made += 1
    heat = [HEAT.get(good.leaf.code, 1.0) * rng.expovariate(1.0) for good in found]
    order = sorted(range(len(found)), key=lambda n: -heat[n])
    weights = zipf_weights(len(found), ZIPF)
    for rank, index in enumerate(order):
        found[index].rank = rank
        found[index].weight = weights[rank]
    specs = Counter((good.leaf.code, good.spec) for good in found)
    for good in found:
        good.lonely = specs[(good.leaf.code, good.spec)] == 1
    return found
