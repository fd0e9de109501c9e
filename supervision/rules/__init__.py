"""The rules of this release: one class each, in a file of its own."""

from __future__ import annotations

from typing import Final

from supervision.rules.accepted_before_delivery import AcceptedBeforeDelivery
from supervision.rules.base import Rule
from supervision.rules.late_delivery import LateDelivery
from supervision.rules.price_above_peer import PriceAbovePeer
from supervision.rules.slow_payment import SlowPayment
from supervision.rules.split_orders import SplitOrders

RULES: Final[dict[str, Rule]] = {
    rule.slug: rule
    for rule in (PriceAbovePeer(), SplitOrders(), LateDelivery(), SlowPayment(), AcceptedBeforeDelivery())
}
