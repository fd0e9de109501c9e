"""The reasons of a verdict, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WORDS: Final = {
    "gtin_same": gettext_lazy("same GTIN"),
    "gtin_differs": gettext_lazy("different GTINs"),
    "brand_same": gettext_lazy("same brand"),
    "brand_differs": gettext_lazy("different brands"),
    "model_same": gettext_lazy("same model"),
    "model_differs": gettext_lazy("different models"),
    "variant_differs": gettext_lazy("different variant of a model"),
    "measures_agree": gettext_lazy("same sizes and numbers"),
    "measure_differs": gettext_lazy("different size or number"),
    "colour_differs": gettext_lazy("different colours"),
    "accessory": gettext_lazy("one is an accessory"),
    "kind_differs": gettext_lazy("different kind"),
    "key_attributes_agree": gettext_lazy("same key attributes"),
    "key_attribute_differs": gettext_lazy("different key attribute"),
    "attribute_differs": gettext_lazy("different attribute"),
    "pack_differs": gettext_lazy("different pack size"),
    "unit_differs": gettext_lazy("different unit"),
    "category_same": gettext_lazy("same category"),
    "category_differs": gettext_lazy("different categories"),
    "name_alike": gettext_lazy("similar name"),
    "name_differs": gettext_lazy("different name"),
}


def told(reasons: Iterable[Sequence[Any]]) -> list[tuple[str, bool]]:
    """(what speaks for or against, whether for) of each reason as the database has it."""
    found = []
    for code, weight, first, second in reasons:
        word = str(WORDS.get(code, code))
        if second:
            word = _("%(what)s: %(first)s / %(second)s") % {"what": word, "first": first, "second": second}
        elif first and code not in ("measures_agree", "key_attributes_agree"):
            word = _("%(what)s: %(first)s") % {"what": word, "first": first}
        found.append((word, weight > 0))
    return found
