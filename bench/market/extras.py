"""Files that later parts read: inquiries and quotes, logins, reference prices."""

from __future__ import annotations

from random import Random

from bench.market.days import DAY, Calendar
from bench.market.demand import Demand
from bench.market.listings import Shop
from bench.market.orders import Order
from bench.market.sizes import Settings
from bench.market.writer import Files


class Extras:
    """Writes what hangs loosely on orders."""

    def __init__(self, settings: Settings, calendar: Calendar, files: Files, shop: Shop) -> None:
        self.rng: Random = settings.rng("extras")
        self.calendar = calendar
        self.files = files
        self.shop = shop
        self.quotes = 0

    def inquiry(self, order: Order) -> None:
        """The inquiry that an order came from: its supplier quoted lowest."""
        rng, calendar = self.rng, self.calendar
        leaf = order.lines[0].listing.good.leaf
        rivals = [supplier for supplier in self.shop.suppliers if leaf.group in supplier.groups]
        chosen = {order.supplier.index: order.supplier}
        for rival in rng.sample(rivals, min(len(rivals), rng.choice((2, 3, 3, 4)))):
            if rival.kin != order.supplier.kin:
                chosen[rival.index] = rival
        closed = max(calendar.first * DAY, order.placed - rng.randrange(3600, DAY))
        opened = closed - rng.randrange(1800, 7200)
        deadline = opened - rng.randrange(60, 3600)
        published = deadline - rng.randrange(8, 14) * DAY
        order.inquiry = f"Q{order.id[1:]}"
        awarded = ""
        for supplier in sorted(chosen.values(), key=lambda found: found.index):
            self.quotes += 1
            id_ = f"T{self.quotes:08d}"
            own = supplier.index == order.supplier.index
            if own:
                awarded = id_
            total = order.cents if own else round(order.cents * (1 + abs(rng.gauss(0.04, 0.04))) + 100)
            at = rng.randrange(published + 3600, deadline)
            cells = (id_, order.inquiry, supplier.id, f"{total / 100:.2f}", calendar.text(at), "")
            self.files.row("quotes", cells)
        estimate = round(order.cents * rng.uniform(1.02, 1.2) / 100_000) * 1000
        title = f"{order.buyer.name}{leaf.word}采购询价"
        self.files.row(
            "inquiries",
            (
                order.inquiry, order.buyer.id, "inquiry", order.category, title, f"{estimate:.2f}", "",
                calendar.text(published), calendar.text(deadline), calendar.text(opened), calendar.text(closed), "",
                awarded, "",
            ),
        )  # fmt: skip

    def login(self, order: Order) -> None:
        """The purchaser signs in before ordering, at a device of its own; the county's bodies share one address."""
        rng = self.rng
        if not order.placed_by or rng.random() > 0.4:
            return
        region = int(order.buyer.region.code)
        shared = order.buyer.sort in {"bureau", "police"}
        ip = f"10.{region // 100 % 256}.{region % 100}.{1 if shared else 10 + int(order.buyer.id[1:]) % 240}"
        at = self.calendar.text(order.placed - rng.randrange(60, 1800))
        self.files.row("logins", (order.placed_by, at, ip, f"D-{order.placed_by}"))

    def supplier_logins(self, demand: Demand) -> None:
        """Each supplier's clerk, once a month."""
        calendar, rng = self.calendar, self.rng
        for supplier in self.shop.suppliers:
            for day in range(calendar.first + supplier.index % 28, calendar.last, 30):
                ip = f"172.{16 + supplier.index // 4000}.{supplier.index // 250 % 16}.{1 + supplier.index % 250}"
                at = calendar.text(day * DAY + rng.randrange(8 * 3600, 18 * 3600))
                self.files.row("logins", (f"{supplier.id}-seller", at, ip, f"D-{supplier.id}"))

    def references(self, hot: int) -> None:
        """Prices seen elsewhere for the goods most in demand, every month of the last year."""
        calendar, rng = self.calendar, self.rng
        for good in self.shop.goods:
            if good.rank >= hot or not self.shop.of_good[good.index]:
                continue
            cheapest = min(listing.prices[-1] for listing in self.shop.of_good[good.index])
            for day in range(calendar.last - 360, calendar.last, 30):
                source = rng.choice(("maker", "mall", "survey"))
                price = cheapest * rng.uniform(0.98, 1.15)
                at = calendar.text(day * DAY + rng.randrange(8 * 3600, 18 * 3600))
                self.files.row("reference_prices", (good.id, source, f"{price:.2f}", at))
