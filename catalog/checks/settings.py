"""What regions decide about the automatic checks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models.standings import Grade
from accounts.settings import declare, setting


@declare("checks", _("Checks of listings"))
@dataclass(frozen=True)
class CheckSettings:
    """In force is what the supplier's region says."""

    machine_approves: bool = setting(
        True,
        label=_("the checks approve by themselves"),
        help=_("What every check finds clear goes on sale approved; otherwise a person approves it."),
    )
    always_reviewed: tuple[str, ...] = setting(
        (),
        label=_("fields that a person always reviews"),
        help=_("Names of fields, such as note, warranty_months: whatever the checks say of a change."),
    )
    price_factor: Decimal = setting(
        Decimal("1.00"),
        label=_("price in doubt above the range times"),
        least=Decimal("0.5"),
        most=Decimal(10),
    )
    price_block_factor: Decimal = setting(
        Decimal("3.00"),
        label=_("price refused above the range times"),
        least=Decimal(1),
        most=Decimal(100),
    )
    price_lure_factor: Decimal = setting(
        Decimal("0.50"),
        label=_("price in doubt below the range times"),
        least=Decimal(0),
        most=Decimal(1),
    )
    reference_factor: Decimal = setting(
        Decimal("1.00"),
        label=_("price in doubt above the external reference times"),
        least=Decimal("0.5"),
        most=Decimal(10),
    )
    rise_factor: Decimal = setting(
        Decimal("1.30"),
        label=_("price in doubt above the one last approved times"),
        least=Decimal(1),
        most=Decimal(10),
    )
    grade_floor: str = setting(
        Grade.C.value,
        label=_("lowest credit grade without a person's look"),
        choices={grade.value: grade.value for grade in Grade},
    )
    most_delivery_days: int = setting(
        60, label=_("delivery in doubt beyond"), unit=_("days"), least=1, most=365
    )
    marking_share: Decimal = setting(
        Decimal("0.05"),
        label=_("share of the machine's verdicts that people mark"),
        help=_("Drawn by chance from a kept seed, so that the draw can be repeated."),
        least=Decimal(0),
        most=Decimal(1),
    )
    marking_seed: str = setting("zcy", label=_("seed of that draw"))
