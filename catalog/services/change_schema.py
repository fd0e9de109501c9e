"""An attribute of a category is changed: first what that means for its goods, then the change, then the goods follow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.roles import Role
from catalog.attributes import attributes_of, forget_attributes
from catalog.errors import GoodRefused
from catalog.kept import forget_lists
from catalog.models import AttributeType, Category, CategoryAttribute, SchemaChange, SchemaChangeState
from catalog.services.deals import refresh_observations
from catalog.services.good_faults import check_goods
from catalog.services.index_goods import index_goods
from catalog.services.key_hashes import refresh_key_hashes
from catalog.tree import Node, category_tree, forget_tree
from catalog.values import normal
from zcy import audit
from zcy.errors import Missing, NotAllowed
from zcy.outbox import enqueue

# More goods than this follow in the background.
AT_ONCE: Final = 500
BATCH: Final = 500
YES: Final = frozenset(["true", "是", "有", "yes", "1", "支持"])
NO: Final = frozenset(["false", "否", "无", "no", "0", "不支持"])


@dataclass(frozen=True)
class Wanted:
    """An attribute as it shall be; `renamed` maps values so far to what they become."""

    key: str
    label: str
    label_en: str = ""
    type: str = AttributeType.TEXT
    unit: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    filterable: bool = False
    is_key: bool = False
    order: int = 100
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What becomes of one value: how many goods have it, and what it is rewritten to, or why they are flagged."""

    value: Any
    goods: int
    becomes: Any = None
    fault: str = ""

    @property
    def shown(self) -> str:
        """The value as people read it."""
        return str(self.value)


@dataclass
class Plan:
    """What a change means for the goods of the category and of those below it."""

    total: int = 0
    missing: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    kept: int = 0

    @property
    def rewritten(self) -> int:
        """Goods whose value is written anew."""
        return sum(row.goods for row in self.outcomes if row.becomes is not None)

    @property
    def flagged(self) -> int:
        """Goods that somebody has to mend."""
        return self.missing + sum(row.goods for row in self.outcomes if row.fault)

    @property
    def digest(self) -> str:
        """Of all that was shown: a plan that has changed is shown anew."""
        told = json.dumps(asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:32]


_VALUES: Final = """
    SELECT g.spec -> %s, count(*) FROM catalog_good g
     WHERE g.category_id = ANY(%s) AND g.state = 'active' GROUP BY 1 ORDER BY 2 DESC
"""


def plan_change(category_id: int, wanted: Wanted) -> Plan:
    """Look ahead: one statement, however many goods there are."""
    plan = Plan()
    with connection.cursor() as cursor:
        cursor.execute(_VALUES, [wanted.key, scope(category_id, wanted.key)])
        rows = [
            (json.loads(value) if isinstance(value, str) else value, count)
            for value, count in cursor.fetchall()
        ]
    for value, count in rows:
        plan.total += count
        if value in (None, "", []):
            if wanted.required:
                plan.missing += count
            continue
        fits, becomes = _becomes(value, wanted)
        if not fits:
            plan.outcomes.append(Outcome(value, count, fault="choice" if wanted.choices else wanted.type))
        elif becomes != value or type(becomes) is not type(value):
            plan.outcomes.append(Outcome(value, count, becomes=becomes))
        else:
            plan.kept += count
    return plan


def plan_removal(category_id: int, key: str) -> int:
    """How many goods state a value of an attribute; it stays with them, as a value that the category does not know."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM catalog_good WHERE category_id = ANY(%s) AND state = 'active' AND spec ? %s",
            [scope(category_id, key), key],
        )
        return int(cursor.fetchone()[0])


def change_schema(
    *,
    actor: Actor,
    category_id: int,
    wanted: Wanted,
    attribute_id: int | None = None,
    digest: str | None = None,
) -> SchemaChange:
    """Write an attribute; its goods follow, at once where they are few, else in the background.

    Args:
        actor: catalog staff.
        category_id: whose attribute it is.
        wanted: as it shall be. The key of an attribute that exists does not change.
        attribute_id: the one that is changed; None: a new one.
        digest: of the plan that was shown; None: whatever it is now.

    Raises:
        NotAllowed, Missing: not catalog staff, no such category or attribute.
        GoodRefused: a choice without values, a key that is there already, or a plan that has changed since.
    """
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    if wanted.type == AttributeType.CHOICE and not wanted.choices:
        raise GoodRefused(_("A choice needs allowed values: write them one a line."), field="new_values")
    with transaction.atomic():
        category = Category.objects.select_for_update().filter(pk=category_id).first()
        if category is None:
            raise Missing
        row = _attribute(category, attribute_id, wanted)
        if wanted.label != row.label or row.pk is None:
            # Two of one name cannot be told apart on the page of a good and among the filters.
            same = CategoryAttribute.objects.filter(category=category, label=wanted.label)
            if same.exclude(pk=row.pk).exists():
                raise GoodRefused(_("The category has an attribute of this name already."), field="label")
        # With the attribute written, the plan is that of the tree as it will be.
        for name in ("label", "label_en", "type", "unit", "required", "filterable", "is_key", "order"):
            setattr(row, name, getattr(wanted, name))
        row.choices = list(wanted.choices) if wanted.type == AttributeType.CHOICE else []
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise GoodRefused(_("The category has an attribute of this key already."), field="key") from error
        _forget()
        plan = plan_change(category.pk, wanted)
        if digest is not None and plan.total and digest != plan.digest:
            raise GoodRefused(_("Goods have changed since this was shown: look at it again."))
        verb = "changed" if attribute_id else "added"
        audit.record(actor=actor, action=f"attribute.{verb}", subject=row, data=asdict(wanted))
        rewrites = [
            [outcome.value, outcome.becomes] for outcome in plan.outcomes if outcome.becomes is not None
        ]
        return _follow(actor, category, wanted.key, f"{wanted.label}: {verb}", rewrites, plan.total)


def remove_attribute(*, actor: Actor, attribute_id: int) -> SchemaChange:
    """Take an attribute out of a category's schema; what goods state of it stays with them.

    Raises:
        NotAllowed, Missing: not catalog staff, no such attribute.
    """
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    with transaction.atomic():
        row = (
            CategoryAttribute.objects.select_for_update()
            .select_related("category")
            .filter(pk=attribute_id)
            .first()
        )
        if row is None:
            raise Missing
        total = plan_removal(row.category_id, row.key)
        audit.record(actor=actor, action="attribute.removed", subject=row, data={"key": row.key})
        label, key, category = row.label, row.key, row.category
        row.delete()
        _forget()
        return _follow(actor, category, key, f"{label}: removed", [], total)


def scope(category_id: int, key: str) -> list[int]:
    """The category and those below it, without branches that have an attribute of the same key of their own."""
    node = category_tree().by_id.get(category_id)
    if node is None:
        return []
    own = set(
        CategoryAttribute.objects.filter(key=key, category_id__in=node.subtree)
        .exclude(category_id=category_id)
        .values_list("category_id", flat=True)
    )

    def walk(one: Node) -> list[int]:
        return [one.id, *(pk for child in one.children if child.id not in own for pk in walk(child))]

    return walk(node)


def follow_schema_change(change_id: int) -> None:
    """Let the goods follow, batch by batch; a run that was interrupted goes on where it stopped."""
    while _next_batch(change_id):
        pass


def _attribute(category: Category, attribute_id: int | None, wanted: Wanted) -> CategoryAttribute:
    if attribute_id is None:
        return CategoryAttribute(category=category, key=wanted.key)
    row = CategoryAttribute.objects.filter(pk=attribute_id, category=category, key=wanted.key).first()
    if row is None:
        raise Missing
    return row


def _follow(
    actor: Actor, category: Category, key: str, summary: str, rewrites: list[Any], total: int
) -> SchemaChange:
    change = SchemaChange.objects.create(
        category=category, key=key, author=actor.user, summary=summary[:300], rewrites=rewrites, total=total
    )
    forget_lists()
    if total <= AT_ONCE:
        follow_schema_change(change.pk)
        change.refresh_from_db()
    else:
        enqueue(
            "catalog.tasks.follow_schema_change", {"change_id": change.pk}, key=f"catalog.schema.{change.pk}"
        )
    return change


_BATCH: Final = """
    SELECT id FROM catalog_good WHERE category_id = ANY(%s) AND state = 'active' AND id > %s ORDER BY id LIMIT %s
"""
# One pass, so that two values may change places; each change stands in the history of its good.
_REWRITE: Final = """
    WITH mapping AS (
        SELECT (e -> 0) AS old, (e -> 1) AS new FROM jsonb_array_elements(%(rewrites)s::jsonb) AS e
    ), before AS (
        SELECT g.id, g.spec -> %(key)s AS old, m.new FROM catalog_good g JOIN mapping m ON g.spec -> %(key)s = m.old
         WHERE g.id = ANY(%(goods)s) FOR NO KEY UPDATE OF g
    ), written AS (
        UPDATE catalog_good g SET spec = jsonb_set(g.spec, ARRAY[%(key)s::text], b.new), version = g.version + 1,
               spec_hash = md5(jsonb_set(g.spec, ARRAY[%(key)s::text], b.new)::text), changed_at = now()
          FROM before b WHERE b.id = g.id RETURNING g.id, g.version, b.old, b.new
    )
    INSERT INTO catalog_goodchange (good_id, kind, author_id, author_name, version, changes, note)
    SELECT id, 'schema', %(author)s, %(name)s, version,
           jsonb_build_object('spec.' || %(key)s::text, jsonb_build_array(old, new)), %(summary)s FROM written
"""


def _next_batch(change_id: int) -> bool:
    """Whether there may be more."""
    with transaction.atomic(), connection.cursor() as cursor:
        change = (
            SchemaChange.objects.select_for_update(of=("self",))
            .select_related("author")
            .filter(pk=change_id)
            .first()
        )
        if change is None or change.state == SchemaChangeState.DONE:
            return False
        _forget()
        cursor.execute(_BATCH, [scope(change.category_id, change.key), change.position, BATCH])
        goods = [row[0] for row in cursor.fetchall()]
        if not goods:
            refresh_key_hashes_of_scope(change)
            change.state = SchemaChangeState.DONE
            change.save(update_fields=["state"])
            return False
        if change.rewrites:
            author = change.author
            cursor.execute(
                _REWRITE,
                {
                    "rewrites": json.dumps(change.rewrites), "key": change.key, "goods": goods,
                    "author": author.pk if author else None, "name": str(author)[:150] if author else "",
                    "summary": change.summary,
                },
            )  # fmt: skip
            change.migrated += int(cursor.rowcount)
        refresh_key_hashes(goods)
        change.flagged += check_goods(goods, keys=[change.key])
        refresh_observations(goods)
        index_goods(goods)
        change.position, change.done, change.state = (
            goods[-1],
            change.done + len(goods),
            SchemaChangeState.RUNNING,
        )
        change.save()
        return True


def refresh_key_hashes_of_scope(change: SchemaChange) -> None:
    """Goods that are not active follow too: they may be taken up again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM catalog_good WHERE category_id = ANY(%s) AND state <> 'active'",
            [scope(change.category_id, change.key)],
        )
        resting = [row[0] for row in cursor.fetchall()]
    if resting:
        refresh_key_hashes(resting)


def _forget() -> None:
    forget_tree()
    forget_attributes()


def _becomes(value: Any, wanted: Wanted) -> tuple[bool, Any]:
    """(whether the value fits, what it becomes): renamed, or written in the new type where that is no guess."""
    if wanted.type == AttributeType.CHOICE:
        return _chosen(value, wanted)
    if wanted.type == AttributeType.NUMBER:
        return _number(value, wanted.unit)
    if wanted.type == AttributeType.BOOLEAN:
        said = normal(value)
        return isinstance(value, bool) or said in YES | NO, value if isinstance(value, bool) else said in YES
    if isinstance(value, bool):
        return True, "是" if value else "否"
    return True, value if isinstance(value, str | int | float) else normal(value)


def _chosen(value: Any, wanted: Wanted) -> tuple[bool, Any]:
    text = str(value)
    if text in wanted.renamed:
        return wanted.renamed[text] in wanted.choices, wanted.renamed[text]
    if text in wanted.choices:
        return True, value
    same = [choice for choice in wanted.choices if normal(choice) == normal(value)]
    return (True, same[0]) if len(same) == 1 else (False, None)


def _number(value: Any, unit: str) -> tuple[bool, Any]:
    if isinstance(value, bool):
        return False, None
    if isinstance(value, int | float):
        return True, value
    text = normal(value)
    if unit and text.endswith(normal(unit)):
        text = text.removesuffix(normal(unit)).strip()
    try:
        number = float(text)
    except ValueError:
        return False, None
    if not abs(number) < 10**12:
        return False, None
    return True, int(number) if number.is_integer() else number


def inherited(category_id: int) -> list[Any]:
    """Attributes that a category has from those above it and does not replace."""
    node = category_tree().by_id.get(category_id)
    own = set(CategoryAttribute.objects.filter(category_id=category_id).values_list("key", flat=True))
    return [one for one in attributes_of(node.parent if node else None) if one.key not in own]
