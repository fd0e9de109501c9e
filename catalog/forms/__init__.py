"""Forms of the catalog, one file per subject."""

from catalog.forms.goods import GoodForm
from catalog.forms.listing_life import JoinForm, ReasonForm, RequestForm
from catalog.forms.listings import ListingFilterForm, ListingForm, typed_from

__all__ = [
    "GoodForm",
    "JoinForm",
    "ListingFilterForm",
    "ListingForm",
    "ReasonForm",
    "RequestForm",
    "typed_from",
]
