"""Which suppliers count as one (rule-definitions.md, "Related suppliers")."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterator
from decimal import Decimal
from typing import Final

from django.db import connection, transaction

from accounts.models import Organisation, Shareholding
from accounts.roles import OrganisationKind

HOLDING: Final = Decimal("0.25")


def recompute_related_groups() -> int:
    """Write each supplier's group: the smallest id among its relations, or nothing where it stands alone.

    Suppliers are related by the same legal person, phone (digits only) or address (NFKC, without blanks), by a holder
    of at least 25% in both, or by one holding at least 25% of the other; transitively. What is unknown relates nobody.

    Returns:
        The number of suppliers whose group changed.
    """
    groups = _Union()
    for supplier, mark in _marks():
        groups.join(supplier, mark)
    members: dict[Hashable, list[int]] = {}
    suppliers = dict(Organisation.objects.suppliers().values_list("id", "related_group"))
    for supplier in suppliers:
        members.setdefault(groups.root(supplier), []).append(supplier)
    wanted = {s: min(group) if len(group) > 1 else None for group in members.values() for s in group}
    changed = [(supplier, group) for supplier, group in wanted.items() if suppliers[supplier] != group]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """UPDATE accounts_organisation o SET related_group = n.related
            FROM unnest(%s::bigint[], %s::bigint[]) AS n (id, related) WHERE n.id = o.id""",
            [[supplier for supplier, _group in changed], [group for _supplier, group in changed]],
        )
    return len(changed)


def _marks() -> Iterator[tuple[int, Hashable]]:
    """Pairs of a supplier and something that it shares with its relations."""
    rows = Organisation.objects.suppliers().values_list("id", "legal_person", "phone", "address")
    for supplier, legal_person, phone, address in rows.iterator():
        if legal_person.strip():
            yield supplier, ("person", legal_person.strip())
        if digits := "".join(character for character in phone if character.isdecimal()):
            yield supplier, ("phone", unicodedata.normalize("NFKC", digits))
        if place := "".join(unicodedata.normalize("NFKC", address).split()):
            yield supplier, ("address", place)
    holdings = Shareholding.objects.filter(
        share__gte=HOLDING, organisation__kind=OrganisationKind.SUPPLIER
    ).values_list("organisation_id", "holder_name", "holder_id", "holder__kind")
    for supplier, name, holder, kind in holdings.iterator():
        # A holding supplier is itself related; any other organisation only relates those that it holds.
        yield supplier, holder if kind == OrganisationKind.SUPPLIER else ("holder", holder or name.strip())


class _Union:
    """Disjoint sets with path halving."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}

    def root(self, item: Hashable) -> Hashable:
        parent = self._parent
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, one: Hashable, other: Hashable) -> None:
        self._parent[self.root(one)] = self.root(other)
