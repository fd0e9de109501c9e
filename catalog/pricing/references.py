"""Reference prices: how far each can be compared, which one caps an offer, and whose price stands for nothing.

The grade counts what differs from an offer here or is not known: tax, freight, stock, installation, a warranty that is
shorter than that of every offer here, a quantity of another band, a missing proof. None: A; one: B; two or three: C;
more, or another unit: D. Other shops and surveys are at best B, and what is not in stock at best C. Rows of a market's
CSV carry no terms and no grade.

A price in another unit caps nothing, unless the pack size says what it is per unit of the good: beside a good of 5 包
to the 箱, a price per 包 (the unit of the category) counts five times, one per 箱(10包) half.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db import connection
from django.db.models import Min

from catalog.models import Listing, ReferencePrice, Review, Sale
from catalog.models.references import Grade, ReferenceKind, ReferenceState
from catalog.pricing.kept import Peers, kept
from zcy import clock
from zcy.clock import end_of, start_of
from zcy.money import yuan

FRESH_DAYS: Final = 14
# Older ones are shown, and said to be stale; these are not shown at all any more.
SHOWN_DAYS: Final = 365
# The fixed order in which caps take grades; the ungraded stand before what can hardly be compared.
GRADE_ORDER: Final = ("A", "B", "C", "", "D")
KIND_ORDER: Final = tuple(ReferenceKind.values)
# 箱(10包), in either kind of brackets: the unit, and how much it holds. Python and PostgreSQL read it alike.
_PACKED: Final = r"^([^0-9(（]+)[(（]\s*([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*[^0-9)）]*[)）]$"
_BOUND: Final = {"A": 0, "B": 1, "C": 2, "D": 3}


@dataclass(frozen=True)
class Reference:
    """The reference price that caps a good's offers on a day."""

    id: int
    price: Decimal
    grade: str
    kind: str
    seen_at: str
    observed_on: date
    url: str = ""


def per_unit_of(text: str, unit: str, pack_size: Decimal | None, standard: str = "") -> Decimal | None:
    """What a price per `text` is to be multiplied with to be one per unit of a good; None where nobody can say.

    Args:
        text: the unit of the price; empty: the good's own.
        unit: of the good.
        pack_size: how many standard units the good's unit holds, where that is known.
        standard: that standard unit, which is its category's.
    """
    text, unit = text.strip(), unit.strip()
    if not text or not unit or text == unit:
        return Decimal(1)
    if text == standard.strip():
        return pack_size
    found = re.match(_PACKED, text)
    if found is None or found[1].strip() != unit or pack_size is None or not Decimal(found[2]):
        return None
    return pack_size / Decimal(found[2])


def grade_of(
    reference: ReferencePrice,
    unit: str,
    pack_size: Decimal | None = None,
    *,
    standard: str = "",
    warranty: int | None = None,
) -> str:
    """The grade of comparability of a reference whose good is counted in `unit`.

    Args:
        reference: the price with its terms.
        unit: of the good.
        pack_size: of the good, as in `per_unit_of`.
        standard: the unit of its category.
        warranty: the shortest that an offer here states, in months; None: none states any.
    """
    if per_unit_of(reference.unit, unit, pack_size, standard) is None:
        return Grade.D
    differences = sum(
        (
            reference.tax_included is not True,
            reference.freight_included is not True,
            reference.in_stock is not True,
            reference.installation_included is False,
            warranty is not None and (reference.warranty_months or 0) < warranty,
            reference.quantity is not None and reference.quantity >= 10,
            not (reference.proof or reference.proof_sha256),
        )
    )
    grade = "A" if differences == 0 else "B" if differences == 1 else "C" if differences <= 3 else "D"
    least = "A"
    if reference.kind in (ReferenceKind.OTHER_SHOP, ReferenceKind.SURVEY):
        least = "B"
    if reference.in_stock is False:
        least = "C"
    return max(grade, least, key=_BOUND.__getitem__)


def offered_warranty(good_ids: Collection[int]) -> dict[int, int]:
    """Good → the shortest warranty in months among its offers on sale; goods whose offers state none are left out."""
    rows = Listing.objects.filter(good_id__in=good_ids, sale=Sale.ON_SALE, review=Review.APPROVED)
    stated = rows.filter(warranty_months__isnull=False).order_by().values_list("good_id")
    return dict(stated.annotate(shortest=Min("warranty_months")))


def _per_unit(g: str) -> str:
    """SQL: the price of a reference r per unit of the good g, as `per_unit_of` reckons it; NULL where nobody can say."""
    return f"""
    CASE WHEN btrim(r.unit) = '' OR btrim({g}.unit) = '' OR btrim(r.unit) = btrim({g}.unit) THEN r.price
         WHEN btrim(r.unit) = (SELECT btrim(c.unit) FROM catalog_category c WHERE c.id = {g}.category_id)
         THEN r.price * {g}.pack_size
         ELSE (SELECT round(r.price / m[2]::numeric * {g}.pack_size, 2)
                 FROM regexp_match(btrim(r.unit), '{_PACKED}') AS m
                WHERE btrim(m[1]) = btrim({g}.unit) AND m[2]::numeric > 0) END
"""


_BEST: Final = f"""
    SELECT DISTINCT ON (r.good_id) r.good_id, r.id, u.price, r.grade, r.kind, r.seen_at,
           (r.observed_at AT TIME ZONE 'Asia/Shanghai')::date, r.url
      FROM catalog_referenceprice r JOIN catalog_good g ON g.id = r.good_id
      CROSS JOIN LATERAL (SELECT round({_per_unit("g")}, 2) AS price) AS u
     WHERE r.good_id = ANY(%(goods)s) AND r.state = %(valid)s AND u.price > 0
       AND r.observed_at >= %(first)s AND r.observed_at < %(end)s
     ORDER BY r.good_id, array_position(%(grades)s::text[], r.grade::text), u.price,
              array_position(%(kinds)s::text[], r.kind::text), r.observed_at DESC, r.id
"""


def best_references(good_ids: Collection[int], day: date) -> dict[int, Reference]:
    """For each good the lowest valid reference of the best grade seen in the 14 days up to `day`; one statement.

    Prices are per unit of the good; those in a unit that cannot be converted cap nothing.
    Day − 14 ≤ date seen ≤ day. Contested and withdrawn ones cap nothing. Among equal prices the maker comes first,
    then large shops, other shops, surveys, and the latest.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _BEST,
            {
                "goods": list(good_ids),
                "valid": ReferenceState.VALID.value,
                "first": start_of(day - timedelta(days=FRESH_DAYS)),
                "end": end_of(day),
                "grades": list(GRADE_ORDER),
                "kinds": list(KIND_ORDER),
            },
        )
        return {good: Reference(*rest) for good, *rest in cursor.fetchall()}


# A twin (同配置) is equal in the key attributes of the category, or in the whole specification where it has none. Each
# arm has an index of its own; a good with a public price of its own is not looked at any further.
def _twin(equal: str) -> str:
    return f"""(
    SELECT min(u.price / coalesce(t.pack_size, 1) * coalesce(g.pack_size, 1))
      FROM catalog_good t JOIN catalog_referenceprice r
        ON r.good_id = t.id AND r.state = 'valid' AND r.observed_at >= %s
      JOIN LATERAL (SELECT {_per_unit("t")} AS price) AS u ON u.price > 0
     WHERE t.category_id = g.category_id AND t.{equal} AND t.id <> g.id AND t.state = 'active')
"""


# The lowest public price of a twin of good `g`, for its pack; NULL where `g` has a public price of its own.
_TWIN_PRICE: Final = f"""
    CASE WHEN g.lowest_price IS NULL
           OR EXISTS (SELECT FROM catalog_referenceprice o WHERE o.good_id = g.id AND o.state <> 'withdrawn')
           OR EXISTS (SELECT FROM catalog_listing l WHERE l.good_id = g.id AND l.own_public_price IS NOT NULL) THEN NULL
         WHEN g.key_hash <> '' THEN {_twin("key_hash = g.key_hash AND t.key_hash <> ''")}
         WHEN g.spec <> '{{}}' THEN {_twin("spec_hash = g.spec_hash")} END
"""
_TWINS: Final = f"""
    SELECT w.id, w.price FROM (
        SELECT g.id, g.lowest_price, {_TWIN_PRICE} AS price FROM catalog_good g WHERE g.id = ANY(%s) OFFSET 0) w
     WHERE w.price < w.lowest_price
"""


def government_only(good_ids: Collection[int], day: date) -> dict[int, Decimal]:
    """Goods without any public price whose spec twin (同配置) is publicly cheaper than their lowest offer (专供).

    Returns:
        good → the twin's lowest public price of a year, for this good's pack.
    """
    first = start_of(day - timedelta(days=SHOWN_DAYS))
    with connection.cursor() as cursor:
        cursor.execute(_TWINS, [first, first, list(good_ids)])
        return {good: yuan(price) for good, price in cursor.fetchall()}


def twin_price(peers: Peers) -> Decimal | None:
    """What `government_only` says of one good today, kept for a quarter of an hour at most."""
    day = clock.today()
    found: Decimal | None = kept(
        peers, f"twin.{peers[0]}.{day}", lambda: government_only([peers[0]], day).get(peers[0])
    )
    return found
