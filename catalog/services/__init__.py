"""The write side of the catalog: one use case a file."""

from catalog.services.catalog_requests import answer_days, answer_request, ask_for
from catalog.services.certificates import answer_certificate, keep_paper, send_certificate
from catalog.services.change_schema import change_schema, follow_schema_change, remove_attribute
from catalog.services.create_listing import create_listing
from catalog.services.deals import (
    DealLine,
    record_deals,
    refresh_observations,
    withdraw_deals,
    withdraw_lines,
)
from catalog.services.decide_review import decide_review
from catalog.services.demands import ask_for_good, decide_demands, withdraw_demand
from catalog.services.edit_listing import edit_listing
from catalog.services.favourites import (
    DEFAULT_NAME,
    add_favourite,
    change_favourite,
    remove_favourite,
    remove_list,
    save_list,
)
from catalog.services.find_pairs import find_pairs, keep_apart
from catalog.services.freeze_listing import freeze_listing, reopen_review, unfreeze_listing
from catalog.services.good_changed import follow_goods, good_changed
from catalog.services.good_faults import check_goods
from catalog.services.import_references import import_references
from catalog.services.index_goods import index_goods
from catalog.services.key_hashes import refresh_key_hashes
from catalog.services.labels import refresh_labels
from catalog.services.load_halls import load_halls, load_origin_counties
from catalog.services.losing_quotes import LosingQuote, record_losing_quotes
from catalog.services.mark_verdict import mark_verdict
from catalog.services.mend_listings import Mend, mend_listings
from catalog.services.mend_rejected import mend_rejected
from catalog.services.merge_goods import merge_goods, undo_merge
from catalog.services.propose_good import (
    approve_proposal,
    recognise_proposal,
    reject_proposal,
    save_proposal,
    withdraw_proposal,
)
from catalog.services.rebuild_vocabulary import rebuild_vocabulary
from catalog.services.references import contest_reference, decide_contest, keep_reference
from catalog.services.refresh_alerts import refresh_alerts, refresh_sales, tell_suppliers
from catalog.services.refresh_goods import refresh_counts, refresh_goods
from catalog.services.refresh_halls import refresh_halls, refresh_shares
from catalog.services.restore_listing import restore_approved, restore_version
from catalog.services.retire_good import retire_good, revive_good
from catalog.services.sale import (
    end_listings,
    put_on_sale,
    take_off_sale,
    withdraw_from_review,
)
from catalog.services.saved_searches import save_search, tell_of_new_goods
from catalog.services.stock import release_stock, reserve_stock
from catalog.services.storefront import (
    choose_listings,
    edit_storefront,
    freeze_storefront,
    publish_storefront,
    restore_storefront,
)
from catalog.services.submit_listing_for_review import submit_listing_for_review
from catalog.services.submit_many import Outcome, submit_many
from catalog.services.tell_of_favourites import tell_of_favourites

__all__ = [
    "DEFAULT_NAME",
    "DealLine",
    "LosingQuote",
    "Mend",
    "Outcome",
    "add_favourite",
    "answer_certificate",
    "answer_days",
    "answer_request",
    "approve_proposal",
    "ask_for",
    "ask_for_good",
    "change_favourite",
    "change_schema",
    "check_goods",
    "choose_listings",
    "contest_reference",
    "create_listing",
    "decide_contest",
    "decide_demands",
    "decide_review",
    "edit_listing",
    "edit_storefront",
    "end_listings",
    "find_pairs",
    "follow_goods",
    "follow_schema_change",
    "freeze_listing",
    "freeze_storefront",
    "good_changed",
    "import_references",
    "index_goods",
    "keep_apart",
    "keep_paper",
    "keep_reference",
    "load_halls",
    "load_origin_counties",
    "mark_verdict",
    "mend_listings",
    "mend_rejected",
    "merge_goods",
    "publish_storefront",
    "put_on_sale",
    "rebuild_vocabulary",
    "recognise_proposal",
    "record_deals",
    "record_losing_quotes",
    "refresh_alerts",
    "refresh_counts",
    "refresh_goods",
    "refresh_halls",
    "refresh_key_hashes",
    "refresh_labels",
    "refresh_observations",
    "refresh_sales",
    "refresh_shares",
    "reject_proposal",
    "release_stock",
    "remove_attribute",
    "remove_favourite",
    "remove_list",
    "reopen_review",
    "reserve_stock",
    "restore_approved",
    "restore_storefront",
    "restore_version",
    "retire_good",
    "revive_good",
    "save_list",
    "save_proposal",
    "save_search",
    "send_certificate",
    "submit_listing_for_review",
    "submit_many",
    "take_off_sale",
    "tell_of_favourites",
    "tell_of_new_goods",
    "tell_suppliers",
    "undo_merge",
    "unfreeze_listing",
    "withdraw_deals",
    "withdraw_demand",
    "withdraw_from_review",
    "withdraw_lines",
    "withdraw_proposal",
]
