"""What a reviewer is told of a price: the reasonable range, where the price stands in it, and how far from its ends."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Listing
from catalog.pricing.formulas import Confidence, Place
from catalog.pricing.panel import CONFIDENCE_WORDS, PLACE_WORDS
from catalog.pricing.ranges import PriceRange, reasonable_range
from catalog.pricing.words import ground_text, range_sentence
from zcy.formats import money, percent


def range_context(listing: Listing) -> dict[str, Any]:
    """The range of the listing's good for its usual quantity and all regions, as the checks ask for it.

    `reasonable` is None where no range can be told; `place` is empty then.
    """
    found = reasonable_range(good=listing.good)
    if not found.known:
        return {"reasonable": None, "place": ""}
    place = found.place(listing.price)
    unit = listing.good.unit
    figures = [
        (_("Lower end"), money(found.low)),
        (_("Central value"), money(found.central)),
        (_("Upper end"), money(found.high)),
    ]
    return {
        "reasonable": found,
        "range_sentence": range_sentence(found, unit),
        "range_ground": ground_text(found),
        "range_figures": figures,
        "range_confidence": CONFIDENCE_WORDS[found.confidence],
        "place": PLACE_WORDS[place],
        "place_code": place.value,
        "distance": distance(listing, found),
        "doubtful": place is not Place.INSIDE,
        "unsure": found.confidence is Confidence.LOW,
    }


def distance(listing: Listing, found: PriceRange) -> str:
    """How far the price is from the end of the range that it has passed, or within it from the centre."""
    price, place = listing.price, found.place(listing.price)
    if place is Place.ABOVE:
        return _("%(share)s above the upper end of the range") % {"share": _share(price, found.high)}
    if place is Place.BELOW:
        return _("%(share)s below the lower end of the range") % {"share": _share(price, found.low)}
    if price == found.central:
        return _("the central value of the range")
    words = (
        _("%(share)s above the central value")
        if price > found.central
        else _("%(share)s below the central value")
    )
    return words % {"share": _share(price, found.central)}


def _share(price: Any, end: Any) -> str:
    return percent(abs(float((price - end) / end)))
