"""How a good's place among the hits is reached: one formula, as a pure function and as SQL, with all its weights.

    place = (text + SYNONYM × synonyms + MODEL if the query is its model number) × merit
    merit = credit × sales × price × delivery × offers × stock

`text` is PostgreSQL's ts_rank of the good's words (name, brand and model count 1, category 0.4, specification 0.2, pinyin,
single characters and pairs 0.1). `credit` is bounded to 0.90–1.10 (docs/credit). docs/search.md explains each factor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from catalog.pricing.formulas import LEAST_OBSERVATIONS

# A synonym counts a fifth of the word itself.
SYNONYM: Final = 0.2
# The whole query is the good's model number.
MODEL: Final = 1.0
# ts_rank's weights of D (pinyin, pairs), C (specification), B (category) and A (name, brand, model).
TEXT_WEIGHTS: Final = "{0.1, 0.2, 0.4, 1.0}"
# Sold a thousand times in 365 days or more: +10%.
SALES: Final = 0.10
SALES_FULL: Final = 1000
# The lowest price at the low end of what is usually paid (10% quantile) +5%, at the high end (90%) −5%.
PRICE: Final = 0.05
# Delivered within a day +5%, in a week or later nothing.
DELIVERY: Final = 0.05
SLOW_DAYS: Final = 7
# Each e-fold of offers.
OFFERS: Final = 0.02
SOLD_OUT: Final = 0.8
# Places are whole numbers, so that a position in the list is exact.
SCALE: Final = 1_000_000


@dataclass(frozen=True)
class Standing:
    """What a good brings along, whatever is searched for."""

    # 0.90–1.10: the best ranking factor among its offers' suppliers.
    credit: float
    # Orders in 365 days.
    sold: int
    lowest: Decimal | None
    # 10% and 90% quantile of what was paid, and of how many deals.
    low: float | None
    high: float | None
    deals: int
    delivery_days: int | None
    offers: int
    in_stock: bool


@dataclass(frozen=True)
class Factors:
    """The factors of merit."""

    credit: float
    sales: float
    price: float
    delivery: float
    offers: float
    stock: float

    @property
    def merit(self) -> float:
        """Their product."""
        return self.credit * self.sales * self.price * self.delivery * self.offers * self.stock


def factors(good: Standing) -> Factors:
    """Each factor of a good's merit; what is not known counts 1."""
    price = 1.0
    known = good.low is not None and good.high is not None and good.deals >= LEAST_OBSERVATIONS
    if known and good.lowest is not None and good.low is not None and good.high is not None:
        width = good.high - good.low
        place = (float(good.lowest) - good.low) / width if width > 0 else 0.5
        price = 1 + PRICE * (1 - 2 * min(1.0, max(0.0, place)))
    delivery = 1.0
    if good.delivery_days is not None:
        slow = min(max(good.delivery_days - 1, 0), SLOW_DAYS - 1) / (SLOW_DAYS - 1)
        delivery = 1 + DELIVERY * (1 - slow)
    return Factors(
        credit=good.credit,
        sales=1 + SALES * min(1.0, math.log(1 + good.sold) / math.log(1 + SALES_FULL)),
        price=price,
        delivery=delivery,
        offers=1 + OFFERS * math.log(1 + good.offers),
        stock=1.0 if good.in_stock else SOLD_OUT,
    )


def place(*, text: float, synonyms: float, is_model: bool, merit: float) -> int:
    """The number by which hits are ordered, the highest first."""
    return round((text + SYNONYM * synonyms + (MODEL if is_model else 0.0)) * merit * SCALE)


# The same as `factors(...).merit`, over the columns that the caller names.
MERIT_SQL: Final = f"""
    ({{credit}}
     * (1 + {SALES} * least(1, ln(1 + {{sold}}) / ln(1 + {SALES_FULL})))
     * CASE WHEN {{deals}} >= {LEAST_OBSERVATIONS} AND {{lowest}} IS NOT NULL AND {{high}} > {{low}}
            THEN 1 + {PRICE} * (1 - 2 * least(1, greatest(0, ({{lowest}} - {{low}})::float8 / ({{high}} - {{low}})::float8)))
            ELSE 1 END
     * CASE WHEN {{days}} IS NULL THEN 1
            ELSE 1 + {DELIVERY} * (1 - least(greatest({{days}} - 1, 0), {SLOW_DAYS - 1})::float8 / {SLOW_DAYS - 1}) END
     * (1 + {OFFERS} * ln(1 + {{offers}}))
     * CASE WHEN {{in_stock}} THEN 1 ELSE {SOLD_OUT} END)::float8
"""
# The same as `place`; parameters: the words, the synonyms, the model number.
TEXT_SQL: Final = f"ts_rank('{TEXT_WEIGHTS}', g.search, %s::tsquery)"
MODEL_SQL: Final = "(g.model_key <> '' AND g.model_key = %s)"


def place_sql(*, synonyms: bool) -> str:
    """SQL of a good's place; parameters: words, synonyms (where there are any), model number."""
    also = f"+ {SYNONYM} * {TEXT_SQL}" if synonyms else ""
    exact = f"CASE WHEN {MODEL_SQL} THEN {MODEL} ELSE 0 END"
    return f"round((({TEXT_SQL} {also} + {exact}) * g.merit * {SCALE})::numeric)::bigint"
