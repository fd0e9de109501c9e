"""Statements that learn levels of goods from deals. `price_line` holds the deals of a year as of a day."""

from __future__ import annotations

from typing import Final

YEAR_DAYS: Final = 365
HALF_LIVES: Final = (30, 90, 365)

LINES: Final = """
    CREATE TEMPORARY TABLE price_line ON COMMIT DROP AS
    SELECT o.good_id, o.category_id, o.supplier_id, o.region_id, o.tier, %(day)s - o.confirmed_on AS age,
           ln(greatest(o.quantity, 0.001)::double precision) AS q, o.x
      FROM catalog_priceobservation o
     WHERE o.confirmed_on > %(day)s - 365 AND o.confirmed_on <= %(day)s
       AND (o.withdrawn_at IS NULL OR (o.withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date > %(day)s)
       AND NOT o.accessory AND o.x IS NOT NULL
"""
# Each good's middle, and each category's spread around it by the median absolute deviation.
MIDDLES: Final = """
    CREATE TEMPORARY TABLE price_middle ON COMMIT DROP AS
    SELECT good_id, min(category_id) AS category_id, count(*) AS n,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY x) AS middle
      FROM price_line GROUP BY good_id;
    CREATE TEMPORARY TABLE price_cut ON COMMIT DROP AS
    SELECT l.category_id, greatest(5 * 1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(l.x - m.middle)), 0.25)
               AS cut
      FROM price_line l JOIN price_middle m USING (good_id) WHERE m.n >= 5 GROUP BY l.category_id
"""
# Sums around each good's own means, far outliers left out, recent deals weighing more.
SUMS: Final = """
    CREATE TEMPORARY TABLE price_sum ON COMMIT DROP AS
    SELECT s.* FROM (
        SELECT l.good_id, min(l.category_id) AS category_id, count(*) AS n, sum(l.w) AS w,
               sum(l.w * l.q) / sum(l.w) AS mq, sum(l.w * l.t) / sum(l.w) AS mt, sum(l.w * l.y) / sum(l.w) AS my,
               sum(l.w * l.q * l.q) AS qq, sum(l.w * l.q * l.t) AS qt, sum(l.w * l.t * l.t) AS tt,
               sum(l.w * l.q * l.y) AS qy, sum(l.w * l.t * l.y) AS ty, sum(l.w * l.y * l.y) AS yy
          FROM (SELECT l.good_id, l.category_id, l.q, -l.age::double precision AS t, l.x - m.middle AS y,
                       power(0.5::float8, l.age / 90::float8) AS w
                  FROM price_line l JOIN price_middle m USING (good_id)
                  LEFT JOIN price_cut c ON c.category_id = l.category_id
                 WHERE abs(l.x - m.middle) <= coalesce(c.cut, 0.5)) AS l
         GROUP BY l.good_id) AS s
     WHERE s.n >= 2
"""
CATEGORIES: Final = """
    SELECT category_id, sum(n), count(*), sum(w),
           sum(qq - w * mq * mq), sum(qt - w * mq * mt), sum(tt - w * mt * mt),
           sum(qy - w * mq * my), sum(ty - w * mt * my), sum(yy - w * my * my)
      FROM price_sum GROUP BY category_id ORDER BY category_id
"""
PARAMETERS: Final = """
    CREATE TEMPORARY TABLE price_parameter (
        category_id bigint PRIMARY KEY, slope double precision, drift double precision, within double precision,
        half_life integer, as_of date
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE price_tier (category_id bigint, tier integer, effect double precision) ON COMMIT DROP;
    CREATE TEMPORARY TABLE price_region (region_id bigint PRIMARY KEY, effect double precision) ON COMMIT DROP
"""
_RESIDUAL: Final = """
      FROM price_line l JOIN price_sum s USING (good_id) JOIN price_middle m USING (good_id)
      JOIN price_parameter p ON p.category_id = l.category_id
      LEFT JOIN price_cut c ON c.category_id = l.category_id
      LEFT JOIN price_tier t ON t.category_id = l.category_id AND t.tier = l.tier
     CROSS JOIN LATERAL (SELECT l.x - m.middle - s.my - p.slope * (l.q - s.mq) - p.drift * (-l.age - s.mt) AS e) AS r
     WHERE abs(l.x - m.middle) <= coalesce(c.cut, 0.5)
"""
TIER_MEANS: Final = (
    "SELECT l.category_id, l.tier, count(*), avg(r.e)" + _RESIDUAL + " GROUP BY 1, 2 ORDER BY 1, 2"
)
REGION_MEANS: Final = (
    "SELECT l.region_id, count(*), avg(r.e - coalesce(t.effect, 0)), var_pop(r.e)"
    + _RESIDUAL
    + " GROUP BY 1 ORDER BY 1"
)
# Levels of goods: far outliers drawn in to three spreads around the middle, then means weighted by age, for each
# half-life that may be chosen.
OWN: Final = """
    CREATE TEMPORARY TABLE price_own ON COMMIT DROP AS
    WITH adjusted AS (
        SELECT l.good_id, l.category_id, l.supplier_id, l.age, l.q, p.within,
               l.x - p.slope * l.q - coalesce(t.effect, 0) - coalesce(r.effect, 0) + p.drift * l.age AS y
          FROM price_line l JOIN price_parameter p USING (category_id)
          LEFT JOIN price_tier t ON t.category_id = l.category_id AND t.tier = l.tier
          LEFT JOIN price_region r ON r.region_id = l.region_id
    ), middle AS (
        SELECT good_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY y) AS middle FROM adjusted GROUP BY good_id
    ), clipped AS (
        SELECT a.*, greatest(m.middle - 3 * a.within, least(m.middle + 3 * a.within, a.y)) AS c,
               power(0.5::float8, a.age / 30::float8) AS w1, power(0.5::float8, a.age / 90::float8) AS w2,
               power(0.5::float8, a.age / 365::float8) AS w3
          FROM adjusted a JOIN middle m USING (good_id)
    )
    SELECT good_id, min(category_id) AS category_id, count(*) AS n, count(*) FILTER (WHERE age < 90) AS recent,
           count(DISTINCT supplier_id) AS suppliers,
           count(DISTINCT supplier_id) FILTER (WHERE age < 90) AS recent_suppliers, avg(q) AS usual_quantity,
           sum(w1 * c) / sum(w1) AS h30, sum(w2 * c) / sum(w2) AS h90, sum(w3 * c) / sum(w3) AS h365,
           power(sum(w1), 2) / sum(w1 * w1) AS n30, power(sum(w2), 2) / sum(w2 * w2) AS n90,
           power(sum(w3), 2) / sum(w3 * w3) AS n365,
           sqrt(greatest(0, sum(w2 * c * c) / sum(w2) - power(sum(w2 * c) / sum(w2), 2))) AS own_spread
      FROM clipped GROUP BY good_id
"""
GOODS: Final = """
    SELECT g.id, g.brand_id, g.spec, CASE WHEN g.key_hash <> '' THEN g.key_hash
               WHEN g.spec <> '{}' THEN g.spec_hash ELSE '' END,
           coalesce(o.n, 0), CASE p.half_life WHEN 30 THEN o.h30 WHEN 90 THEN o.h90 ELSE o.h365 END,
           coalesce(CASE p.half_life WHEN 30 THEN o.n30 WHEN 90 THEN o.n90 ELSE o.n365 END, 0), o.own_spread
      FROM catalog_good g LEFT JOIN price_own o ON o.good_id = g.id
      LEFT JOIN price_parameter p ON p.category_id = g.category_id
     WHERE g.category_id = %s ORDER BY g.id
"""
# Deals that followed `day` (now `price_line` holds them with negative ages), against what was expected then.
FOLLOWING: Final = """
    CREATE TEMPORARY TABLE price_following ON COMMIT DROP AS
    SELECT o.good_id, o.category_id, o.confirmed_on - %(day)s AS ahead,
           o.x - p.slope * ln(greatest(o.quantity, 0.001)::double precision) - coalesce(t.effect, 0)
               - coalesce(r.effect, 0) - p.drift * (o.confirmed_on - %(day)s) AS y
      FROM catalog_priceobservation o JOIN price_parameter p ON p.category_id = o.category_id
      LEFT JOIN price_tier t ON t.category_id = o.category_id AND t.tier = o.tier
      LEFT JOIN price_region r ON r.region_id = o.region_id
     WHERE o.confirmed_on > %(day)s AND o.confirmed_on <= %(until)s
       AND (o.withdrawn_at IS NULL OR (o.withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date > %(until)s)
       AND NOT o.accessory AND o.x IS NOT NULL
"""
HALF_LIFE_ERRORS: Final = """
    SELECT f.category_id, count(*), avg(abs(f.y - o.h30)), avg(abs(f.y - o.h90)), avg(abs(f.y - o.h365))
      FROM price_following f JOIN price_own o USING (good_id) WHERE o.n >= 8 GROUP BY 1 ORDER BY 1
"""
FITTED: Final = """
    CREATE TEMPORARY TABLE price_fitted (
        good_id bigint, category_id bigint, prior double precision, prior_spread double precision, equivalents integer,
        expected double precision, spread double precision, class integer
    ) ON COMMIT DROP
"""
NO_ERRORS: Final = """
    DROP TABLE IF EXISTS price_error;
    CREATE TEMPORARY TABLE price_error (category_id bigint, class integer, z double precision) ON COMMIT DROP
"""
# Class 0, goods without deals, learns from goods with few as well: what their prior alone would have told.
ERRORS: Final = """
    INSERT INTO price_error
    SELECT f.category_id, p.class, (f.y - p.expected) / p.spread
      FROM price_following f JOIN price_fitted p USING (good_id) WHERE p.spread IS NOT NULL
     UNION ALL
    SELECT f.category_id, 0, (f.y - p.prior) / sqrt(p.prior_spread ^ 2 + c.within ^ 2)
      FROM price_following f JOIN price_fitted p USING (good_id)
      JOIN price_parameter c ON c.category_id = f.category_id
     WHERE p.class BETWEEN 1 AND 3 AND p.prior IS NOT NULL
"""
# Quantiles of rank p·(n + 1): of n errors, the next one then lies below with the probability p, however small n is
# (percentile_cont lies further in: of ten errors its 10% point has 17% below).
TAILS: Final = """
    WITH cell AS (
        SELECT category_id, class, count(*)::integer AS n, array_agg(z ORDER BY z) AS zs
          FROM price_error GROUP BY GROUPING SETS ((category_id, class), (category_id), (class), ())
    )
    SELECT category_id, class, n, ARRAY(
               SELECT zs[floor(r)::integer]
                      + (r - floor(r)) * (zs[least(floor(r)::integer + 1, n)] - zs[floor(r)::integer])
                 FROM unnest(ARRAY[0.1, 0.5, 0.9]::double precision[]) WITH ORDINALITY AS p(share, place)
                CROSS JOIN LATERAL (SELECT least(greatest(share * (n + 1), 1), n)) AS rank(r) ORDER BY place)
      FROM cell WHERE n > 0
"""
DROP: Final = (
    "DROP TABLE IF EXISTS price_line, price_middle, price_cut, price_sum, price_parameter, price_tier,"
    " price_region, price_own, price_following, price_fitted"
)
