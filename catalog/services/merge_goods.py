"""Two standard goods that are the same become one, and two again where that was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actor import Actor
from accounts.roles import Role
from catalog import merging
from catalog.errors import GoodChanged, GoodRefused
from catalog.good_history import write_change
from catalog.merging import Moved
from catalog.models import Brand, Good, GoodMerge, GoodPair, Listing, MovedRows, PairState, PriceObservation
from catalog.models.good_details import ChangeKind
from catalog.models.goods import GoodState
from catalog.notices import tell_of_merge
from catalog.pricing.kept import forget_all
from catalog.pricing.levels import refresh_levels_of
from catalog.services.deals import refresh_observations
from catalog.services.find_pairs import look_again
from catalog.services.good_faults import check_goods
from catalog.services.index_goods import index_goods
from catalog.services.merge_figures import absorb_figures, recompute_statistics, return_figures
from catalog.services.merge_listings import end_rivals, revive_rivals
from catalog.services.refresh_goods import refresh_goods
from zcy import audit, clock
from zcy.errors import Missing, NotAllowed
from zcy.said import said

UNDO_DAYS: Final = 30
LISTINGS: Final = "catalog.Listing.good"
# What tells a good apart: where the survivor says nothing of it, it takes over what the merged good says.
IDENTITY: Final = ("gtin", "brand_id", "model", "maker", "origin")
_FIELDS: Final = tuple(name.removesuffix("_id") for name in IDENTITY)
OBSERVATIONS: Final = "catalog.PriceObservation.good"


def merge_goods(
    *,
    actor: Actor,
    survivor_id: int,
    merged_id: int,
    reason: str = "",
    survivor_version: int | None = None,
    merged_version: int | None = None,
) -> GoodMerge:
    """Let one good take the place of another: listings, prices, statistics and all that hangs on it follow.

    Lines of orders stay as they were agreed. Where a supplier offers both, one listing is kept and the other ends.

    Args:
        actor: catalog staff.
        survivor_id: the good that stays.
        merged_id: the good whose address will lead there.
        reason: why, for the history.
        survivor_version: the version that was looked at; None: whatever it is now.
        merged_version: likewise.

    Raises:
        NotAllowed: not catalog staff.
        Missing: there is no such good.
        GoodRefused: a good into itself, into one that is not active, or with another unit or pack size.
        GoodChanged: one of them was changed meanwhile.
    """
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    if survivor_id == merged_id:
        raise GoodRefused(_("A good cannot be merged into itself: choose another one."))
    with transaction.atomic():
        survivor, merged = _locked(survivor_id, merged_id)
        for good, version in ((survivor, survivor_version), (merged, merged_version)):
            if version is not None and good.version != version:
                raise GoodChanged
        if fault := refusal(survivor, merged):
            raise GoodRefused(fault)
        at = clock.now()
        merge = GoodMerge(
            survivor=survivor, merged=merged, at=at, merged_by=actor.user, reason=reason.strip()[:2000]
        )
        merge.before = {
            "state": merged.state,
            "successor_of_survivor": survivor.successor_id == merged.pk,
            "pair": _settle_pair(survivor, merged, actor),
            "taken": _take_over(survivor, merged),
        }
        if survivor.successor_id == merged.pk:
            survivor.successor = None
        merge.ended_listings = end_rivals(survivor, merged, at)
        merge.save()
        moved = {
            reference.name: merging.move(reference, merged.pk, survivor.pk)
            for reference in merging.references()
        }
        for number, ended in enumerate(merge.ended_listings):
            for reference in merging.listing_references():
                moved[f"{reference.name}#{number}"] = merging.move(reference, ended["listing"], ended["kept"])
        moved |= absorb_figures(survivor.pk, merged.pk)
        MovedRows.objects.bulk_create(
            MovedRows(merge=merge, reference=name, ids=rows.ids, set_aside=rows.set_aside)
            for name, rows in moved.items()
            if rows.ids or rows.set_aside
        )
        merged.state, merged.merged_into = GoodState.MERGED, survivor
        # The merged one first: of two active goods only one bears a GTIN.
        _follow(merged, survivor)
        _write(actor, merge, survivor, merged)
        tell_of_merge(merge=merge, listing_ids=moved[LISTINGS].ids)
        return merge


def undo_merge(*, actor: Actor, merge_id: int) -> GoodMerge:
    """Make two goods of one again, within 30 days: every row that was moved and not deleted since goes back.

    What came in between (new offers, orders, favourites) stays with the survivor, except deals of listings that go
    back: they belong to the good that was sold.

    Raises:
        NotAllowed, Missing: not catalog staff, no such merge.
        GoodRefused: undone already, too late, or the survivor was merged on.
    """
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    with transaction.atomic():
        merge = GoodMerge.objects.select_for_update().filter(pk=merge_id).first()
        if merge is None:
            raise Missing
        survivor, merged = _locked(merge.survivor_id, merge.merged_id)
        if merge.undone_at is not None:
            raise GoodRefused(_("This merge is undone already."))
        if merge.at < clock.now() - timedelta(days=UNDO_DAYS):
            raise GoodRefused(_("A merge can be undone within 30 days only: propose the good anew."))
        if survivor.state == GoodState.MERGED:
            raise GoodRefused(
                _("“%(name)s” was merged on since: undo that merge first.") % {"name": survivor.name}
            )
        moved = {row.reference: Moved(row.ids, row.set_aside) for row in merge.moved.all()}
        merged.state, merged.merged_into = merge.before["state"], None
        given = _give_back(survivor, merge)
        givers = [survivor.pk] if "gtin" in given else []
        if merged.state == GoodState.ACTIVE and merged.gtin and _gtin_taken(merged, *givers):
            raise GoodRefused(_("Another good bears its GTIN by now: mend that one first."))
        _move_all_back(merge, moved, survivor, merged)
        if merge.before.get("successor_of_survivor") and survivor.successor_id is None:
            survivor.successor = merged
        _restore_pair(merge)
        merge.undone_at, merge.undone_by = clock.now(), actor.user
        merge.save(update_fields=["undone_at", "undone_by"])
        _follow(survivor, merged)
        for good, other, changes in ((survivor, merged, given), (merged, survivor, {})):
            undone = gettext_noop("The merge of %(at)s with %(name)s was undone.")
            note = said(undone, at=clock.local_date(merge.at), name=other.name)
            write_change(good=good, kind=ChangeKind.UNMERGED, actor=actor, changes=changes, note=note)
        audit.record(actor=actor, action="good.unmerged", subject=merged, data={"survivor": survivor.pk})
        return merge


def refusal(survivor: Good, merged: Good) -> str:
    """Why these two cannot be merged; empty where they can."""
    if survivor.state != GoodState.ACTIVE:
        return _("“%(name)s” is not active: merge into a good that is.") % {"name": survivor.name}
    if merged.state == GoodState.MERGED:
        return _("“%(name)s” was merged into another good already.") % {"name": merged.name}
    if (survivor.pack_size or 1) != (merged.pack_size or 1):
        return _(
            "Their pack sizes differ, so their prices cannot be put together: mend one, or leave them apart."
        )
    if survivor.unit and merged.unit and survivor.unit != merged.unit:
        return _("One is counted in %(one)s, the other in %(other)s: mend one, or leave them apart.") % {
            "one": survivor.unit,
            "other": merged.unit,
        }
    return ""


def _locked(survivor_id: int, merged_id: int) -> tuple[Good, Good]:
    """Both with their listings, in the order of their ids: two merges wait for each other instead of blocking each other.

    Listings come first, as everywhere: who changes one locks it, and then the good that shows it.
    """
    listings = Listing.objects.select_for_update(no_key=True).filter(good_id__in=[survivor_id, merged_id])
    list(listings.order_by("pk").values_list("pk", flat=True))
    rows = Good.objects.select_for_update().defer("search", "pinyin").filter(pk__in=[survivor_id, merged_id])
    found = {good.pk: good for good in rows.order_by("pk")}
    if len(found) != 2:
        raise Missing
    return found[survivor_id], found[merged_id]


def _follow(first: Good, second: Good) -> None:
    """Write both goods in this order, then all that is computed of them."""
    for good in (first, second):
        good.version += 1
        good.save(update_fields=["state", "merged_into", "successor", "version", "changed_at", *_FIELDS])
    both = [first.pk, second.pk]
    check_goods(both)
    look_again(both)
    refresh_observations(both)
    recompute_statistics(both)
    refresh_levels_of(both)
    refresh_goods(both)
    index_goods(both)
    forget_all()


def _write(actor: Actor, merge: GoodMerge, survivor: Good, merged: Good) -> None:
    write_change(
        good=merged, kind=ChangeKind.MERGED, actor=actor, note=merge.reason,
        changes={"merged_into": ["", f"{survivor.name} ({survivor.pk})"], "state": [merge.before["state"], merged.state]},
    )  # fmt: skip
    write_change(
        good=survivor, kind=ChangeKind.ABSORBED, actor=actor, note=merge.reason,
        changes={"absorbed": ["", f"{merged.name} ({merged.pk})"]}
        | {name: ["", said] for name, said in _told(merge.before["taken"]).items()},
    )  # fmt: skip
    audit.record(
        actor=actor, action="good.merged", subject=merged, data={"survivor": survivor.pk, "merge": merge.pk}
    )


def _take_over(survivor: Good, merged: Good) -> dict[str, Any]:
    """Fill what the survivor does not say of its identity from the merged good; returns what was taken."""
    taken: dict[str, Any] = {}
    for name in IDENTITY:
        value = getattr(merged, name)
        if not value or getattr(survivor, name):
            continue
        # A retired good may bear a GTIN that a third one bears by now.
        if name == "gtin" and Good.objects.active().exclude(pk=merged.pk).filter(gtin=value).exists():
            continue
        setattr(survivor, name, value)
        taken[name] = value
    return taken


def _give_back(survivor: Good, merge: GoodMerge) -> dict[str, list[str]]:
    """Empty again what the survivor took over and nobody has changed since; returns that for the history."""
    taken = {
        name: value
        for name, value in merge.before.get("taken", {}).items()
        if getattr(survivor, name) == value
    }
    for name in taken:
        setattr(survivor, name, None if name == "brand_id" else "")
    return {name: [said, ""] for name, said in _told(taken).items()}


def _told(taken: Mapping[str, Any]) -> dict[str, str]:
    """The same in the spelling of a good's history."""
    return {
        name.removesuffix("_id"): str(Brand.objects.get(pk=value)) if name == "brand_id" else value
        for name, value in taken.items()
    }


def _settle_pair(survivor: Good, merged: Good, actor: Actor) -> dict[str, Any]:
    low, high = sorted((survivor.pk, merged.pk))
    pair = GoodPair.objects.select_for_update().filter(first_id=low, second_id=high).first()
    if pair is None:
        return {}
    before = {"id": pair.pk, "state": pair.state}
    pair.state, pair.decided_at, pair.decided_by = PairState.MERGED, clock.now(), actor.user
    pair.save(update_fields=["state", "decided_at", "decided_by"])
    return before


def _restore_pair(merge: GoodMerge) -> None:
    if pair := merge.before.get("pair"):
        GoodPair.objects.filter(pk=pair["id"]).update(state=pair["state"], decided_at=None, decided_by=None)


def _gtin_taken(good: Good, *givers: int) -> bool:
    return Good.objects.active().exclude(pk__in=[good.pk, *givers]).filter(gtin=good.gtin).exists()


def _move_all_back(merge: GoodMerge, moved: dict[str, Moved], survivor: Good, merged: Good) -> None:
    for name, rows in moved.items():
        bare, _mark, number = name.partition("#")
        if bare == "catalog.GoodFigures.good":
            return_figures(survivor.pk, merged.pk, rows)
        elif number:
            ended = merge.ended_listings[int(number)]
            merging.move_back(merging.named(bare), rows, ended["listing"], ended["kept"])
        else:
            merging.move_back(merging.named(bare), rows, merged.pk, survivor.pk)
    listings = moved.get(LISTINGS, Moved()).ids
    since = PriceObservation.objects.filter(good_id=survivor.pk, confirmed_at__gte=merge.at)
    since.filter(listing_id__in=listings).update(good_id=merged.pk)
    revive_rivals(merge.ended_listings, merge.at)


def may_be_undone(merge: GoodMerge, now: datetime | None = None) -> bool:
    """Whether the time to undo it has not run out."""
    return merge.undone_at is None and merge.at >= (now or clock.now()) - timedelta(days=UNDO_DAYS)
