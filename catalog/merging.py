"""What hangs on a standard good, and what becomes of it when the good is merged into another one.

Every foreign key to `Good`, of whatever app, is found by itself and follows (`Mode.MOVE`). Who wants something else
says so once, when its app is ready: `merging.register("orders.OrderLine.good", Mode.STAY)`. A row that cannot follow
because the survivor has its like (the same person's favourite) is set aside, and put back when the merge is undone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.db.models import Exists, ForeignKey, Model, OuterRef, Q, QuerySet, UniqueConstraint

from catalog.models import Good


class Mode(Enum):
    """What rows do when their good is merged."""

    MOVE = "move"
    # They belong to the good as it was, or are computed anew.
    STAY = "stay"


@dataclass(frozen=True)
class Reference:
    """A foreign key to a good, or to a listing: `name` is "app.Model.field"."""

    name: str
    model: type[Model]
    field: str

    @property
    def label(self) -> str:
        """What its rows are called."""
        return str(self.model._meta.verbose_name_plural)

    def rows(self, pk: int) -> QuerySet[Any]:
        """The rows that point there, those that a manager hides included."""
        return self.model._base_manager.filter(**{f"{self.field}_id": pk})


@dataclass
class Moved:
    """What a move did: ids that changed hands, and whole rows that were set aside."""

    ids: list[int] = field(default_factory=list)
    set_aside: list[dict[str, Any]] = field(default_factory=list)


_modes: dict[str, Mode] = {
    # The good's own description, history and work.
    "catalog.GoodChange.good": Mode.STAY,
    "catalog.GoodFault.good": Mode.STAY,
    "catalog.GoodLabel.good": Mode.STAY,
    "catalog.GoodPicture.good": Mode.STAY,
    "catalog.GoodPair.first": Mode.STAY,
    "catalog.GoodPair.second": Mode.STAY,
    "catalog.GoodMerge.survivor": Mode.STAY,
    "catalog.GoodMerge.merged": Mode.STAY,
    # Computed anew for both, from what has moved.
    "catalog.GoodPriceStatistics.good": Mode.STAY,
    "catalog.GoodFigures.good": Mode.STAY,
    "catalog.PriceLevel.good": Mode.STAY,
}
_listing_references: Final[dict[str, None]] = {}


def register(name: str, mode: Mode) -> None:
    """Say what rows of a foreign key to Good do; called once, when the app is ready.

    Args:
        name: "app.Model.field".
        mode: move (which needs no saying) or stay.

    Raises:
        ValueError: it was said already, differently.
    """
    if _modes.setdefault(name, mode) is not mode:
        raise ValueError(f"{name} is registered with two modes")


def register_listing_reference(name: str) -> None:
    """Rows of this foreign key to Listing follow from a listing that a merge ended to the one that was kept."""
    _listing_references[name] = None


def references() -> list[Reference]:
    """Every foreign key to Good whose rows follow, in a fixed order."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for key in model._meta.local_fields:
            if isinstance(key, ForeignKey) and key.related_model is Good:
                name = f"{model._meta.app_label}.{model.__name__}.{key.name}"
                if _modes.get(name, Mode.MOVE) is Mode.MOVE:
                    found.append(Reference(name, model, key.name))
    return sorted(found, key=lambda reference: reference.name)


def listing_references() -> list[Reference]:
    """The registered foreign keys to Listing."""
    return [named(name) for name in sorted(_listing_references)]


def named(name: str) -> Reference:
    """The reference of a name.

    Raises:
        LookupError: there is no such model (any more).
    """
    app, model, key = name.split(".")
    return Reference(name, apps.get_model(app, model), key)


def move(reference: Reference, old: int, new: int) -> Moved:
    """Let the rows that point to `old` point to `new`; those that a unique constraint refuses are set aside."""
    rows = reference.rows(old)
    if reference.model is Good:
        rows = rows.exclude(pk=new)
    clash = _clash(reference, new)
    moved = Moved()
    if clash is not None:
        refused = list(rows.filter(clash).values_list("pk", flat=True))
        if refused:
            moved.set_aside = _set_aside(reference, refused)
    moved.ids = sorted(rows.values_list("pk", flat=True))
    if moved.ids:
        reference.model._base_manager.filter(pk__in=moved.ids).update(**{f"{reference.field}_id": new})
        key = reference.model._meta.pk
        if key is not None and key.name == reference.field:
            moved.ids = [new]  # the good is the row's own key
    return moved


_TAKE_ALONG: Final = """
    WITH RECURSIVE named AS (
        SELECT * FROM unnest(%(rows)s::bigint[], %(goods)s::bigint[]) AS n(row_id, good_id)
    ), followed AS (
        SELECT n.row_id, m.id AS merge_id, m.survivor_id
          FROM named n JOIN catalog_goodmerge m ON m.merged_id = n.good_id AND m.undone_at IS NULL
        UNION ALL
        SELECT f.row_id, m.id, m.survivor_id
          FROM followed f JOIN catalog_goodmerge m ON m.merged_id = f.survivor_id AND m.undone_at IS NULL
    )
    INSERT INTO catalog_movedrows AS k (merge_id, reference, ids, set_aside)
    SELECT merge_id, %(reference)s, array_agg(row_id ORDER BY row_id), '[]' FROM followed GROUP BY merge_id
    ON CONFLICT (merge_id, reference) DO UPDATE
       SET ids = (SELECT array_agg(DISTINCT i ORDER BY i) FROM unnest(k.ids || EXCLUDED.ids) AS i)
     WHERE NOT k.ids @> EXCLUDED.ids
"""


def take_along(name: str, named: Mapping[int, int]) -> None:
    """Count rows that came after a merge, and name the merged good, among those it moved: an undo gives them back.

    Args:
        name: the foreign key, "app.Model.field"; its rows point to the survivor already.
        named: row → the good that its sender named; rows that name a good which is not merged are left alone.
    """
    if named:
        with connection.cursor() as cursor:
            cursor.execute(
                _TAKE_ALONG, {"reference": name, "rows": list(named), "goods": list(named.values())}
            )


def move_back(reference: Reference, moved: Moved, old: int, new: int) -> int:
    """Undo a move: rows that still point to `new` point to `old` again, and what was set aside is put back."""
    back = reference.model._base_manager.filter(pk__in=moved.ids, **{f"{reference.field}_id": new})
    count = back.update(**{f"{reference.field}_id": old})
    if moved.set_aside:
        table = connection.ops.quote_name(reference.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, r)).*"
                " FROM jsonb_array_elements(%s::jsonb) AS r ON CONFLICT DO NOTHING",
                [json.dumps(moved.set_aside)],
            )
            count += int(cursor.rowcount)
    return count


def _clash(reference: Reference, new: int) -> Q | None:
    """Which of the rows would break a unique constraint beside those that point to `new` already."""
    meta = reference.model._meta
    found: list[tuple[list[str], Q]] = [
        (list(fields), Q()) for fields in meta.unique_together if reference.field in fields
    ]
    found += [
        (list(constraint.fields), constraint.condition or Q())
        for constraint in meta.constraints
        if isinstance(constraint, UniqueConstraint) and reference.field in constraint.fields
    ]
    if getattr(meta.get_field(reference.field), "unique", False):
        found.append(([reference.field], Q()))
    wanted: Q | None = None
    for fields, condition in found:
        others = [name for name in fields if name != reference.field]
        beside = reference.rows(new).filter(condition, **{name: OuterRef(name) for name in others})
        clash = Q(condition) & Q(Exists(beside))
        wanted = clash if wanted is None else wanted | clash
    # A row between two goods (an accessory of another) cannot join the survivor to itself.
    for key in meta.local_fields:
        between = isinstance(key, ForeignKey) and key.related_model is Good and key.name != reference.field
        if between and meta.auto_created:
            itself = Q(**{f"{key.name}_id": new})
            wanted = itself if wanted is None else wanted | itself
    return wanted


def _set_aside(reference: Reference, pks: list[int]) -> list[dict[str, Any]]:
    """Take rows out, whole, for `move_back`."""
    table = connection.ops.quote_name(reference.model._meta.db_table)
    column = connection.ops.quote_name(str(reference.model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} AS t WHERE {column} = ANY(%s) RETURNING to_jsonb(t)",
            [pks],
        )
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]
