"""A standard good is no longer made: it leads to its successor."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.roles import Role
from catalog.errors import GoodChanged, GoodRefused
from catalog.good_history import snapshot
from catalog.models import Good, Listing
from catalog.models.good_details import ChangeKind
from catalog.models.goods import GoodState
from catalog.notices import tell_of_retirement
from catalog.services.find_pairs import look_again
from catalog.services.good_changed import good_changed
from zcy import audit
from zcy.errors import Missing, NotAllowed

LONGEST_CHAIN: Final = 50


def retire_good(
    *, actor: Actor, good_id: int, version: int, successor_id: int | None = None, reason: str = ""
) -> Good:
    """Take a good out of the catalog; its page stays and leads to the successor, its suppliers are told.

    Raises:
        NotAllowed: not catalog staff.
        Missing: no such good.
        GoodChanged: it was changed meanwhile.
        GoodRefused: it is not active, or the successor is itself, not active, or succeeded by it.
    """
    with transaction.atomic():
        good = _locked(actor, good_id, version)
        if good.state != GoodState.ACTIVE:
            raise GoodRefused(_("Only an active good can be retired."))
        if successor_id is not None:
            _check_successor(good, successor_id)
        before = snapshot(good.pk)
        good.state, good.successor_id = GoodState.RETIRED, successor_id
        good.save(update_fields=["state", "successor", "changed_at"])
        good_changed(
            actor=actor, good_id=good.pk, before=before, kind=ChangeKind.RETIRED, note=reason.strip()[:2000]
        )
        look_again([good.pk])
        audit.record(actor=actor, action="good.retired", subject=good, data={"successor": successor_id})
        offering = Listing.objects.filter(good=good).not_ended().select_related("supplier")
        tell_of_retirement(good=good, listings=list(offering))
        return good


def revive_good(*, actor: Actor, good_id: int, version: int) -> Good:
    """Take a retired good up again.

    Raises:
        NotAllowed, Missing, GoodChanged: as in `retire_good`.
        GoodRefused: it is not retired, or another active good bears its GTIN by now.
    """
    with transaction.atomic():
        good = _locked(actor, good_id, version)
        if good.state != GoodState.RETIRED:
            raise GoodRefused(_("Only a retired good can be taken up again."))
        if good.gtin and Good.objects.active().filter(gtin=good.gtin).exists():
            raise GoodRefused(_("Another good bears its GTIN by now: mend that one first."))
        before = snapshot(good.pk)
        good.state, good.successor = GoodState.ACTIVE, None
        good.save(update_fields=["state", "successor", "changed_at"])
        good_changed(actor=actor, good_id=good.pk, before=before, kind=ChangeKind.REVIVED)
        look_again([good.pk])
        audit.record(actor=actor, action="good.revived", subject=good)
        return good


def _locked(actor: Actor, good_id: int, version: int) -> Good:
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    good = Good.objects.select_for_update().defer("search", "pinyin").filter(pk=good_id).first()
    if good is None:
        raise Missing
    if good.version != version:
        raise GoodChanged
    return good


def _check_successor(good: Good, successor_id: int) -> None:
    successor = Good.objects.filter(pk=successor_id).only("id", "state", "successor_id").first()
    if successor is None or successor.state != GoodState.ACTIVE:
        raise GoodRefused(_("The successor is a good that is active: choose another one."), field="successor")
    if successor.pk == good.pk:
        raise GoodRefused(_("A good does not succeed itself: choose another one."), field="successor")
    step: Good | None = successor
    for _number in range(LONGEST_CHAIN):
        if step is None or step.successor_id is None:
            return
        if step.successor_id == good.pk:
            raise GoodRefused(_("That good was succeeded by this one: choose another."), field="successor")
        step = Good.objects.filter(pk=step.successor_id).only("id", "successor_id").first()
