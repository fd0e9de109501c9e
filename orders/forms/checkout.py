"""The checkout: one form for everything that is submitted, built from what the page offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from orders.advice import Advice, Outcome
from orders.forms.fields import KeyField
from orders.models import Plan
from orders.queries import CheckoutView
from orders.services import OrderedLine

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField


LONGEST_REASON: Final = 300


def money_left(plan: Plan) -> Decimal:
    """What of a plan is neither frozen nor spent, in yuan."""
    left: Decimal = plan.amount - plan.frozen - plan.spent
    return left


class CheckoutForm(forms.Form):
    """Address, invoice title, a plan for each supplier's order, an answer to each advice."""

    address = forms.TypedChoiceField(label=_("Delivery address"), coerce=int, widget=forms.RadioSelect)
    invoice_title = forms.TypedChoiceField(label=_("Invoice title"), coerce=int, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Remark for the suppliers"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    idempotency_key = KeyField()

    def __init__(self, view: CheckoutView, advice: Sequence[Advice], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.view = view
        self.advice = [said for said in advice if said.outcome is Outcome.FLAGGED]
        address = cast("forms.TypedChoiceField", self.fields["address"])
        title = cast("forms.TypedChoiceField", self.fields["invoice_title"])
        address.choices = [
            (a.pk, f"{a.region.name} {a.line}（{a.contact} {a.phone}）") for a in view.addresses
        ]
        title.choices = [(t.pk, f"{t.title}（{t.tax_number}）") for t in view.titles]
        address.initial = view.addresses[0].pk if view.addresses else None
        title.initial = view.titles[0].pk if view.titles else None
        for parcel in view.cart.parcels:
            plans = view.plans.get(parcel.supplier_id, ())
            self.fields[f"plan_{parcel.supplier_id}"] = forms.TypedChoiceField(
                label=_("Plan"),
                coerce=int,
                choices=[
                    (
                        plan.pk,
                        _("%(plan)s: ¥%(left)s left, ¥%(after)s after this order alone")
                        % {
                            "plan": plan,
                            "left": f"{money_left(plan):,.2f}",
                            "after": f"{money_left(plan) - parcel.total:,.2f}",
                        },
                    )
                    for plan in plans
                ],
                initial=plans[0].pk if plans else None,
                error_messages={
                    "required": _(
                        "No plan covers this order: choose another plan or ask your finance people."
                    )
                },
            )
        for said in self.advice:
            self.fields[f"answer_{said.key}"] = forms.CharField(
                label=_("Why you keep it"),
                max_length=LONGEST_REASON,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def plan_of(self, supplier_id: int) -> BoundField:
        """The field that chooses who pays for a supplier's order."""
        return self[f"plan_{supplier_id}"]


@dataclass(frozen=True)
class Submission:
    """What a posted checkout page says, whatever the cart has become since: the arguments of `submit_orders`."""

    lines: list[OrderedLine]
    plans: dict[int, int]
    address_id: int
    invoice_title_id: int
    idempotency_key: str
    answers: dict[str, str]
    note: str


def read_submission(data: QueryDict) -> Submission:
    """Read a posted checkout page; ids that are none become 0, which nothing has.

    Raises:
        ValueError: a line was tampered with.
    """
    answers = {name: data.get(name, "").strip() for name in data if name.startswith("answer_")}
    return Submission(
        lines=read_lines(data),
        plans={
            _id(name.removeprefix("plan_")): _id(data.get(name, ""))
            for name in data
            if name.startswith("plan_")
        },
        address_id=_id(data.get("address", "")),
        invoice_title_id=_id(data.get("invoice_title", "")),
        idempotency_key=data.get("idempotency_key", ""),
        answers={
            name.removeprefix("answer_"): reason
            for name, reason in answers.items()
            if reason and len(reason) <= LONGEST_REASON
        },
        note=data.get("note", ""),
    )


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def read_lines(data: QueryDict) -> list[OrderedLine]:
    """The lines that the page showed: `line` holds listing, quantity and price, so that a change is noticed.

    Raises:
        ValueError: a line was tampered with.
    """
    lines = []
    for text in data.getlist("line"):
        try:
            listing, quantity, price = text.split(":")
            line = OrderedLine(int(listing), Decimal(quantity), Decimal(price))
        except (ValueError, InvalidOperation) as error:
            raise ValueError(text) from error
        if not (line.quantity.is_finite() and line.price_seen.is_finite() and 0 < line.listing_id < 2**63):
            raise ValueError(text)
        lines.append(line)
    return lines


def write_line(line: OrderedLine) -> str:
    """The counterpart of `read_lines`."""
    return f"{line.listing_id}:{line.quantity}:{line.price_seen}"


class QuantityForm(forms.Form):
    """A quantity for the cart."""

    quantity = forms.DecimalField(
        label=_("Quantity"),
        max_digits=12,
        decimal_places=3,
        min_value=Decimal("0.001"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "required": _("Enter a quantity above zero."),
            "invalid": _("Enter a quantity above zero."),
            "min_value": _("Enter a quantity above zero."),
        },
    )

    def first_error(self) -> str:
        """The one sentence for a message."""
        return str(next(iter(self.errors.get("quantity", [_("Enter a quantity above zero.")]))))
