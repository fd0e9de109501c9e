"""Learns, each night, what the reasonable-price range is read from.

Once a week everything is learned anew: slopes, drift, spreads and effects of attributes of each category, and how far
what was expected 30 days ago (on a small market in the months before as well) lay from what was then paid: these errors
are the band (split conformal). On the other nights only the levels of goods that traded are computed again, by the
share rule of the price statistics.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection, transaction

from catalog.pricing import level_sql as sql
from catalog.pricing.combined import Tail, class_of, expected, tails
from catalog.pricing.likeness import Likeness, Priced, learn_likeness
from catalog.pricing.shrinkage import shrunk, towards_nothing, within_slopes
from zcy.registries import NightContext

HORIZON_DAYS: Final = 30
# A small market looks back again from 60, 90, … days ago, until so many deals were held against their expectation.
MOST_LOOKS_BACK: Final = 6
ENOUGH_ERRORS: Final = 5_000
FULL_EVERY_DAYS: Final = 7
SUNDAY: Final = 6
# A spread below that is rounding.
LEAST_WITHIN: Final = 0.01
# Stands in where no good of the whole market was bought twice.
UNKNOWN_WITHIN: Final = 0.1
# Fewer deals of a category do not choose its half-life.
LEAST_FOR_HALF_LIFE: Final = 200
DEFAULT_HALF_LIFE: Final = 90
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('catalog.price_levels'))"


@dataclass
class Parameters:
    """What was learned of a category's deals."""

    deals: int = 0
    goods: int = 0
    slope: float = 0.0
    drift: float = 0.0
    within: float = UNKNOWN_WITHIN
    half_life: int = DEFAULT_HALF_LIFE
    tiers: dict[int, float] = field(default_factory=dict)


@dataclass
class Learned:
    """All categories (None: shared), and the effects of regions."""

    categories: dict[int | None, Parameters]
    regions: dict[int, float] = field(default_factory=dict)


def run_night(context: NightContext) -> dict[str, Any]:
    """The nightly part `price_levels`: the last night of the gap decides."""
    return refresh_levels(context.last)


def refresh_levels(day: date, *, full: bool | None = None) -> dict[str, Any]:
    """Bring levels and models to the end of a day.

    Args:
        day: local date.
        full: learn everything anew; None: on Sundays, after a gap of a week, and for a day before the last one.
    """
    from catalog.pricing.levels import refresh_touched

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        if full is None:
            full = _needs_full(cursor, day)
        rows = _learn_all(cursor, day) if full else refresh_touched(cursor, day)
        cursor.execute(sql.DROP)
    return {"rows": rows, "full": full}


def _needs_full(cursor: Any, day: date) -> bool:
    cursor.execute("SELECT max(as_of) FROM catalog_pricemodel")
    (latest,) = cursor.fetchone()
    return latest is None or day.weekday() == SUNDAY or latest > day or (day - latest).days > FULL_EVERY_DAYS


def _learn_all(cursor: Any, day: date) -> int:
    for statement in sql.NO_ERRORS.split(";"):
        cursor.execute(statement)
    half_lives: dict[int | None, int] = {}
    errors = 0
    for number in range(1, MOST_LOOKS_BACK + 1):
        past = day - timedelta(days=number * HORIZON_DAYS)
        learned = learn(cursor, past, half_lives)
        cursor.execute(sql.FOLLOWING, {"day": past, "until": past + timedelta(days=HORIZON_DAYS)})
        if not half_lives:
            half_lives = _half_lives(cursor)
            for category, parameters in learned.categories.items():
                parameters.half_life = half_lives.get(category, half_lives[None])
        _store_parameters(cursor, learned, past)
        cursor.execute(sql.FITTED)
        _copy_fitted(cursor, (row for _likeness, rows in _fit(cursor, learned) for row in rows))
        cursor.execute(sql.ERRORS)
        errors += cursor.rowcount
        if errors >= ENOUGH_ERRORS:
            break
    cursor.execute(sql.TAILS)
    found = tails([(c, k, n, q) for c, k, n, q in cursor.fetchall()])
    now = learn(cursor, day, half_lives)
    return _write(cursor, day, now, found)


def learn(cursor: Any, day: date, half_lives: Mapping[int | None, int] | None = None) -> Learned:
    """Slopes, drift, spread and effects as of a day, and levels of all goods with deals in `price_own`."""
    cursor.execute(sql.DROP)
    cursor.execute(sql.LINES, {"day": day})
    cursor.execute("ANALYZE price_line")
    for statement in sql.MIDDLES.split(";"):
        cursor.execute(statement)
    cursor.execute("ANALYZE price_middle")
    cursor.execute(sql.SUMS)
    cursor.execute(sql.CATEGORIES)
    learned = Learned(_categories(cursor.fetchall()))
    cursor.execute("SELECT category_id, count(*), sum(n) FROM price_middle GROUP BY 1")
    shared = learned.categories[None]
    for category, goods, deals in cursor.fetchall():
        # No good of it was bought twice: it behaves as all do.
        learned.categories.setdefault(
            category, Parameters(int(deals), goods, shared.slope, shared.drift, shared.within)
        )
    for category, parameters in learned.categories.items():
        parameters.half_life = (half_lives or {}).get(
            category, (half_lives or {}).get(None, DEFAULT_HALF_LIFE)
        )
    cursor.execute(sql.PARAMETERS)
    _store_parameters(cursor, learned, day)
    _learn_effects(cursor, learned)
    cursor.execute(sql.OWN)
    cursor.execute("ANALYZE price_own")
    return learned


def _categories(rows: Iterable[tuple[Any, ...]]) -> dict[int | None, Parameters]:
    """Slopes of each category, drawn towards those of all, and the spread that is left."""
    sums = {row[0]: [float(value) for value in row[1:]] for row in rows}
    totals = [math.fsum(column) for column in zip(*sums.values(), strict=True)] or [0.0] * 9
    found: dict[int | None, Parameters] = {}
    shared = Parameters(int(totals[0]), int(totals[1]))
    raw = _known(within_slopes(*totals[3:8]))
    _set_slopes(shared, totals, raw)
    if totals[2] and totals[0]:
        # What all categories share is drawn towards nothing: a young market has no slope that can be told.
        scale = shared.within**2 * totals[2] / totals[0]
        shared.slope = towards_nothing(raw[0], scale / totals[3]) if totals[3] else 0.0
        shared.drift = towards_nothing(raw[1], scale / totals[5]) if totals[5] else 0.0
    slopes: list[dict[int, float]] = []
    for number, square in ((0, 3), (1, 5)):
        estimates = {}
        for category, of in sums.items():
            found_slopes = within_slopes(*of[3:8])
            if (slope := found_slopes[number]) is not None:
                variance = _variance(of, _known(found_slopes)) or shared.within**2
                # Weighted sums: n observations count as w.
                estimates[category] = (slope, variance / of[square] * of[2] / of[0])
        slopes.append(dict(zip(estimates, shrunk(list(estimates.values())), strict=True)))
    for category, of in sums.items():
        parameters = Parameters(int(of[0]), int(of[1]))
        own = (slopes[0].get(category, shared.slope), slopes[1].get(category, shared.drift))
        _set_slopes(parameters, of, own, shared.within)
        found[category] = parameters
    found[None] = shared
    return found


def _known(slopes: tuple[float | None, float | None]) -> tuple[float, float]:
    return slopes[0] or 0.0, slopes[1] or 0.0


def _set_slopes(
    parameters: Parameters, of: list[float], slopes: tuple[float, float], parent: float | None = None
) -> None:
    parameters.slope, parameters.drift = slopes
    variance = _variance(of, slopes)
    freedom = of[0] - of[1]
    base = (parent or UNKNOWN_WITHIN) ** 2
    # A spread of few deals leans on that of all, as in the robust spread of the rules.
    square = (freedom * (variance or 0.0) + 12 * base) / (freedom + 12) if freedom > 0 else base
    parameters.within = max(math.sqrt(square), LEAST_WITHIN)


def _variance(of: list[float], slopes: tuple[float, float]) -> float | None:
    """Weighted mean square of what is left within goods, with the degrees of freedom that the means have used."""
    n, goods, w, sqq, sqt, stt, sqy, sty, syy = of
    b, d = slopes
    left = syy - 2 * b * sqy - 2 * d * sty + b * b * sqq + 2 * b * d * sqt + d * d * stt
    return max(left, 0.0) / w * n / (n - goods) if w > 0 and n > goods else None


def _learn_effects(cursor: Any, learned: Learned) -> None:
    shared = learned.categories[None]
    cursor.execute(sql.TIER_MEANS)
    by_tier: dict[int, list[tuple[int, float, float]]] = {}
    for category, tier, n, mean in cursor.fetchall():
        within = learned.categories.get(category, shared).within
        by_tier.setdefault(tier, []).append((category, mean, within**2 / n))
    for tier, rows in by_tier.items():
        for (category, _m, _v), effect in zip(rows, shrunk([(m, v) for _c, m, v in rows]), strict=True):
            learned.categories[category].tiers[tier] = effect
    _copy(cursor, "price_tier (category_id, tier, effect)", (
        (category, tier, effect)
        for category, parameters in learned.categories.items() if category is not None
        for tier, effect in parameters.tiers.items()
    ))  # fmt: skip
    cursor.execute("ANALYZE price_tier")
    cursor.execute(sql.REGION_MEANS)
    rows = [(region, mean, max(var, LEAST_WITHIN**2) / n) for region, n, mean, var in cursor.fetchall()]
    # Regions are drawn towards no effect: the tiers hold what they have in common.
    effects = shrunk([(mean, error) for _r, mean, error in rows])
    learned.regions = {region: effect for (region, _m, _v), effect in zip(rows, effects, strict=True)}
    _copy(cursor, "price_region (region_id, effect)", learned.regions.items())


def _store_parameters(cursor: Any, learned: Learned, day: date) -> None:
    cursor.execute("TRUNCATE price_parameter")
    _copy(cursor, "price_parameter (category_id, slope, drift, within, half_life, as_of)", (
        (category, p.slope, p.drift, p.within, p.half_life, day)
        for category, p in learned.categories.items() if category is not None
    ))  # fmt: skip
    cursor.execute("ANALYZE price_parameter")


def _half_lives(cursor: Any) -> dict[int | None, int]:
    """For each category the half-life that erred least over the days that followed; None: for all others."""
    cursor.execute(sql.HALF_LIFE_ERRORS)
    found: dict[int | None, int] = {}
    totals = [0.0, 0.0, 0.0]
    for category, n, *errors in cursor.fetchall():
        totals = [total + n * error for total, error in zip(totals, errors, strict=True)]
        if n >= LEAST_FOR_HALF_LIFE:
            found[category] = _least(errors)
    found[None] = _least(totals) if any(totals) else DEFAULT_HALF_LIFE
    return found


def _least(errors: list[float]) -> int:
    return min(zip(errors, sql.HALF_LIVES, strict=True))[1]


def _fit(cursor: Any, learned: Learned) -> Iterator[tuple[tuple[int, Likeness], list[tuple[Any, ...]]]]:
    """Category by category: what its goods have in common, and the row of each good."""
    between_all = 0.0
    for category in sorted(c for c in learned.categories if c is not None):
        parameters = learned.categories[category]
        cursor.execute(sql.GOODS, [category])
        goods = [
            Priced(pk, brand, _spec(spec), key, n, own, weight, spread)
            for pk, brand, spec, key, n, own, weight, spread in cursor.fetchall()
        ]
        likeness, told = learn_likeness(goods, within=parameters.within, between_all=between_all)
        between_all = likeness.between if not between_all else 0.8 * between_all + 0.2 * likeness.between
        rows = []
        for good in goods:
            like = told.get(good.id)
            next_deal = expected(
                own=good.own,
                weight=good.weight,
                own_spread=good.own_spread,
                prior=like.level if like else None,
                prior_spread=like.spread if like else None,
                within=parameters.within,
            )
            level, spread = next_deal or (None, None)
            rows.append(
                (good.id, category, like and like.level, like and like.spread, like.equivalents if like else 0,
                 level, spread, class_of(good.n))
            )  # fmt: skip
        yield (category, likeness), rows


def _spec(found: Any) -> Mapping[str, Any]:
    loaded = json.loads(found) if isinstance(found, str) else found
    return loaded if isinstance(loaded, dict) else {}


def _copy_fitted(cursor: Any, rows: Iterable[tuple[Any, ...]]) -> None:
    held = list(rows)
    _copy(
        cursor,
        "price_fitted (good_id, category_id, prior, prior_spread, equivalents, expected, spread, class)",
        held,
    )
    cursor.execute("ANALYZE price_fitted")


def _copy(cursor: Any, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


_LEVELS: Final = """
    INSERT INTO catalog_pricelevel AS l
        (good_id, category_id, as_of, n, recent, suppliers, recent_suppliers, own, own_spread, weight, usual_quantity,
         prior, prior_spread, equivalents)
    SELECT f.good_id, f.category_id, %(day)s, coalesce(o.n, 0), coalesce(o.recent, 0), coalesce(o.suppliers, 0),
           coalesce(o.recent_suppliers, 0), CASE p.half_life WHEN 30 THEN o.h30 WHEN 90 THEN o.h90 ELSE o.h365 END,
           o.own_spread, coalesce(CASE p.half_life WHEN 30 THEN o.n30 WHEN 90 THEN o.n90 ELSE o.n365 END, 0),
           o.usual_quantity, f.prior, f.prior_spread, f.equivalents
      FROM price_fitted f JOIN price_parameter p USING (category_id) LEFT JOIN price_own o USING (good_id)
     ORDER BY f.good_id
        ON CONFLICT (good_id) DO UPDATE
       SET category_id = excluded.category_id, as_of = excluded.as_of, n = excluded.n, recent = excluded.recent,
           suppliers = excluded.suppliers, recent_suppliers = excluded.recent_suppliers, own = excluded.own,
           own_spread = excluded.own_spread, weight = excluded.weight, usual_quantity = excluded.usual_quantity,
           prior = excluded.prior, prior_spread = excluded.prior_spread, equivalents = excluded.equivalents
     WHERE l IS DISTINCT FROM excluded
"""
_GONE: Final = """
    DELETE FROM catalog_pricelevel l WHERE NOT EXISTS (SELECT FROM price_fitted f WHERE f.good_id = l.good_id)
"""
_MODELS: Final = """
    INSERT INTO catalog_pricemodel AS m
        (category_id, as_of, deals, goods, quantity_slope, drift, within, between, among_equivalents, explained,
         half_life, tiers, regions, attributes, tails)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s::jsonb, %s::jsonb)
"""


def _write(cursor: Any, day: date, learned: Learned, found: Mapping[int | None, Mapping[int, Tail]]) -> int:
    cursor.execute(sql.FITTED)
    models: list[tuple[Any, ...]] = []

    def row(category: int | None, likeness: Likeness) -> tuple[Any, ...]:
        p = learned.categories[category]
        own = found.get(category, found[None])
        return (
            category, day, p.deals, p.goods, p.slope, p.drift, p.within, likeness.between, likeness.among_equivalents,
            likeness.explained, p.half_life, json.dumps(p.tiers),
            json.dumps(learned.regions if category is None else {}),
            json.dumps({"effects": likeness.effects, "centres": likeness.centres}, ensure_ascii=False),
            json.dumps({number: list(tail) for number, tail in own.items()}),
        )  # fmt: skip

    for (category, likeness), rows in _fit(cursor, learned):
        _copy(
            cursor,
            "price_fitted (good_id, category_id, prior, prior_spread, equivalents, expected, spread, class)",
            rows,
        )
        models.append(row(category, likeness))
    models.append(row(None, Likeness()))
    cursor.execute("DELETE FROM catalog_pricemodel")
    cursor.executemany(_MODELS, models)
    cursor.execute(_LEVELS, {"day": day})
    written = int(cursor.rowcount)
    cursor.execute(_GONE)
    return written + int(cursor.rowcount)
