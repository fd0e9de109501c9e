"""Ask for a good that nobody offers; the operator answers all who asked for the same at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.notices import notify
from accounts.roles import BUYER_ROLES, Role
from catalog.errors import SearchRefused
from catalog.models import DemandRequest, DemandState, Good
from catalog.search.recording import search_key
from catalog.tree import Node
from zcy import clock
from zcy.errors import Missing, NotAllowed

MOST_OPEN = 200


def ask_for_good(
    *,
    actor: Actor,
    query: str,
    contact: str,
    quantity: Decimal | None = None,
    need_by: date | None = None,
    note: str = "",
    category: Node | None = None,
    filters: str = "",
) -> DemandRequest:
    """Record what a buyer looks for; the same demand of the same person that is still open is brought up to date.

    Raises:
        NotAllowed: the actor buys for nobody.
        SearchRefused: it names nothing, the day is over, or the unit has too many open ones.
    """
    if not actor.has_role(*BUYER_ROLES) or actor.organisation is None:
        raise NotAllowed
    key = search_key(query)
    if not key:
        raise SearchRefused(_("Write what you are looking for."), field="query")
    if need_by is not None and need_by < clock.today():
        raise SearchRefused(_("The day is over: choose today or later."), field="need_by")
    with transaction.atomic():
        known = DemandRequest.objects.open().filter(organisation=actor.organisation)
        if known.count() >= MOST_OPEN:
            raise SearchRefused(_("Your unit has 200 open demands: wait for answers to them."))
        values = {
            "query": query,
            "contact": contact,
            "quantity": quantity,
            "need_by": need_by,
            "note": note,
            "category_id": category.id if category else None,
            "filters": filters,
        }
        demand = known.select_for_update().filter(user=actor.user, key=key).first()
        if demand is None:
            return DemandRequest.objects.create(
                user=actor.user, organisation=actor.organisation, key=key, **values
            )
        for name, value in values.items():
            setattr(demand, name, value)
        demand.save(update_fields=list(values))
    return demand


def decide_demands(*, actor: Actor, key: str, state: str, answer: str, good_id: int | None = None) -> int:
    """Answer or close all open demands of the same words, and tell those who asked.

    Returns:
        how many were decided; 0 where somebody was quicker.

    Raises:
        NotAllowed: the actor is not of the catalog's staff.
        Missing: no such good.
        SearchRefused: nothing is said.
    """
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    if not answer.strip():
        raise SearchRefused(_("Say what was found, or why nothing is offered."), field="answer")
    if state not in (DemandState.ANSWERED, DemandState.CLOSED):
        raise SearchRefused(_("Choose what to do."), field="state")
    if good_id is not None and not Good.objects.filter(pk=good_id).exists():
        raise SearchRefused(_("There is no such good."), field="good")
    with transaction.atomic():
        waiting = list(
            DemandRequest.objects.open().select_for_update().filter(key=key).select_related("organisation")
        )
        for demand in waiting:
            demand.state, demand.answer, demand.good_id = state, answer.strip(), good_id
            demand.decided_by, demand.decided_at = actor.user, clock.now()
        DemandRequest.objects.bulk_update(
            waiting, ["state", "answer", "good_id", "decided_by", "decided_at"], batch_size=500
        )
        for demand in waiting:
            if demand.user_id is not None:
                notify(
                    [demand.user_id],
                    f"demand_{state}",
                    data={"query": demand.query, "answer": answer.strip()[:200]},
                    url=f"/goods/{good_id}/" if good_id else "/buyer/demands/",
                    key=f"demand-{demand.pk}",
                    organisation=demand.organisation,
                )
    return len(waiting)


def withdraw_demand(*, actor: Actor, demand_id: int) -> None:
    """Take back a demand of one's own that is still open.

    Raises:
        Missing: no such open demand of the actor.
    """
    deleted, _by_model = (
        DemandRequest.objects.open().filter(pk=demand_id, user_id=actor.user_id or 0).delete()
    )
    if not deleted:
        raise Missing
