"""The columns of a supplier's list of listings, its orders, and the tones of their states."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy

from catalog.models import Review, Sale
from zcy.tables import Column

SORTS: Final = {"price": "price", "stock": "stock", "changed": "changed_at"}
DEFAULT_SORT: Final = "-changed"
COLUMNS: Final = [
    Column(gettext_lazy("Good"), fixed=True),
    Column(gettext_lazy("Unit price"), sort="price", numeric=True),
    Column(gettext_lazy("Place in the range")),
    Column(gettext_lazy("Stock"), sort="stock", numeric=True),
    Column(gettext_lazy("Delivery days"), numeric=True, hidden=True),
    Column(gettext_lazy("Sale")),
    Column(gettext_lazy("Review")),
    Column(gettext_lazy("Changed"), sort="changed"),
]
SALE_TONES: Final = {Sale.ON_SALE: "good", Sale.FROZEN: "serious"}
REVIEW_TONES: Final = {Review.APPROVED: "good", Review.PENDING: "watch", Review.REJECTED: "serious"}
