"""Invoice titles (发票抬头) of a unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import Role
from orders.models import InvoiceTitle
from orders.services.checks import checked_text, need_role
from orders.transitions import ORDERING
from zcy.errors import DomainError, Missing

if TYPE_CHECKING:
    from accounts.actor import Actor

TAX_NUMBER: Final = re.compile(r"[0-9A-Z]{15,20}")


@transaction.atomic
def save_invoice_title(
    *,
    actor: Actor,
    title: str,
    tax_number: str,
    is_default: bool = False,
    invoice_title_id: int | None = None,
) -> InvoiceTitle:
    """Add an invoice title, or change one of the unit's own.

    Raises:
        NotAllowed: neither purchaser, finance nor administrator of a unit. Missing: not the unit's own.
        DomainError: no title, or a number that is no taxpayer number (15 to 20 digits and capitals).
    """
    organisation_id = _lock_unit(actor)
    row = InvoiceTitle(organisation_id=organisation_id)
    if invoice_title_id is not None:
        row = _own(actor, invoice_title_id)
    row.title = checked_text(title, most=200, field="title", needed=True)
    row.tax_number = checked_text(tax_number, most=30, field="tax_number", needed=True).upper()
    if not TAX_NUMBER.fullmatch(row.tax_number):
        raise DomainError(_("A taxpayer number has 15 to 20 digits and capital letters."), field="tax_number")
    row.is_default = is_default
    if is_default:
        InvoiceTitle.objects.filter(organisation_id=organisation_id, is_default=True).update(is_default=False)
    row.save()
    return row


@transaction.atomic
def remove_invoice_title(*, actor: Actor, invoice_title_id: int) -> None:
    """Take an invoice title out of the unit's list.

    Raises:
        NotAllowed, Missing: as in `save_invoice_title`.
    """
    _lock_unit(actor)
    row = _own(actor, invoice_title_id)
    row.active = row.is_default = False
    row.save(update_fields=["active", "is_default"])


def _lock_unit(actor: Actor) -> int:
    organisation_id = need_role(actor, *ORDERING, Role.FINANCE)
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation_id)
    return organisation_id


def _own(actor: Actor, invoice_title_id: int) -> InvoiceTitle:
    row = InvoiceTitle.objects.visible_to(actor).filter(pk=invoice_title_id, active=True).first()
    if row is None:
        raise Missing
    return row
