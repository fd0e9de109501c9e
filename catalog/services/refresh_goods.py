"""What a card of a result list shows, kept on the good itself; set-based, for some goods or for all."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction

from catalog.kept import forget_lists
from catalog.search.ranking import MERIT_SQL
from catalog.services.refresh_halls import refresh_halls

_LOCK = "SELECT id FROM catalog_good WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_MERIT = MERIT_SQL.format(
    credit="f.factor", sold="f.sold", deals="f.deals", lowest="f.lowest", low="f.p10", high="f.p90", days="f.days",
    offers="f.offers", in_stock="f.in_stock",
)  # fmt: skip
# Suspended and inactive suppliers do not offer. weight: the order of lists that nobody has searched for.
_REFRESH = f"""
    WITH offer AS (
        SELECT l.good_id, count(*) AS offers, min(l.price) AS lowest,
               bool_or(l.stock > 0 AND l.stock >= l.min_quantity) AS in_stock,
               CASE WHEN NOT bool_or(cardinality(l.delivery_paths) = 0) THEN
                   array(SELECT DISTINCT unnest(string_to_array(
                       string_agg(array_to_string(l.delivery_paths, ' '), ' '), ' ')))
               END AS paths,
               min(l.delivery_days) AS days,
               max(coalesce(s.ranking_factor, 1))::double precision AS factor,
               array_agg(DISTINCT o.size ORDER BY o.size) FILTER (WHERE o.size <> '') AS sizes,
               (array_agg(s.grade ORDER BY s.score DESC NULLS LAST) FILTER (WHERE s.grade <> ''))[1] AS grade,
               coalesce(max(s.score), 0)::double precision AS score
          FROM catalog_listing l
          JOIN accounts_organisation o ON o.id = l.supplier_id AND o.active
          LEFT JOIN accounts_supplierstanding s ON s.supplier_id = l.supplier_id
         WHERE l.sale = 'on_sale' AND l.review = 'approved' AND NOT coalesce(s.suspended, false) {{among_listings}}
         GROUP BY l.good_id
    ), found AS (
        SELECT g.id, coalesce(o.offers, 0) AS offers, o.lowest, coalesce(o.in_stock, false) AS in_stock,
               o.days, coalesce(o.paths, '{{{{}}}}')::varchar(80)[] AS paths,
               coalesce(o.factor, 1) AS factor, coalesce(o.sizes, '{{{{}}}}')::varchar(20)[] AS sizes,
               coalesce(o.grade, '') AS grade, coalesce(o.score, 0) AS score, coalesce(f.orders, 0) AS sold,
               CASE WHEN o.offers > 0 THEN coalesce(g.offered_at, now()) ELSE g.offered_at END AS offered_at,
               coalesce(p.n, 0) AS deals, p.p10, p.p90
          FROM catalog_good g LEFT JOIN offer o ON o.good_id = g.id AND g.state = 'active'
          LEFT JOIN catalog_goodfigures f ON f.good_id = g.id
          LEFT JOIN catalog_goodpricestatistics p ON p.good_id = g.id AND p.tier = 0 AND p.quantity_band = 0
          {{among_goods}}
    ), fresh AS (
        SELECT f.*, round(({_MERIT})::numeric, 6)::double precision AS merit,
               round(({_MERIT} * ln(1 + f.offers))::numeric, 6)::double precision AS weight
          FROM found f
    )
    UPDATE catalog_good g
       SET offers = f.offers, lowest_price = f.lowest, in_stock = f.in_stock, delivery_days = f.days,
           delivery_paths = f.paths, ranking_factor = f.factor, supplier_sizes = f.sizes, best_grade = f.grade,
           best_score = f.score, sold = f.sold, offered_at = f.offered_at, merit = f.merit, weight = f.weight
      FROM fresh f
     WHERE g.id = f.id
       AND (g.offers, g.lowest_price, g.in_stock, g.delivery_days, g.delivery_paths, g.ranking_factor, g.supplier_sizes,
            g.best_grade, g.best_score, g.sold, g.offered_at, g.merit, g.weight)
           IS DISTINCT FROM (f.offers, f.lowest, f.in_stock, f.days, f.paths, f.factor, f.sizes, f.grade, f.score, f.sold,
                             f.offered_at, f.merit, f.weight)
"""
_CATEGORY_COUNTS = """
    WITH own AS (
        SELECT c.path, count(*) AS goods FROM catalog_good g JOIN catalog_category c ON c.id = g.category_id
         WHERE g.offers > 0 AND g.state = 'active' GROUP BY c.path
    ), total AS (
        SELECT c.id, coalesce(sum(o.goods), 0) AS goods
          FROM catalog_category c LEFT JOIN own o ON o.path LIKE c.path || '%' GROUP BY c.id
    )
    UPDATE catalog_category c SET goods_count = t.goods FROM total t
     WHERE t.id = c.id AND c.goods_count <> t.goods
"""
_BRAND_COUNTS = """
    WITH total AS (
        SELECT b.id, count(g.id) AS goods FROM catalog_brand b
          LEFT JOIN catalog_good g ON g.brand_id = b.id AND g.offers > 0 AND g.state = 'active' GROUP BY b.id
    )
    UPDATE catalog_brand b SET goods_count = t.goods FROM total t WHERE t.id = b.id AND b.goods_count <> t.goods
"""


def refresh_goods(good_ids: Collection[int] | None = None) -> int:
    """Recompute offers, lowest price, stock flag, what facets count, merit and weight of these goods, or of all.

    The counts of categories and brands follow at once for all goods, else by a task in the background, so that
    suppliers who edit at the same time do not wait for each other.

    Returns:
        how many goods changed.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if good_ids is None:
            cursor.execute(_REFRESH.format(among_listings="", among_goods=""))
        else:
            ids = sorted(set(good_ids))
            cursor.execute(_LOCK, [ids])
            cursor.execute(
                _REFRESH.format(among_listings="AND l.good_id = ANY(%s)", among_goods="WHERE g.id = ANY(%s)"),
                [ids, ids],
            )
        changed = int(cursor.rowcount)
        refresh_halls(None if good_ids is None else ids)
        if changed:
            forget_lists()
        if good_ids is None:
            refresh_counts()
        elif changed:
            from zcy.outbox import enqueue

            enqueue("catalog.tasks.refresh_counts", {}, key="catalog.refresh_counts")
    return changed


def refresh_counts() -> None:
    """Recount the goods on sale of every category (with those below it) and brand."""
    from catalog.tree import forget_tree

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CATEGORY_COUNTS)
        cursor.execute(_BRAND_COUNTS)
        transaction.on_commit(forget_tree)
