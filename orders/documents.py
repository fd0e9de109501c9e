"""The documents of an order as PDF, each with a code by which anyone can check it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from orders.errors import HistoricOrder, WrongState
from orders.models import Order, OrderLine, Origin
from orders.settings import DEFAULT_PAYMENT_DAYS, order_settings
from orders.states import State
from zcy import clock, pdf
from zcy.documents import CANCELLED, in_groups, issue_document, withdraw_documents
from zcy.errors import Missing
from zcy.money import chinese_capitals

if TYPE_CHECKING:
    from accounts.actor import Actor
    from zcy.models import Document

KIND: Final = "order-contract"
TEMPLATE_VERSION: Final = 2
# A contract is a Chinese legal text, whatever the reader's language.
METHODS: Final = {
    "direct": "直接订购",
    "comparison": "在线比价",
    "inquiry": "在线询价",
    "auction": "反向竞价",
}


@dataclass(frozen=True)
class PdfFile:
    """A file to hand out."""

    name: str
    data: bytes
    code: str


def order_contract(*, actor: Actor, number: str, site: str) -> PdfFile:
    """The contract of an order that the supplier has confirmed. The same order gives the same bytes.

    Args:
        actor: somebody of the buyer, the supplier or the supervision of the region.
        number: of the order.
        site: the platform's own address, such as https://zcy.example, for the printed link.

    Raises:
        Missing: no order of this number that the actor may see.
        HistoricOrder: it was imported. WrongState: the supplier has not confirmed it.
    """
    order = (
        Order.objects.visible_to(actor)
        .select_related("region", "plan", "category", "buyer")
        .filter(number=number)
        .first()
    )
    if order is None:
        raise Missing
    if order.origin != Origin.LIVE:
        raise HistoricOrder
    if order.confirmed_at is None:
        raise WrongState(_("There is a contract as soon as the supplier has confirmed the order."))
    document = issue_contract(order)
    if order.state == State.CANCELLED:
        withdraw_documents(order, reason=CANCELLED)
    return PdfFile(f"contract-{order.number}.pdf", contract_pdf(document, site=site), document.code)


def issue_contract(order: Order) -> Document:
    """What the contract says, kept under a verification code; once per content."""
    content = contract_content(order)
    return issue_document(
        kind=KIND,
        number=order.number,
        content=content,
        summary={
            "buyer": content["buyer"]["name"],
            "supplier": content["seller"]["name"],
            "amount": content["total"],
            "date": content["confirmed_on"],
        },
        subject=order,
        template_version=TEMPLATE_VERSION,
    )


def contract_pdf(document: Document, *, site: str) -> bytes:
    """The printed form of a kept contract."""
    address = f"{site.rstrip('/')}/verify/{document.code}/"
    data = {
        **document.content,
        "code_printed": in_groups(document.code),
        "verify_url": address,
        "qr": pdf.qr_svg(address),
    }
    return pdf.render("contract", data, at=document.issued_at)


def contract_content(order: Order) -> dict[str, Any]:
    """Everything that the contract states, from what was frozen at submission and promised at confirmation."""
    terms = order.terms
    contact, title = terms.get("contact", {}), terms.get("invoice_title", {})
    confirmed_on = clock.local_date(order.confirmed_at) if order.confirmed_at else None
    return {
        "number": order.number,
        "method": METHODS.get(order.method, order.method),
        "plan": f"{order.plan.number} {order.plan.title}" if order.plan else "",
        "placed_on": _in_words(clock.local_date(order.placed_at)),
        "confirmed_on": _in_words(confirmed_on),
        "promised_on": _in_words(order.promised_on),
        "buyer": {"name": "", "uscc": "", **terms.get("buyer", {})},
        "seller": {"name": "", "uscc": "", "phone": "", **terms.get("supplier", {})},
        "address": _address(terms.get("address", {})),
        "contact": f"{contact.get('name', '')} {contact.get('phone', '')}".strip(),
        "invoice_title": f"{title.get('title', '')} {title.get('tax_number', '')}".strip(),
        "lines": [_line(line) for line in order.lines.all()],
        "total": f"{order.total:,.2f}",
        "total_in_capitals": chinese_capitals(order.total),
        "payment_days": terms.get("payment_days", DEFAULT_PAYMENT_DAYS),
        "acceptance_days": terms.get("acceptance_days", order_settings(order.region).acceptance_days),
        "note": terms.get("note", ""),
    }


def _address(address: Mapping[str, str]) -> str:
    """Region and street; people often write the region into the street as well."""
    region, street = address.get("region", ""), address.get("line", "")
    return street if region in street else f"{region}{street}"


def _line(line: OrderLine) -> dict[str, Any]:
    seen = line.snapshot
    return {
        "name": seen.get("name", ""),
        "model": " ".join(filter(None, [seen.get("brand", ""), seen.get("model", "")])),
        "spec": "；".join(f"{label}：{value}" for label, value in seen.get("spec_shown", [])),
        "unit": seen.get("unit", ""),
        "quantity": plain(line.quantity),
        "unit_price": f"{line.unit_price:,.2f}",
        "total": f"{line.total:,.2f}",
        "warranty": str(seen.get("warranty_months") or ""),
    }


def plain(quantity: Decimal) -> str:
    """A quantity without needless zeros."""
    return f"{quantity.normalize():f}"


def _in_words(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
