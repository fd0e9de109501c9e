"""Asking the advisors about what is about to be ordered, and saying to listeners what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from accounts.roles import Role
from orders.advice import Advice, advise
from orders.services.checks import need_role
from orders.services.submission import OrderedLine, check_totals, projected, read_items, split_by_supplier
from orders.signals import advice_given

if TYPE_CHECKING:
    from accounts.actor import Actor


def ask_advisors(*, actor: Actor, lines: Sequence[OrderedLine], stage: str) -> tuple[Advice, ...]:
    """What the advisors say about these lines at the prices in force; asked on cart and checkout.

    Args:
        actor: a purchaser.
        lines: as the page shows them.
        stage: `cart` or `checkout`.

    Raises:
        NotAllowed, EmptyCart, Missing, InvalidQuantity, InvalidAmount: as in `submit_orders`.
    """
    need_role(actor, Role.PURCHASER)
    parcels = split_by_supplier(read_items(lines))
    check_totals(parcels)
    state = projected(actor, parcels)
    advice = advise(state)
    advice_given.send(sender=None, actor=actor, projected=state, advice=advice, stage=stage)
    return advice
