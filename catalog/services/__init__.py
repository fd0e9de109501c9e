"""The write side of the catalog: one use case a file."""

from catalog.services.create_listing import create_listing
from catalog.services.deals import DealLine, record_deals, refresh_observations, withdraw_deals
from catalog.services.decide_review import decide_review
from catalog.services.edit_listing import edit_listing
from catalog.services.freeze_listing import freeze_listing, reopen_review, unfreeze_listing
from catalog.services.index_goods import index_goods
from catalog.services.rebuild_vocabulary import rebuild_vocabulary
from catalog.services.refresh_goods import refresh_counts, refresh_goods
from catalog.services.restore_listing import restore_approved, restore_version
from catalog.services.sale import end_listings, put_on_sale, take_off_sale, withdraw_from_review
from catalog.services.stock import release_stock, reserve_stock
from catalog.services.submit_listing_for_review import submit_listing_for_review
from catalog.services.submit_many import Outcome, submit_many

__all__ = [
    "DealLine",
    "Outcome",
    "create_listing",
    "decide_review",
    "edit_listing",
    "end_listings",
    "freeze_listing",
    "index_goods",
    "put_on_sale",
    "rebuild_vocabulary",
    "record_deals",
    "refresh_counts",
    "refresh_goods",
    "refresh_observations",
    "release_stock",
    "reopen_review",
    "reserve_stock",
    "restore_approved",
    "restore_version",
    "submit_listing_for_review",
    "submit_many",
    "take_off_sale",
    "unfreeze_listing",
    "withdraw_deals",
    "withdraw_from_review",
]
