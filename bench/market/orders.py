"""An order on its way from the cart to the files."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.market.listings import Listing
from bench.market.organisations import Buyer, Supplier


@dataclass
class Line:
    """One line; the price is in cents for one unit of the good."""

    listing: Listing
    quantity: int
    cents: int
    accessory: bool = False


@dataclass
class Order:
    """A row of orders.csv with all that hangs on it; times are seconds, days whole numbers, None = not yet."""

    id: str
    buyer: Buyer
    supplier: Supplier
    placed: int
    lines: list[Line]
    method: str = "direct"
    inquiry: str = ""
    contract: str = ""
    emergency: bool = False
    placed_by: str = ""
    confirmed: int | None = None
    cancelled: int | None = None
    cancelled_by: str = ""
    promised: int | None = None
    deliveries: list[list[int | None]] = field(default_factory=list)
    acceptances: list[tuple[int, str, str]] = field(default_factory=list)
    payments: list[tuple[int, int, int | None, bool]] = field(default_factory=list)
    #: A planted order keeps every cell; others lose some.
    whole: bool = False

    @property
    def cents(self) -> int:
        """The total in cents."""
        return sum(line.cents * line.quantity for line in self.lines)

    @property
    def category(self) -> str:
        """The category with the largest amount of its lines; ties go to the smaller code."""
        amounts: dict[str, int] = {}
        for line in self.lines:
            code = line.listing.good.leaf.code
            amounts[code] = amounts.get(code, 0) + line.cents * line.quantity
        return min(amounts, key=lambda code: (-amounts[code], code))

    @property
    def accepted(self) -> int | None:
        """When it was first passed."""
        return next((at for at, _, result in self.acceptances if result == "passed"), None)


def band(quantity: int) -> int:
    """The quantity band: 1–9, 10–99, 100–999, ≥ 1000."""
    return 0 if quantity < 10 else 1 if quantity < 100 else 2 if quantity < 1000 else 3
