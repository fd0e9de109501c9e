"""What a standard good says, field by field, and what differs between two such states: for its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.attributes import attributes_of
from catalog.gtin import show_gtin
from catalog.models import Category, Good, GoodChange, PolicyLabel
from catalog.models.goods import GoodState
from catalog.tree import category_tree

SPEC: Final = "spec."
Snapshot = dict[str, Any]


def snapshot(good_id: int) -> Snapshot:
    """The good as it stands in the database: plain fields, each attribute apart, and what belongs to it."""
    good = Good.objects.select_related("category", "brand").defer("search", "pinyin").get(pk=good_id)
    found: Snapshot = {
        "category": good.category.code,
        "brand": good.brand.name if good.brand else "",
        "model": good.model,
        "name": good.name,
        "unit": good.unit,
        "pack_size": "" if good.pack_size is None else f"{good.pack_size.normalize():f}",
        "gtin": good.gtin,
        "maker": good.maker,
        "origin": good.origin,
        "description": good.description,
        "picture": good.picture.name or "",
        "pictures": "\n".join(good.pictures.values_list("picture", flat=True)),
        "labels": "、".join(sorted(good.labels)),
        "certificates": "\n".join(
            " ".join(filter(None, (row.label, row.certificate, str(row.expires_on or ""))))
            for row in good.certificates.order_by("label", "certificate")
        ),
        "accessories": "、".join(map(str, good.accessories.order_by("pk").values_list("pk", flat=True))),
        "successor": good.successor_id or "",
        "state": good.state,
    }
    return found | {f"{SPEC}{key}": value for key, value in sorted(good.spec.items())}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """{field: [before, after]} of each field that differs; what is missing counts as empty."""
    names = list(dict.fromkeys([*after, *before]))
    return {
        name: [before.get(name, ""), after.get(name, "")]
        for name in names
        if before.get(name, "") != after.get(name, "")
    }


def write_change(
    *, good: Good, kind: str, actor: Actor | None, changes: Mapping[str, Any], note: str = ""
) -> GoodChange:
    """Add to the good's history, in the caller's transaction."""
    return GoodChange.objects.create(
        good=good,
        kind=kind,
        author=actor.user if actor else None,
        author_name=actor.name[:150] if actor else "",
        version=good.version,
        changes=dict(changes),
        note=note,
    )


def shown(changes: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(label, before, after) of each difference, in the reader's words."""
    labels = _labels()
    codes = {code for code in changes.get("category", ()) if code}
    nodes = category_tree().by_code
    schema = {
        attribute.key: attribute
        for code in codes
        if code in nodes
        for attribute in attributes_of(nodes[code])
    }
    rows = []
    for name, (before, after) in changes.items():
        if name.startswith(SPEC):
            key = name.removeprefix(SPEC)
            known = schema.get(key)
            label = known.label if known else key
        else:
            label = labels.get(name, name)
        rows.append((label, _said(name, before), _said(name, after)))
    return rows


def shown_of(good: Good, changes: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The same, with the attributes' names of the good's category."""
    names = {
        f"{SPEC}{attribute.key}": attribute.label
        for attribute in attributes_of(category_tree().by_id.get(good.category_id))
    }
    return [
        (names.get(name, row[0]), row[1], row[2]) for name, row in zip(changes, shown(changes), strict=True)
    ]


def _said(name: str, value: Any) -> str:
    if value in ("", None):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    told = _TOLD.get(name)
    return told(str(value)) if told else str(value)


def _category(code: str) -> str:
    found = Category.objects.filter(code=code).values_list("name", flat=True).first()
    return f"{found} ({code})" if found else code


def _policy_labels(text: str) -> str:
    for code, word in PolicyLabel.choices:
        text = text.replace(code, str(word))
    return text


_TOLD: Final[dict[str, Callable[[str], str]]] = {
    "category": _category,
    "state": lambda state: str(dict(GoodState.choices).get(state, state)),
    "gtin": show_gtin,
    "labels": _policy_labels,
    "certificates": _policy_labels,
}


def _labels() -> dict[str, str]:
    def of(name: str) -> str:
        return str(getattr(Good._meta.get_field(name), "verbose_name", name))

    plain = (
        "model", "name", "unit", "pack_size", "gtin", "maker", "origin", "description", "picture", "labels",
        "accessories", "state",
    )  # fmt: skip
    return {name: of(name) for name in plain} | {
        "category": _("category"),
        "brand": _("brand"),
        "pictures": _("further pictures"),
        "certificates": _("label certificates"),
        "successor": _("successor"),
        "merged_into": _("merged into"),
        "absorbed": _("merged good"),
    }
