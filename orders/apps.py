"""Registration of the app orders with the frame."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """The app orders."""

    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        """Register the nightly part, the beginning of history and the listeners to our own signals."""
        from catalog import merging
        from orders import notices
        from orders.figures import order_figures
        from orders.history import first_day
        from orders.registrations import register
        from zcy.registries import HistoryStart, NightlyPart, figure_words, history_starts, nightly_parts

        nightly_parts.register(
            NightlyPart(
                name="order_figures", label=_("Figures of suppliers and goods"), stage=1, run=order_figures
            )
        )
        figure_words.update({"suppliers": _("suppliers"), "goods": _("goods")})
        history_starts.register(HistoryStart("orders", first_day))
        # What was agreed names the good as it was; a cart goes on with the listing that a merge of goods has kept.
        merging.register("orders.OrderLine.good", merging.Mode.STAY)
        merging.register_listing_reference("orders.CartLine.listing")
        register()
        notices.register()
