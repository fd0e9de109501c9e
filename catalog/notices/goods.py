"""What suppliers are told of standard goods: of their proposals, and of what became of goods that they offer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.notices import NoticeKind, kinds, notify
from accounts.roles import SUPPLIER_ROLES
from catalog.models import Good, GoodMerge, GoodProposal, Listing

KINDS: Final = (
    NoticeKind("proposal_approved", _("“%(name)s” is in the catalog now: offer it."), tone="good"),
    NoticeKind(
        "proposal_corrected", _("“%(name)s” is in the catalog, with corrections: see them and offer it."), tone="good"
    ),
    NoticeKind("proposal_same", _("“%(name)s” was in the catalog already: offer the good that it is."), tone="good"),
    NoticeKind("proposal_rejected", _("Your proposal “%(name)s” was sent back: see what to mend."), tone="serious"),
    NoticeKind("good_merged", _("“%(name)s” is one good with “%(survivor)s” now: your listing has moved there.")),
    NoticeKind(
        "listing_ended_by_merge",
        _("“%(name)s” is one good with “%(survivor)s” now. You offered both: this listing goes on, the other ended."),
        tone="watch",
    ),
    NoticeKind("good_retired", _("“%(name)s” was retired: it is no longer offered."), tone="watch"),
    NoticeKind(
        "good_succeeded", _("“%(name)s” was retired: offer its successor “%(successor)s”."), tone="watch"
    ),
)  # fmt: skip


def register() -> None:
    """The kinds of notices; called once, when the app is ready."""
    for kind in KINDS:
        kinds.register(kind)


def tell_of_proposal(*, proposal: GoodProposal) -> None:
    """Tell the supplier what was decided; after an approval the intended listing is one click away."""
    offer = proposal.good_id is not None and proposal.state != "corrected"
    notify(
        (proposal.supplier, SUPPLIER_ROLES),
        f"proposal_{proposal.state}",
        data={"name": proposal.name},
        url=f"/supplier/listings/new/{proposal.good_id}/"
        if offer
        else f"/supplier/goods/propose/{proposal.pk}/",
        key=f"proposal-{proposal.pk}-{proposal.version}",
    )


def tell_of_merge(*, merge: GoodMerge, listing_ids: Collection[int]) -> None:
    """Tell each supplier of a listing that has moved, and each that offered both goods."""
    names = {"name": merge.merged.name, "survivor": merge.survivor.name}
    ended = {row["listing"]: row["kept"] for row in merge.ended_listings}
    wanted = {*listing_ids, *ended, *ended.values()}
    listings = {row.pk: row for row in Listing.objects.filter(pk__in=wanted).select_related("supplier")}
    told: set[int] = set()
    for pk, kept in ended.items():
        supplier = listings[pk].supplier
        if supplier.pk not in told:
            _tell(supplier, "listing_ended_by_merge", names, kept, merge)
            told.add(supplier.pk)
    for pk in sorted(set(listing_ids) & set(listings)):
        listing = listings[pk]
        if listing.supplier_id not in told and listing.delisted_at is None:
            _tell(listing.supplier, "good_merged", names, pk, merge)
            told.add(listing.supplier_id)


def _tell(
    supplier: Organisation, kind: str, names: dict[str, str], listing_id: int, merge: GoodMerge
) -> None:
    notify(
        (supplier, SUPPLIER_ROLES),
        kind,
        data=names,
        url=f"/supplier/listings/{listing_id}/",
        key=f"good-merge-{merge.pk}-{supplier.pk}",
    )


def tell_of_retirement(*, good: Good, listings: Collection[Listing]) -> None:
    """Tell everybody who offers the good, and where to go on."""
    successor = good.successor
    for supplier in {listing.supplier_id: listing.supplier for listing in listings}.values():
        notify(
            (supplier, SUPPLIER_ROLES),
            "good_succeeded" if successor else "good_retired",
            data={"name": good.name, "successor": successor.name if successor else ""},
            url=f"/supplier/listings/new/{successor.pk}/" if successor else f"/goods/{good.pk}/",
            key=f"good-retired-{good.pk}-{good.version}",
        )
