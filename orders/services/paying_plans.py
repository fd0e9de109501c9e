"""The plans that pay for a submission: each fits its order, and together they have enough left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from orders.errors import BudgetExceeded, PlanNotFitting
from orders.models import Plan
from orders.services.submission import Parcel
from zcy import clock
from zcy.money import ZERO


def lock_plans(organisation_id: int, plans: Mapping[int, int], parcels: Sequence[Parcel]) -> dict[int, Plan]:
    """The plan of each supplier's order, locked in the order of ids, fitting and with enough left."""
    rows = (
        Plan.objects.filter(buyer_id=organisation_id, pk__in=set(plans.values()))
        .select_related("category")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    found = {plan.pk: plan for plan in rows}
    paying: dict[int, Plan] = {}
    needed: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for parcel in parcels:
        field = f"plan_{parcel.supplier_id}"
        plan = found.get(plans.get(parcel.supplier_id, 0))
        if plan is None:
            raise PlanNotFitting(_("Choose the plan that pays for this order."), field=field)
        _check_plan(plan, parcel, field)
        needed[plan.pk] += parcel.total
        left = plan.left
        if needed[plan.pk] > left:
            raise BudgetExceeded(
                _("%(plan)s has %(left)s yuan left, this takes %(needed)s yuan.")
                % {"plan": plan, "left": left, "needed": needed[plan.pk]},
                field=field,
            )
        paying[parcel.supplier_id] = plan
    return paying


def _check_plan(plan: Plan, parcel: Parcel, field: str) -> None:
    if plan.closed:
        raise PlanNotFitting(_("This plan is closed."), field=field)
    if plan.origin != "live":
        raise PlanNotFitting(_("This plan was imported as history."), field=field)
    if plan.year != clock.today().year:
        raise PlanNotFitting(_("This plan is for another fiscal year."), field=field)
    if plan.category is not None:
        for item in parcel.items:
            if not item.category.path.startswith(plan.category.path):
                raise PlanNotFitting(
                    _("This plan is for %(category)s and cannot pay for %(name)s.")
                    % {"category": plan.category.name, "name": item.listing.good.name},
                    field=field,
                )
