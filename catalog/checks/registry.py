"""The checks that are made, in the order in which pages show them."""

from __future__ import annotations

from typing import Final

from catalog.checks.base import Check
from catalog.checks.category import CategoryCheck
from catalog.checks.contacts import ContactsCheck
from catalog.checks.credit import CreditCheck
from catalog.checks.delivery import DeliveryCheck
from catalog.checks.exclusion import ExclusionCheck
from catalog.checks.licence import LicenceCheck
from catalog.checks.picture import PictureCheck
from catalog.checks.price_own_shop import PriceOwnShopCheck
from catalog.checks.price_range import PriceRangeCheck
from catalog.checks.price_reference import PriceReferenceCheck
from catalog.checks.price_rise import PriceRiseCheck
from catalog.checks.stuffing import StuffingCheck
from catalog.checks.words import WordsCheck
from zcy.registries import Registry

checks: Final[Registry[Check]] = Registry("checks of listings")
for _check in (
    PriceRangeCheck(),
    PriceReferenceCheck(),
    PriceRiseCheck(),
    PriceOwnShopCheck(),
    LicenceCheck(),
    ExclusionCheck(),
    CreditCheck(),
    CategoryCheck(),
    DeliveryCheck(),
    WordsCheck(),
    ContactsCheck(),
    StuffingCheck(),
    PictureCheck(),
):
    checks.register(_check)
