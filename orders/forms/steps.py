"""One form for each thing that can be done to an order; `perform` hands it to the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from orders import services
from orders.errors import SentBefore
from orders.forms.fields import AmountField, DayField, KeyField, QuantityField, renew_key
from orders.models import OrderLine
from orders.queries import OrderDetail
from orders.services import Decision
from orders.transitions import Action
from zcy import clock, formats, workdays
from zcy.money import ZERO
from zcy.refusals import refuse_in_form

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField
    from django.utils.functional import _StrPromise

    from accounts.actor import Actor
    from zcy.errors import DomainError


class StepForm(forms.Form):
    """A step on an order. `button` says what it does; `tone` danger marks what cannot be taken back."""

    action: ClassVar[Action]
    button: ClassVar[str | _StrPromise]
    done: ClassVar[str | _StrPromise]
    tone: ClassVar[str] = "primary"
    text: ClassVar[str | _StrPromise] = ""
    # Where a refusal of a line, or of an argument that the form names otherwise, is shown.
    line_field: ClassVar[str] = ""
    field_names: ClassVar[Mapping[str, str]] = {}

    def __init__(self, detail: OrderDetail, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{self.action.value}-%s")
        self.detail = detail
        self.prepare()

    def prepare(self) -> None:
        """Fit the form to the order."""

    def perform(self, actor: Actor) -> None:
        """Hand what was typed to the service."""
        raise NotImplementedError

    def refuse(self, error: DomainError) -> int:
        """Put a refusal of the service beside the field that it means; the answer's status."""
        name = error.field or ""
        if name.startswith("line_"):
            error.field = f"{self.line_field}_{name.removeprefix('line_')}"
        error.field = self.field_names.get(name, error.field)
        if isinstance(error, SentBefore):
            renew_key(self)
        return refuse_in_form(self, error)

    @property
    def number(self) -> str:
        return self.detail.order.number


class ApproveForm(StepForm):
    action, button, done = Action.APPROVE, _("Approve the order"), _("The order is approved.")

    def perform(self, actor: Actor) -> None:
        services.approve_order(actor=actor, number=self.number)


class _ReasonForm(StepForm):
    tone = "danger"
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class RejectForm(_ReasonForm):
    action, button, done = (
        Action.REJECT,
        _("Do not approve"),
        _("The order is not approved; its budget is free again."),
    )

    def perform(self, actor: Actor) -> None:
        services.reject_order(actor=actor, number=self.number, reason=self.cleaned_data["reason"])


class RefuseForm(_ReasonForm):
    action, button, done = (
        Action.REFUSE,
        _("Refuse the order"),
        _("The order is refused; the buyer has been told why."),
    )

    def perform(self, actor: Actor) -> None:
        services.refuse_order(actor=actor, number=self.number, reason=self.cleaned_data["reason"])


class CancelForm(_ReasonForm):
    action, button, done = (
        Action.CANCEL,
        _("Cancel the order"),
        _("The order is cancelled; stock and budget are free again."),
    )
    text = _("Stock and budget are given back, and the other side sees your reason.")

    def perform(self, actor: Actor) -> None:
        services.cancel_order(actor=actor, number=self.number, reason=self.cleaned_data["reason"])


class ConfirmForm(StepForm):
    action, button, done = Action.CONFIRM, _("Confirm the order"), _("The order is confirmed.")
    promised_on = DayField(label=_("Promised delivery date"))

    def prepare(self) -> None:
        days = max((line.snapshot.get("delivery_days") or 3 for line in self.detail.lines), default=3)
        self.fields["promised_on"].initial = workdays.add(clock.today(), 1) + timedelta(
            days=max(0, int(days) - 1)
        )

    def perform(self, actor: Actor) -> None:
        services.confirm_order(actor=actor, number=self.number, promised_on=self.cleaned_data["promised_on"])


class ShipForm(StepForm):
    action, button, done = Action.SHIP, _("Ship"), _("The shipment is on its way.")
    line_field = "quantity"
    carrier = forms.CharField(label=_("Carrier"), max_length=80)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=80)
    idempotency_key = KeyField()

    def prepare(self) -> None:
        for line in self._lines():
            left: Decimal = line.to_ship  # type: ignore[attr-defined]
            self.fields[f"quantity_{line.pk}"] = QuantityField(
                label=line.snapshot.get("name") or line.good.name,
                max_value=left,
                initial=formats.typed(left),
                required=False,
            )

    def _lines(self) -> list[OrderLine]:
        return [line for line in self.detail.lines if getattr(line, "to_ship", 0) > 0]

    def perform(self, actor: Actor) -> None:
        data = self.cleaned_data
        quantities = {
            line.pk: data[f"quantity_{line.pk}"] for line in self._lines() if data[f"quantity_{line.pk}"]
        }
        services.ship_order(
            actor=actor,
            number=self.number,
            quantities=quantities,
            carrier=data["carrier"],
            tracking_number=data["tracking_number"],
            idempotency_key=data["idempotency_key"],
        )


class _ShipmentForm(StepForm):
    shipment = forms.TypedChoiceField(label=_("Shipment"), coerce=int)
    arrived_by: ClassVar[str]

    def prepare(self) -> None:
        waiting = [
            shipment for shipment in self.detail.shipments if getattr(shipment, self.arrived_by) is None
        ]
        field = cast("forms.TypedChoiceField", self.fields["shipment"])
        field.choices = [
            (shipment.pk, f"{shipment.carrier} {shipment.tracking_number}") for shipment in waiting
        ]
        if len(waiting) == 1:
            field.initial = waiting[0].pk
            field.widget = forms.HiddenInput()


class DeliverForm(_ShipmentForm):
    action, button, done = Action.DELIVER, _("Mark as delivered"), _("The shipment is marked as delivered.")
    arrived_by = "delivered_at"

    def perform(self, actor: Actor) -> None:
        services.mark_delivered(actor=actor, number=self.number, shipment_id=self.cleaned_data["shipment"])


class SignForm(_ShipmentForm):
    action, button, done = Action.SIGN, _("Sign for the delivery"), _("The delivery is signed for.")
    signed_by = forms.CharField(label=_("Received by"), max_length=80, required=False)
    arrived_by = "signed_at"

    def perform(self, actor: Actor) -> None:
        services.sign_for(
            actor=actor,
            number=self.number,
            shipment_id=self.cleaned_data["shipment"],
            signed_by=self.cleaned_data["signed_by"],
        )


class AcceptForm(StepForm):
    action, button, done = Action.ACCEPT, _("Accept"), _("Your decision about the delivery is recorded.")
    text = _("What is neither accepted nor refused stays open.")
    line_field = "accepted"
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)
    idempotency_key = KeyField()

    def prepare(self) -> None:
        for line in self._lines():
            left: Decimal = line.open_quantity  # type: ignore[attr-defined]
            # The table names the columns; among the errors on top each has to say which good it means.
            good = {"good": line.snapshot.get("name") or line.good.name}
            self.fields[f"accepted_{line.pk}"] = QuantityField(
                label=_("Accepted: %(good)s") % good,
                max_value=left,
                initial=formats.typed(left),
                required=False,
            )
            self.fields[f"refused_{line.pk}"] = QuantityField(
                label=_("Refused: %(good)s") % good, max_value=left, initial=0, required=False
            )
            self.fields[f"reason_{line.pk}"] = forms.CharField(
                label=_("Reason: %(good)s") % good, max_length=200, required=False
            )

    def _lines(self) -> list[OrderLine]:
        return [line for line in self.detail.lines if getattr(line, "open_quantity", 0) > 0]

    def rows(self) -> Iterator[tuple[OrderLine, BoundField, BoundField, BoundField]]:
        """The lines to be decided with their three fields."""
        for line in self._lines():
            yield line, self[f"accepted_{line.pk}"], self[f"refused_{line.pk}"], self[f"reason_{line.pk}"]

    def clean(self) -> dict[str, Any]:
        """What is refused has a reason, beside its line."""
        data = super().clean() or {}
        for line in self._lines():
            if data.get(f"refused_{line.pk}") and not data.get(f"reason_{line.pk}"):
                self.add_error(f"reason_{line.pk}", _("Say why this is refused."))
        return data

    def perform(self, actor: Actor) -> None:
        data = self.cleaned_data
        decisions = {
            line.pk: Decision(
                accepted=data[f"accepted_{line.pk}"] or ZERO,
                refused=data[f"refused_{line.pk}"] or ZERO,
                reason=data[f"reason_{line.pk}"],
            )
            for line in self._lines()
            if data[f"accepted_{line.pk}"] or data[f"refused_{line.pk}"]
        }
        services.accept_delivery(
            actor=actor,
            number=self.number,
            decisions=decisions,
            idempotency_key=data["idempotency_key"],
            note=data["note"],
        )


class InvoiceForm(StepForm):
    action, button, done = Action.INVOICE, _("Record the invoice"), _("The invoice is recorded.")
    invoice_number = forms.CharField(label=_("Invoice number"), max_length=40)
    date = DayField(label=_("Invoice date"))
    amount = AmountField()

    def prepare(self) -> None:
        self.fields["date"].initial = clock.today()
        self.fields["amount"].initial = self.detail.to_invoice

    def perform(self, actor: Actor) -> None:
        services.record_invoice(actor=actor, number=self.number, **self.cleaned_data)


class RequestPaymentForm(StepForm):
    action, button, done = Action.REQUEST_PAYMENT, _("Request the payment"), _("The payment is requested.")
    amount = AmountField()
    idempotency_key = KeyField()

    def prepare(self) -> None:
        self.fields["amount"].initial = self.detail.to_request

    def perform(self, actor: Actor) -> None:
        services.request_payment(actor=actor, number=self.number, **self.cleaned_data)


class PayForm(StepForm):
    action, button, done = Action.PAY, _("Pay"), _("The payment is recorded, and the budget is spent.")
    amount = AmountField()
    reference = forms.CharField(label=_("Bank reference"), max_length=60, required=False)
    idempotency_key = KeyField()

    def prepare(self) -> None:
        self.fields["amount"].initial = self.detail.to_pay

    def perform(self, actor: Actor) -> None:
        services.pay_order(actor=actor, number=self.number, **self.cleaned_data)


class EvaluateForm(StepForm):
    action, button, done = (
        Action.EVALUATE,
        _("Give stars"),
        _("Thank you: your evaluation counts from tonight."),
    )
    field_names: ClassVar[Mapping[str, str]] = {"text": "words"}
    stars = forms.TypedChoiceField(
        label=_("Stars"),
        coerce=int,
        choices=[(5, "★★★★★"), (4, "★★★★"), (3, "★★★"), (2, "★★"), (1, "★")],
        widget=forms.RadioSelect,
    )
    # Named so that it does not hide the explanation above the form.
    words = forms.CharField(
        label=_("Text"), max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def perform(self, actor: Actor) -> None:
        services.evaluate_order(
            actor=actor, number=self.number, stars=self.cleaned_data["stars"], text=self.cleaned_data["words"]
        )


# In the order in which the page offers them: what carries the order on comes first.
STEPS: Final[Sequence[type[StepForm]]] = (
    ApproveForm,
    ConfirmForm,
    ShipForm,
    SignForm,
    DeliverForm,
    AcceptForm,
    InvoiceForm,
    RequestPaymentForm,
    PayForm,
    EvaluateForm,
    RejectForm,
    RefuseForm,
    CancelForm,
)
STEP_OF: Final = {form.action.value: form for form in STEPS}
