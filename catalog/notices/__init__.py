"""What people are told of the catalog, one file per subject; each registers its kinds of notices."""

from catalog.notices import goods
from catalog.notices.goods import tell_of_merge, tell_of_proposal, tell_of_retirement
from catalog.notices.listings import register, tell_of_listing, tell_supplier

__all__ = [
    "goods",
    "register",
    "tell_of_listing",
    "tell_of_merge",
    "tell_of_proposal",
    "tell_of_retirement",
    "tell_supplier",
]
