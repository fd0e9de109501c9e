"""Submitting what was chosen: one order per supplier, all of them or none, once per click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from catalog.models import Listing
from catalog.orderable import publishes_first
from catalog.services import reserve_stock
from orders.advice import Advice, Outcome, Projected, advise
from orders.ceilings import Ceilings, ceilings_of
from orders.errors import (
    AdviceGiven,
    ChangedPrice,
    NotDeliveredThere,
    NotOrderable,
    OverCeiling,
    PriceChanged,
)
from orders.models import (
    Address,
    BudgetEntry,
    BudgetEntryKind,
    CartLine,
    InvoiceTitle,
    Order,
    OrderEvent,
    OrderLine,
    Plan,
)
from orders.orderable import delivers_to, why_not_orderable
from orders.services.checks import checked_key, checked_text, lock_form, need_role, once_per_form
from orders.services.paying_plans import lock_plans
from orders.services.submission import (
    METHOD,
    Item,
    OrderedLine,
    Parcel,
    check_totals,
    fingerprint,
    projected,
    read_items,
    seen_band,
    snapshot,
    split_by_supplier,
)
from orders.settings import OrderSettings, order_settings
from orders.signals import advice_given, order_approved, order_submitted
from orders.states import State
from orders.transitions import NEW, Action, Facts, next_state
from zcy import audit, clock
from zcy.errors import DomainError, Missing
from zcy.numbers import next_number

if TYPE_CHECKING:
    from accounts.actor import Actor
    from accounts.models import Organisation, Region


@dataclass(frozen=True)
class _Terms:
    """Where it goes, who is invoiced, and by which rules of the unit and its region."""

    buyer: Organisation
    region: Region
    address: Address
    title: InvoiceTitle
    limit: Decimal
    settings: OrderSettings
    note: str

    def as_json(self, supplier: Organisation) -> dict[str, Any]:
        address = self.address
        return {
            "buyer": {"name": self.buyer.name, "uscc": self.buyer.uscc},
            "supplier": {"name": supplier.name, "uscc": supplier.uscc, "phone": supplier.phone},
            "address": {"region": address.region.name, "line": address.line},
            "contact": {"name": address.contact, "phone": address.phone},
            "invoice_title": {"title": self.title.title, "tax_number": self.title.tax_number},
            "payment_days": self.settings.payment_days,
            "acceptance_days": self.settings.acceptance_days,
            "note": self.note,
        }


def submit_orders(
    *,
    actor: Actor,
    lines: Sequence[OrderedLine],
    plans: Mapping[int, int],
    address_id: int,
    invoice_title_id: int,
    idempotency_key: str,
    answers: Mapping[str, str] | None = None,
    note: str = "",
) -> list[Order]:
    """Order what the page showed.

    Args:
        actor: a purchaser.
        lines: listings with quantity and the price that the page showed (yuan per unit).
        plans: for each supplier the plan that pays. Refusals about it have the field `plan_<supplier id>`.
        address_id: a delivery address of the actor's unit.
        invoice_title_id: an invoice title of the unit.
        idempotency_key: of the form; the same key gives the same orders again and changes nothing.
        answers: for each advice that was shown its key and the reason why the order stays as it is.
        note: a remark to the suppliers.

    Raises:
        AdviceGiven: advisors say something that is not answered yet. PriceChanged: a price is not the one seen.
        NotOrderable, catalog.errors.OutOfStock, InvalidQuantity, NotDeliveredThere, OverCeiling, PlanNotFitting,
        BudgetExceeded, EmptyCart, InvalidAmount, Missing, NotAllowed: as their names say.
        SentBefore: the same key with other content.
    """
    organisation_id = need_role(actor, Role.PURCHASER)
    key = checked_key(idempotency_key)
    note = checked_text(note, most=300, field="note")
    said = fingerprint(
        lines=lines,
        plans=plans,
        address_id=address_id,
        invoice_title_id=invoice_title_id,
        answers=answers or {},
        note=note,
    )
    state: Projected | None = None
    try:
        with transaction.atomic():
            earlier = _earlier_orders(organisation_id, key)
            if earlier:
                once_per_form(same=all(order.dossier.get("form", said) == said for order in earlier))
                return earlier
            items = read_items(lines)
            parcels = split_by_supplier(items)
            check_totals(parcels)
            state = projected(actor, parcels)
            advice = _answered(advise(state), answers or {})
            terms = _terms(actor, address_id, invoice_title_id, note)
            ceilings = ceilings_of(terms.region, METHOD)
            _check_offers(items, terms)
            _check_ceilings(parcels, ceilings)
            paying = lock_plans(organisation_id, plans, parcels)
            _lock_and_recheck(items)
            reserve_stock(quantities={item.listing.pk: item.quantity for item in items})
            orders = _write(actor, parcels, terms, paying, ceilings, advice, answers or {}, (key, said))
            _empty_cart(actor, items)
            _announce(actor, orders, answers or {})
    except AdviceGiven as error:
        # Outside the transaction that this ends, so that what was said stays on record.
        advice_given.send(sender=Order, actor=actor, projected=state, advice=error.advice, stage="submit")
        raise
    return orders


def was_submitted(*, actor: Actor, idempotency_key: str) -> bool:
    """Whether a form with this key has made orders of the actor's unit."""
    try:
        key = checked_key(idempotency_key)
    except DomainError:
        return False
    return Order.objects.filter(buyer_id=actor.organisation_id, idempotency_key=key).exists()


def _earlier_orders(organisation_id: int, key: str) -> list[Order]:
    """The orders that this key made before."""
    lock_form(organisation_id, key)
    return list(Order.objects.filter(buyer_id=organisation_id, idempotency_key=key).order_by("id"))


def _answered(advice: Sequence[Advice], answers: Mapping[str, str]) -> Sequence[Advice]:
    open_advice = [
        one for one in advice if one.outcome is Outcome.FLAGGED and not answers.get(one.key, "").strip()
    ]
    if open_advice:
        raise AdviceGiven(open_advice)
    return advice


def _terms(actor: Actor, address_id: int, invoice_title_id: int, note: str) -> _Terms:
    address = (
        Address.objects.visible_to(actor)
        .select_related("region", "organisation__region", "organisation__buying_rules")
        .filter(pk=address_id, active=True)
        .first()
    )
    title = InvoiceTitle.objects.visible_to(actor).filter(pk=invoice_title_id, active=True).first()
    if address is None:
        raise Missing(_("Choose one of your delivery addresses."), field="address")
    if title is None:
        raise Missing(_("Choose one of your invoice titles."), field="invoice_title")
    buyer = address.organisation
    settings = order_settings(buyer.region)
    own = getattr(buyer, "buying_rules", None)
    limit = own.approval_limit if own else settings.approval_limit
    return _Terms(buyer, buyer.region, address, title, limit, settings, note)


def _check_offers(items: Sequence[Item], terms: _Terms) -> None:
    publish_first = publishes_first(terms.region)
    for item in items:
        reason = why_not_orderable(item.listing, publish_first=publish_first)
        if reason:
            raise NotOrderable(f"{item.listing.good.name}: {reason}", field="lines")
        if not delivers_to(item.listing, terms.address.region.path):
            raise NotDeliveredThere(
                _("%(supplier)s does not deliver %(name)s to this address.")
                % {"supplier": item.listing.supplier.name, "name": item.listing.good.name},
                field="address",
            )


def _check_ceilings(parcels: Sequence[Parcel], ceilings: Ceilings) -> None:
    for parcel in parcels:
        row = ceilings.for_category(parcel.category.path)
        if row is not None and parcel.total >= row.ceiling:
            raise OverCeiling(
                _(
                    "%(total)s yuan of %(category)s: a direct order has to stay below %(ceiling)s yuan in your region."
                )
                % {"total": parcel.total, "category": parcel.category.name, "ceiling": row.ceiling},
                field="lines",
            )


def _lock_and_recheck(items: Sequence[Item]) -> None:
    """Lock the listings in the order of ids; price and sale are what was checked and seen."""
    rows = (
        Listing.objects.filter(pk__in=[item.listing.pk for item in items])
        .select_for_update(no_key=True)
        .order_by("pk")
        .values_list("pk", "price", "sale", "review", "version")
    )
    now = {pk: (price, sale, review, version) for pk, price, sale, review, version in rows}
    changed = []
    for item in items:
        listing = item.listing
        price, sale, review, listing.version = now[listing.pk]
        if (sale, review) != (listing.sale, listing.review):
            raise NotOrderable(f"{listing.good.name}: {NotOrderable.message}", field="lines")
        if price != item.price_seen or price != listing.price:
            changed.append(ChangedPrice(listing.pk, listing.good.name, item.price_seen, price))
    if changed:
        raise PriceChanged(changed)


def _write(
    actor: Actor,
    parcels: Sequence[Parcel],
    terms: _Terms,
    paying: Mapping[int, Plan],
    ceilings: Ceilings,
    advice: Sequence[Advice],
    answers: Mapping[str, str],
    form: tuple[str, str],
) -> list[Order]:
    moment = clock.now()
    numbers = [next_number(terms.region.code) for _parcel in parcels]
    orders = [
        _order(actor, parcel, terms, paying, ceilings, advice, answers, form, number, moment)
        for parcel, number in zip(parcels, numbers, strict=True)
    ]
    Order.objects.bulk_create(orders)
    pairs = list(zip(orders, parcels, strict=True))
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            listing=item.listing,
            good=item.listing.good,
            quantity=item.quantity,
            unit_price=item.price,
            total=item.total,
            accessory=False,
            snapshot=snapshot(item),
        )
        for order, parcel in pairs
        for item in parcel.items
    )
    OrderEvent.objects.bulk_create(
        OrderEvent(
            order=order,
            action=Action.SUBMIT,
            from_state=NEW,
            to_state=order.state,
            by_id=actor.user_id,
            organisation_id=actor.organisation_id,
            data={"total": str(order.total), "approval_limit": str(terms.limit)},
        )
        for order in orders
    )
    BudgetEntry.objects.bulk_create(
        BudgetEntry(
            plan=order.plan,
            order=order,
            kind=BudgetEntryKind.FROZEN,
            frozen_change=order.total,
            key=f"order:{order.pk}:freeze",
            by_id=actor.user_id,
        )
        for order in sorted(orders, key=lambda order: order.plan_id or 0)
    )
    for order in orders:
        audit.record(
            actor=actor,
            action="order.submit",
            subject=order,
            data={"number": order.number, "total": order.total},
        )
    return orders


def _order(
    actor: Actor,
    parcel: Parcel,
    terms: _Terms,
    paying: Mapping[int, Plan],
    ceilings: Ceilings,
    advice: Sequence[Advice],
    answers: Mapping[str, str],
    form: tuple[str, str],
    number: str,
    moment: datetime,
) -> Order:
    state = next_state(
        NEW, Action.SUBMIT, roles=actor.roles, facts=Facts(over_limit=parcel.total > terms.limit)
    )
    row = ceilings.for_category(parcel.category.path)
    return Order(
        number=number,
        state=state,
        buyer=terms.buyer,
        supplier=parcel.items[0].listing.supplier,
        region=terms.region,
        method=METHOD,
        category=parcel.category,
        plan=paying[parcel.supplier_id],
        total=parcel.total,
        placed_by_id=actor.user_id,
        placed_at=moment,
        approved_at=moment if state == State.APPROVED else None,
        terms=terms.as_json(parcel.items[0].listing.supplier),
        dossier={
            "method": METHOD,
            "form": form[1],
            "ceiling": {"region": row.region_code, "amount": str(row.ceiling)} if row else None,
            "approval_limit": str(terms.limit),
            "lines": [seen_band(item) for item in parcel.items],
            "advice": [
                _advice_json(one, answers) for one in advice if one.supplier_id in (None, parcel.supplier_id)
            ],
        },
        idempotency_key=form[0],
    )


def _advice_json(advice: Advice, answers: Mapping[str, str]) -> dict[str, Any]:
    flagged = advice.outcome is Outcome.FLAGGED
    return {
        "advisor": advice.advisor,
        "outcome": advice.outcome.value,
        "key": advice.key,
        "title": str(advice.title),
        "text": str(advice.text),
        "figures": dict(advice.figures),
        "answer": answers.get(advice.key, "").strip()[:500] if flagged else "",
    }


def _empty_cart(actor: Actor, items: Sequence[Item]) -> None:
    CartLine.objects.visible_to(actor).filter(listing_id__in=[item.listing.pk for item in items]).delete()


def _announce(actor: Actor, orders: Sequence[Order], answers: Mapping[str, str]) -> None:
    for order in orders:
        order_submitted.send(sender=Order, order=order, actor=actor, answers=dict(answers))
        if order.state == State.APPROVED:
            order_approved.send(sender=Order, order=order, actor=actor)
