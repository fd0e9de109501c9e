"""The upper end of the reasonable range in SQL, for work on all listings at once.

The same as `catalog.pricing.ranges` for a good's usual quantity, all regions and levels that are kept; a good that has no
level yet, whose attributes would have to tell it, has none here. A test holds both against each other.
"""

from __future__ import annotations

from typing import Final

from catalog.pricing.combined import CLASSES, LEAST_SPREAD
from catalog.pricing.formulas import SHRINKAGE
from catalog.pricing.ranges import MOST_DRIFT_DAYS, MOST_LOG

_CLASSES: Final = ", ".join(map(str, CLASSES))
_AGE: Final = "least(greatest({later} - {earlier}, 0), {most})"

# A scalar subquery about the good `g`, in yuan per unit of it; NULL where there is no range. %(today)s is a local date.
RANGE_HIGH: Final = f"""(
    SELECT round(e.price::numeric, least(2, 3 - floor(log(e.price::numeric))::integer))
      FROM catalog_pricelevel k
      JOIN catalog_pricemodel a ON a.category_id IS NULL
      LEFT JOIN catalog_pricemodel c ON c.category_id = k.category_id
     CROSS JOIN LATERAL (
           SELECT coalesce(c.as_of, a.as_of) AS as_of, coalesce(c.within, a.within) AS within,
                  coalesce(c.drift, a.drift) AS drift, coalesce(c.quantity_slope, a.quantity_slope) AS slope,
                  (coalesce(c.tails, a.tails) -> width_bucket(k.n, ARRAY[{_CLASSES}])::text ->> 2)::float8 AS tail) AS m
     CROSS JOIN LATERAL (
           SELECT CASE WHEN k.own IS NULL THEN 0 ELSE k.weight / m.within ^ 2 END AS mine,
                  CASE WHEN k.prior IS NULL OR coalesce(k.prior_spread, 0) = 0 THEN 0 ELSE 1 / k.prior_spread ^ 2 END
                  AS others,
                  CASE WHEN k.own IS NULL THEN m.within ^ 2
                       ELSE (k.weight * coalesce(k.own_spread, 0) ^ 2 + {SHRINKAGE} * m.within ^ 2)
                            / (k.weight + {SHRINKAGE})
                  END AS scatter,
                  coalesce(k.prior, 0) + m.drift * {_AGE.format(later="k.as_of", earlier="m.as_of", most=MOST_DRIFT_DAYS)}
                  AS prior,
                  m.drift * {_AGE.format(later="%(today)s::date", earlier="k.as_of", most=MOST_DRIFT_DAYS)}
                  + m.slope * coalesce(k.usual_quantity, 0) AS carry) AS w
     CROSS JOIN LATERAL (
           SELECT (coalesce(k.own, 0) * w.mine + w.prior * w.others) / nullif(w.mine + w.others, 0) + w.carry
                  + m.tail * greatest(sqrt(w.scatter + 1 / nullif(w.mine + w.others, 0)), {LEAST_SPREAD}) AS level) AS l
     CROSS JOIN LATERAL (
           SELECT exp(l.level) * coalesce(g.pack_size, 1)::float8 AS price WHERE abs(l.level) <= {MOST_LOG}) AS e
     WHERE k.good_id = g.id AND k.category_id = g.category_id)
"""
