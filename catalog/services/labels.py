"""Policy labels follow their certificates: `Good.labels` is what holds today."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from django.db import connection, transaction

from catalog.kept import forget_lists
from catalog.models import GoodChange
from catalog.models.good_details import ChangeKind
from zcy import clock
from zcy.registries import NightContext

# A label that no certificate stands behind was stated by the source of an import: it stays as it is.
_REFRESH: Final = """
    WITH certified AS (
        SELECT good_id, array_agg(DISTINCT label::text) AS known,
               array_agg(DISTINCT label::text) FILTER (WHERE expires_on IS NULL OR expires_on >= %(day)s) AS valid
          FROM catalog_goodlabel WHERE (%(goods)s::bigint[] IS NULL OR good_id = ANY(%(goods)s))
         GROUP BY good_id
    ), fresh AS (
        SELECT g.id, g.labels AS before,
               array(SELECT l FROM (SELECT unnest(g.labels)::text AS l EXCEPT SELECT unnest(c.known)
                     UNION SELECT unnest(c.valid)) AS labels WHERE l IS NOT NULL ORDER BY l)::varchar(40)[] AS after
          FROM catalog_good g JOIN certified c ON c.good_id = g.id
    )
    UPDATE catalog_good g SET labels = f.after FROM fresh f
     WHERE f.id = g.id AND NOT (f.before @> f.after AND f.after @> f.before)
    RETURNING g.id, f.before, f.after, g.version
"""


def refresh_labels(
    good_ids: Collection[int] | None = None, *, day: date | None = None
) -> list[tuple[int, Any, Any, int]]:
    """Bring the labels of these goods, or of all, to what their certificates say on a local date (today).

    Returns:
        (good, labels before, labels after, version) of each good that changed.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _REFRESH,
            {"day": day or clock.today(), "goods": None if good_ids is None else list(good_ids)},
        )
        changed: list[tuple[int, Any, Any, int]] = cursor.fetchall()
        if changed:
            forget_lists()
    return changed


def fade_labels(context: NightContext) -> dict[str, Any]:
    """The nightly part `good_labels`: certificates that have expired take their labels along."""
    with transaction.atomic():
        changed = refresh_labels(day=clock.today())
        GoodChange.objects.bulk_create(
            GoodChange(
                good_id=pk,
                kind=ChangeKind.LABELS,
                version=version,
                changes={"labels": ["、".join(sorted(before)), "、".join(sorted(after))]},
            )
            for pk, before, after, version in changed
        )
    return {"rows": len(changed)}
