"""What a merge would do, before it is done."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog import merging
from catalog.good_history import difference, shown_of, snapshot
from catalog.models import Good, Listing
from catalog.services.merge_goods import refusal
from catalog.services.merge_listings import rivals


@dataclass
class MergePreview:
    """Which good stays, what moves, and what becomes of suppliers that offer both."""

    survivor: Good
    merged: Good
    # Why it is not possible; empty where it is.
    refusal: str
    # (label, the survivor's value, the merged good's) of each difference.
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    # (what its rows are called, how many follow).
    follows: list[tuple[str, int]] = field(default_factory=list)
    # (the listing that is kept, the one that ends), with their suppliers.
    rivals: list[tuple[Listing, Listing]] = field(default_factory=list)


def merge_preview(survivor: Good, merged: Good) -> MergePreview:
    """Look ahead; the number of statements depends on the tables that refer to goods, not on their rows."""
    ignored = {"state", "successor", "pictures", "picture"}
    pair = difference(snapshot(survivor.pk), snapshot(merged.pk))
    counted: dict[str, int] = {}
    for reference in merging.references():
        number = reference.rows(merged.pk).count()
        if number:
            counted[reference.label] = counted.get(reference.label, 0) + number
    return MergePreview(
        survivor=survivor,
        merged=merged,
        refusal=refusal(survivor, merged),
        differences=shown_of(
            survivor, {name: values for name, values in pair.items() if name not in ignored}
        ),
        follows=sorted(counted.items(), key=lambda row: -row[1]),
        rivals=rivals(survivor.pk, merged.pk),
    )
