"""Suppliers propose standard goods; the operator's catalog staff decide about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.roles import SUPPLIER_ROLES, Role
from catalog.brands import brand_of
from catalog.errors import ProposalChanged, ProposalRefused
from catalog.models import Brand, Good, GoodProposal, ProposalState
from catalog.models.good_details import ChangeKind
from catalog.models.goods import GoodState
from catalog.notices import tell_of_proposal
from catalog.services.good_changed import good_changed
from zcy import audit, clock
from zcy.errors import Missing, NotAllowed

# What a supplier fills in, and the operator may correct.
FIELDS: Final = (
    "category_id", "brand_name", "model", "name", "spec", "unit", "pack_size", "gtin", "maker", "origin",
    "description", "picture",
)  # fmt: skip
# Retirements after retirements that are followed to the good of today.
_LONGEST_WAY: Final = 10
EDITABLE: Final = (ProposalState.DRAFT, ProposalState.REJECTED)


def save_proposal(
    *,
    actor: Actor,
    values: Mapping[str, Any],
    proposal_id: int | None = None,
    version: int | None = None,
    hand_in: bool,
) -> GoodProposal:
    """Write a proposal, as a draft or handed in for the operator's decision.

    Args:
        actor: who works for the supplier.
        values: of FIELDS, cleaned.
        proposal_id: one's own draft or one that was sent back; None: a new one.
        version: the version that was edited.
        hand_in: put it into the operator's queue.

    Raises:
        NotAllowed: the actor acts for no supplier.
        Missing: no such proposal of this supplier.
        ProposalChanged: somebody wrote or decided meanwhile.
        ProposalRefused: it is handed in or decided already, or its GTIN stands on a good of the catalog.
    """
    if not actor.has_role(*SUPPLIER_ROLES) or actor.organisation is None:
        raise NotAllowed
    with transaction.atomic():
        if proposal_id is None:
            proposal = GoodProposal(supplier=actor.organisation, created_by=actor.user)
        else:
            proposal = _own(actor, proposal_id)
            if version is not None and proposal.version != version:
                raise ProposalChanged
            if proposal.state not in EDITABLE:
                raise ProposalRefused(_("This proposal is handed in already: wait for the decision."))
            proposal.version += 1
        for name in FIELDS:
            if name in values:
                setattr(proposal, name, values[name])
        if hand_in:
            _refuse_known_gtin(proposal.gtin)
            proposal.state, proposal.submitted_at = ProposalState.PROPOSED, clock.now()
        proposal.save()
        verb = "proposed" if hand_in else "drafted"
        audit.record(actor=actor, action=f"proposal.{verb}", subject=proposal, data={"name": proposal.name})
        return proposal


def withdraw_proposal(*, actor: Actor, proposal_id: int) -> None:
    """Take back what is not decided yet: a draft is thrown away, what was handed in is a draft again.

    Raises:
        NotAllowed, Missing: not the actor's.
        ProposalRefused: it is decided.
    """
    if not actor.has_role(*SUPPLIER_ROLES):
        raise NotAllowed
    with transaction.atomic():
        proposal = _own(actor, proposal_id)
        if proposal.state == ProposalState.PROPOSED:
            proposal.state, proposal.submitted_at = ProposalState.DRAFT, None
            proposal.version += 1
            proposal.save(update_fields=["state", "submitted_at", "version"])
        elif proposal.state in EDITABLE:
            proposal.delete()
        else:
            raise ProposalRefused(_("This proposal is decided: it stays for the record."))


def approve_proposal(*, actor: Actor, proposal_id: int, version: int, values: Mapping[str, Any]) -> Good:
    """Make a standard good of a proposal, as the operator has corrected it, and tell the supplier what differs.

    Raises:
        NotAllowed, Missing: not catalog staff, no such proposal.
        ProposalChanged: the supplier or a colleague was quicker.
        ProposalRefused: another good bears its GTIN, be it merged or retired.
    """
    with transaction.atomic():
        proposal = _waiting(actor, proposal_id, version)
        corrections = _corrections(proposal, values)
        for name in FIELDS:
            if name in values:
                setattr(proposal, name, values[name])
        bearer, now = bearer_of(proposal.gtin)
        if now is not None:
            raise ProposalRefused(_("Another good bears this GTIN: choose “is the same as”."), field="gtin")
        if bearer is not None:
            raise ProposalRefused(
                _(
                    "The retired good “%(name)s” (%(number)s) bears this GTIN: take it up again and choose "
                    "“is the same as”, or correct the GTIN."
                )
                % {"name": bearer.name, "number": bearer.pk},
                field="gtin",
            )
        good = Good.objects.create(
            category_id=proposal.category_id, brand=_brand(proposal.brand_name), model=proposal.model,
            name=proposal.name, spec=proposal.spec, unit=proposal.unit, pack_size=proposal.pack_size,
            gtin=proposal.gtin, maker=proposal.maker, origin=proposal.origin, description=proposal.description,
            picture=proposal.picture.name or "", proposed_by=proposal.supplier,
        )  # fmt: skip
        good_changed(actor=actor, good_id=good.pk, before=None, kind=ChangeKind.CREATED)
        proposal.corrections = corrections
        _decide(
            actor,
            proposal,
            ProposalState.CORRECTED if corrections else ProposalState.APPROVED,
            good=good,
            text="",
        )
        return good


def reject_proposal(*, actor: Actor, proposal_id: int, version: int, text: str) -> GoodProposal:
    """Send a proposal back with the reason; the supplier mends it and hands it in again.

    Raises:
        NotAllowed, Missing, ProposalChanged: as in `approve_proposal`.
        ProposalRefused: without a reason.
    """
    if not text.strip():
        raise ProposalRefused(_("Say why, and what would be right: the supplier reads it."), field="text")
    with transaction.atomic():
        proposal = _waiting(actor, proposal_id, version)
        return _decide(actor, proposal, ProposalState.REJECTED, good=None, text=text.strip()[:2000])


def recognise_proposal(*, actor: Actor, proposal_id: int, version: int, good_id: int) -> GoodProposal:
    """Say that a proposal is a good that the catalog has already; the supplier can offer that one at once.

    Of a merged good the survivor is meant.

    Raises:
        NotAllowed, Missing, ProposalChanged: as in `approve_proposal`; Missing as well where there is no such good.
        ProposalRefused: the good is not active.
    """
    with transaction.atomic():
        proposal = _waiting(actor, proposal_id, version)
        named = Good.objects.select_related("merged_into").filter(pk=good_id)
        good = named.defer("search", "merged_into__search").first()
        if good is None:
            raise Missing
        good = good.merged_into or good
        if good.state != GoodState.ACTIVE:
            raise ProposalRefused(_("That good is not active: choose another one."), field="good")
        return _decide(actor, proposal, ProposalState.SAME, good=good, text="")


def bearer_of(gtin: str) -> tuple[Good | None, Good | None]:
    """The good that bears a GTIN, and the active good that stands for it by now.

    An active good stands for itself, a merged one is stood for by its survivor, a retired one by its successor;
    None where there is no such good.
    """
    if not gtin:
        return None, None
    found: tuple[Good | None, Good | None] = (None, None)
    rows = Good.objects.filter(gtin=gtin).select_related("merged_into__successor", "successor")
    for good in rows.defer("search", "merged_into__search", "successor__search").order_by("pk"):
        if good.state == GoodState.ACTIVE:
            return good, good
        now: Good | None = good.merged_into or good
        for _step in range(_LONGEST_WAY):
            if now is None or now.state == GoodState.ACTIVE:
                break
            now = now.merged_into or now.successor
        if now is not None and now.state == GoodState.ACTIVE:
            found = (good, now)
        elif found[0] is None:
            found = (good, None)
    return found


def _refuse_known_gtin(gtin: str) -> None:
    """What the catalog has already is offered, not proposed; about a good that is retired for good the operator decides."""
    bearer, now = bearer_of(gtin)
    if bearer is None or now is None:
        return
    if bearer == now:
        text = _("The GTIN stands on “%(name)s”: offer that good.")
    elif bearer.state == GoodState.MERGED:
        text = _(
            "The GTIN stood on “%(old)s”, which was merged into “%(name)s” (%(number)s): offer that good."
        )
    else:
        text = _(
            "The GTIN stands on “%(old)s”, which is retired: offer its successor “%(name)s” (%(number)s)."
        )
    raise ProposalRefused(text % {"old": bearer.name, "name": now.name, "number": now.pk}, field="gtin")


def _own(actor: Actor, proposal_id: int) -> GoodProposal:
    rows = GoodProposal.objects.select_for_update(of=("self",))
    proposal = rows.filter(pk=proposal_id, supplier_id=actor.organisation_id).first()
    if proposal is None:
        raise Missing
    return proposal


def _waiting(actor: Actor, proposal_id: int, version: int) -> GoodProposal:
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    rows = GoodProposal.objects.select_for_update(of=("self",)).select_related("supplier")
    proposal = rows.exclude(state=ProposalState.DRAFT, submitted_at=None).filter(pk=proposal_id).first()
    if proposal is None:
        raise Missing
    if proposal.state != ProposalState.PROPOSED or proposal.version != version:
        raise ProposalChanged
    return proposal


def _decide(
    actor: Actor, proposal: GoodProposal, state: ProposalState, *, good: Good | None, text: str
) -> GoodProposal:
    proposal.state, proposal.good, proposal.text = state, good, text
    proposal.decided_at, proposal.decided_by = clock.now(), actor.user
    proposal.version += 1
    proposal.save()
    data = {"good": good.pk if good else None, "corrections": sorted(proposal.corrections)}
    audit.record(actor=actor, action=f"proposal.{state.value}", subject=proposal, data=data)
    tell_of_proposal(proposal=proposal)
    return proposal


def _corrections(proposal: GoodProposal, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """{field: [proposed, approved]}, each attribute of the specification apart."""
    found: dict[str, list[Any]] = {}
    for name in FIELDS:
        if name not in values or name in ("spec", "picture"):
            continue
        before, after = getattr(proposal, name), values[name]
        if before != after:
            found[name.removesuffix("_id")] = [_plain(name, before), _plain(name, after)]
    before, after = proposal.spec, values.get("spec", proposal.spec)
    for key in sorted({*before, *after}):
        if before.get(key, "") != after.get(key, ""):
            found[f"spec.{key}"] = [before.get(key, ""), after.get(key, "")]
    return found


def _plain(name: str, value: Any) -> Any:
    if name == "category_id":
        from catalog.tree import category_tree

        node = category_tree().by_id.get(value)
        return node.code if node else str(value)
    return "" if value is None else str(value)


def _brand(name: str) -> Brand | None:
    """The brand of this name in Chinese or Latin letters, or a new one."""
    if not name.strip():
        return None
    return brand_of(name) or Brand.objects.create(name=" ".join(name.split())[:80])
