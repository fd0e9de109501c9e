"""Forms of the catalog, one file per subject."""

from catalog.forms.goods import GoodForm
from catalog.forms.listings import ListingFilterForm, ListingForm, typed_from

__all__ = [
    "GoodForm",
    "ListingFilterForm",
    "ListingForm",
    "typed_from",
]
