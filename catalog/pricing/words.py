"""The range in words: the sentence under it, and how it was reached."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import QuantityBand, Tier
from catalog.pricing.like_units import LikeUnits, Step
from catalog.pricing.panel import CONFIDENCE_WORDS
from catalog.pricing.ranges import Ground, PriceRange
from zcy.formats import percent, short_money


def range_sentence(found: PriceRange, unit: str) -> str:
    """Such as: Reasonable price ¥2,150–2,480, from 37 deals in 90 days, confidence high."""
    parts = [
        _("Reasonable price %(low)s–%(high)s%(unit)s")
        % {
            "low": short_money(found.low),
            "high": short_money(found.high).removeprefix("¥"),
            "unit": f"/{unit}" if unit else "",
        }
    ]
    if found.n:
        parts.append(
            ngettext("from %(n)d deal in %(days)d days", "from %(n)d deals in %(days)d days", found.n)
            % {"n": found.n, "days": found.window_days}
        )
    if found.ground is not Ground.OWN:
        parts.append(ground_words(found))
    parts.append(_("confidence %(confidence)s") % {"confidence": CONFIDENCE_WORDS[found.confidence]})
    return _(", ").join(parts)


def ground_words(found: PriceRange) -> str:
    """The ground in a few words."""
    if found.ground is Ground.EQUIVALENTS:
        return ngettext("from %(n)d equivalent good", "from %(n)d equivalent goods", found.equivalents) % {
            "n": found.equivalents
        }
    return str(
        {
            Ground.OWN: _("from its own deals"),
            Ground.ATTRIBUTES: _("from goods with like attributes"),
            Ground.CATEGORY: _("from the goods of its category"),
            Ground.NONE: _("not known"),
        }[found.ground]
    )


def ground_text(found: PriceRange) -> str:
    """How it was reached, in two sentences."""
    centre = _("Centre %(price)s.") % {"price": short_money(found.central)}
    if found.n:
        how = _(
            "Its own deals (%(n)d of %(suppliers)d suppliers in %(days)d days) weigh %(share)s, goods like it the rest."
        ) % {
            "n": found.n,
            "suppliers": found.suppliers,
            "days": found.window_days,
            "share": percent(found.own_weight),
        }
    else:
        how = _("It was not bought in a year: the price is that of goods like it.")
    promise = _("Eight of ten deals that follow should lie in the range.")
    return f"{centre} {how} {promise}"


def like_words(found: LikeUnits) -> str:
    """Whose deals tell what units like yours paid, in a few words."""
    band = str(QuantityBand(found.band).label) if found.band else ""
    words = {
        Step.SAME: _("units of your tier (%(tier)s), quantity %(band)s"),
        Step.ANY_QUANTITY: _(
            "units of your tier (%(tier)s), any quantity, because of yours there were too few"
        ),
        Step.ANY_TIER: _("units of all tiers, quantity %(band)s, because of your tier there were too few"),
        Step.ANY: _("units of all tiers, any quantity, because of your tier or quantity there were too few"),
    }
    return str(words[found.step]) % {"tier": Tier(found.tier).label, "band": band}
