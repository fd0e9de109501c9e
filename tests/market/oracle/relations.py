"""Related suppliers, to the letter."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from decimal import Decimal

from tests.market.oracle.load import Market


def related(market: Market) -> dict[str, str]:
    """Supplier → the smallest id of everyone it is related to, transitively.

    Choices: unknown values relate nobody; a holder that is an organisation's id counts as a common holder too;
    two organisations that a buyer or a bureau holds are related like any others.
    """
    suppliers = [id_ for id_, row in market.organisations.items() if row["kind"] == "supplier"]
    parent = {id_: id_ for id_ in suppliers}

    def find(id_: str) -> str:
        while parent[id_] != id_:
            id_ = parent[id_]
        return id_

    def join(one: str, other: str) -> None:
        first, second = sorted((find(one), find(other)))
        parent[second] = first

    buckets: dict[tuple[str, str], list[str]] = defaultdict(list)
    for id_ in suppliers:
        row = market.organisations[id_]
        address = "".join(unicodedata.normalize("NFKC", row["address"]).split())
        phone = "".join(filter(str.isdigit, row["phone"]))
        for name, value in (("person", row["legal_person"]), ("phone", phone), ("address", address)):
            if value:
                buckets[(name, value)].append(id_)
    for row in market.shareholdings:
        if Decimal(row["share"]) >= Decimal("0.25") and row["organisation"] in parent:
            buckets[("holder", row["holder"])].append(row["organisation"])
            if row["holder"] in parent:
                join(row["holder"], row["organisation"])
    for members in buckets.values():
        for member in members[1:]:
            join(members[0], member)
    return {id_: find(id_) for id_ in suppliers}
