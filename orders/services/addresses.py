"""Delivery addresses of a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region
from orders.models import Address
from orders.services.checks import checked_text, need_role
from orders.transitions import ORDERING
from zcy.errors import DomainError, Missing

if TYPE_CHECKING:
    from accounts.actor import Actor


@transaction.atomic
def save_address(
    *,
    actor: Actor,
    region_id: int,
    line: str,
    contact: str,
    phone: str,
    is_default: bool = False,
    address_id: int | None = None,
) -> Address:
    """Add an address, or change one of the unit's own. Orders keep the address that they were placed with.

    Raises:
        NotAllowed: neither purchaser nor administrator of a unit. Missing: not the unit's own address.
        DomainError: something is empty, too long or an unknown region.
    """
    organisation_id = _lock_unit(actor)
    address = Address(organisation_id=organisation_id)
    if address_id is not None:
        address = _own(actor, address_id)
    if not Region.objects.filter(pk=region_id).exists():
        raise DomainError(_("Choose a region."), field="region")
    address.region_id = region_id
    address.line = checked_text(line, most=200, field="line", needed=True)
    address.contact = checked_text(contact, most=60, field="contact", needed=True)
    address.phone = checked_text(phone, most=40, field="phone", needed=True)
    address.is_default = is_default
    if is_default:
        Address.objects.filter(organisation_id=organisation_id, is_default=True).update(is_default=False)
    address.save()
    return address


@transaction.atomic
def remove_address(*, actor: Actor, address_id: int) -> None:
    """Take an address out of the unit's list.

    Raises:
        NotAllowed, Missing: as in `save_address`.
    """
    _lock_unit(actor)
    address = _own(actor, address_id)
    address.active = address.is_default = False
    address.save(update_fields=["active", "is_default"])


def _lock_unit(actor: Actor) -> int:
    """One change of a unit's list at a time: two new defaults at once would be one too many."""
    organisation_id = need_role(actor, *ORDERING)
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation_id)
    return organisation_id


def _own(actor: Actor, address_id: int) -> Address:
    address = Address.objects.visible_to(actor).filter(pk=address_id, active=True).first()
    if address is None:
        raise Missing
    return address
