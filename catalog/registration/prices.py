"""What price data adds to the frame."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zcy import registries
from zcy.registries import NightlyPart


def register() -> None:
    """Called once, when the app is ready."""
    from catalog.pricing.learn import run_night

    registries.nightly_parts.register(
        NightlyPart(name="price_levels", label=_("Reasonable prices"), stage=1, run=run_night)
    )
