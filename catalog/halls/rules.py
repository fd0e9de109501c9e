"""Rules of admission to halls: each is a condition on a listing, its good and its supplier, and the words for it.

A rule is registered once and used three ways: to fill the halls, to tell a supplier why an offer is not admitted, and
to be chosen in the administration. All rules of a hall hold together; a rule that nobody registered admits nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models.organisations import OrganisationSize
from catalog.models import Category, GoodLabel, Listing, OriginCounty, PolicyLabel, Review, Sale
from catalog.models.goods import GoodState
from catalog.tree import category_tree
from zcy import clock
from zcy.registries import Registry

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class RuleKind:
    """A kind of rule.

    Attributes:
        name: as it is stored.
        label: what it asks for.
        condition: of a listing, for the values of the rule.
        remedy: what a supplier can do whose offer does not meet it.
        choices: what values may be, with their words; None where they are free.
        wrong: what is wrong with values, in words; empty where nothing is.
        needs_values: whether a rule without values makes no sense.
        takes: what its values are chosen from in the administration: labels, sizes, categories, provinces, counties or
            a share.
    """

    name: str
    label: _StrPromise
    condition: Callable[[Sequence[str]], Q]
    remedy: _StrPromise
    choices: Mapping[str, _StrPromise | str] | None = None
    wrong: Callable[[Sequence[str]], str] = lambda _values: ""
    needs_values: bool = True
    takes: tuple[str, ...] = ()

    def words(self, values: Iterable[str]) -> str:
        """The values as people read them."""
        between = "、" if (get_language() or "").startswith("zh") else ", "
        if self.name == "category":
            tree = category_tree()
            return between.join(tree.by_code[code].name if code in tree.by_code else code for code in values)
        if "counties" in self.takes:
            names = _county_names(values)
            return between.join(names.get(value, value) for value in values)
        return between.join(str((self.choices or {}).get(value, value)) for value in values)


NOTHING: Final = Q(pk__in=[])
kinds: Registry[RuleKind] = Registry("rules of admission")


def condition_of(kind: str, values: Sequence[str]) -> Q:
    """The condition of a stored rule."""
    return kinds[kind].condition(values) if kind in kinds else NOTHING


def offered() -> QuerySet[Listing]:
    """Listings that count: on sale, approved, of an active good and a supplier that may sell."""
    return Listing.objects.searchable().filter(
        Q(supplier__standing__isnull=True) | Q(supplier__standing__suspended=False),
        good__state=GoodState.ACTIVE,
        supplier__active=True,
    )


def is_offered(listing: Listing) -> bool:
    """The same for one listing whose good is loaded; its supplier's standing is not asked."""
    return listing.sale == Sale.ON_SALE and listing.review == Review.APPROVED


def _in_categories(codes: Sequence[str]) -> Q:
    tree = category_tree()
    ids = [pk for code in codes if code in tree.by_code for pk in tree.by_code[code].subtree]
    return Q(good__category_id__in=ids)


def _wrong_categories(codes: Sequence[str]) -> str:
    known = set(Category.objects.filter(code__in=codes).values_list("code", flat=True))
    missing = [code for code in codes if code not in known]
    return _("There is no category %(codes)s.") % {"codes": "、".join(missing)} if missing else ""


def _certified(labels: Sequence[str]) -> Q:
    valid = GoodLabel.objects.filter(label__in=list(labels)).valid_on(clock.today())
    return Q(good_id__in=valid.order_by().values("good_id"))


def _least_share(values: Sequence[str]) -> Q:
    return Q(good__origin_county__share__gte=Decimal(values[0])) if not wrong_share(values) else NOTHING


def wrong_share(values: Sequence[str]) -> str:
    """What is wrong with the value of a least share; empty where nothing is."""
    try:
        fits = len(values) == 1 and 0 < Decimal(values[0]) <= 1
    except InvalidOperation:
        fits = False
    return "" if fits else _("Write one share above 0 and at most 1, such as 0.5.")


def _from_counties(values: Sequence[str]) -> Q:
    """From any of some provinces, by name, or counties, by code; without any from all of the list."""
    if not values:
        return Q(good__origin_county__isnull=False)
    codes = [value for value in values if is_county_code(value)]
    provinces = [value for value in values if not is_county_code(value)]
    return Q(good__origin_county__county__province__in=provinces) | Q(
        good__origin_county__county__code__in=codes
    )


def is_county_code(value: str) -> bool:
    """Whether a value of the rule of origin is a county's code, and not the name of a province."""
    return len(value) == 6 and value.isascii() and value.isdigit()


def _county_names(values: Iterable[str]) -> dict[str, str]:
    codes = [value for value in values if is_county_code(value)]
    found = OriginCounty.objects.filter(code__in=codes) if codes else ()
    return {county.code: str(county) for county in found}


def _wrong_origins(values: Sequence[str]) -> str:
    counties = _county_names(values)
    provinces = set(OriginCounty.objects.values_list("province", flat=True).distinct().order_by())
    missing = [value for value in values if value not in counties and value not in provinces]
    return _("Not on the list of 832: %(places)s.") % {"places": "、".join(missing)} if missing else ""


def register() -> None:
    """Called once, when the app is ready."""
    kinds.register(
        RuleKind(
            "label",
            gettext_lazy("policy label of the good"),
            lambda values: Q(good__labels__overlap=list(values)),
            gettext_lazy(
                "Ask the catalog staff to add the label, with its certificate, to the standard good."
            ),
            choices=dict(PolicyLabel.choices),
            takes=("labels",),
        )
    )
    kinds.register(
        RuleKind(
            "certificate",
            gettext_lazy("valid certificate for a policy label"),
            _certified,
            gettext_lazy(
                "Send the catalog staff a certificate that has not expired: they enter its number and last day."
            ),
            choices=dict(PolicyLabel.choices),
            takes=("labels",),
        )
    )
    kinds.register(
        RuleKind(
            "supplier_size",
            gettext_lazy("size of the supplier"),
            lambda values: Q(supplier__size__in=list(values)),
            gettext_lazy(
                "This hall is for firms of other sizes. Is your size wrong? Tell the onboarding staff."
            ),
            choices=dict(OrganisationSize.choices),
            takes=("sizes",),
        )
    )
    kinds.register(
        RuleKind(
            "category",
            gettext_lazy("category, with those below it"),
            _in_categories,
            gettext_lazy("This hall takes goods of other categories."),
            wrong=_wrong_categories,
            takes=("categories",),
        )
    )
    kinds.register(
        RuleKind(
            "origin",
            gettext_lazy("county of origin from the list of 832"),
            _from_counties,
            gettext_lazy(
                "Ask the catalog staff to enter county of origin and producer with the standard good."
            ),
            wrong=_wrong_origins,
            needs_values=False,
            takes=("provinces", "counties"),
        )
    )
    kinds.register(
        RuleKind(
            "origin_share",
            gettext_lazy("least share made in the county of origin"),
            _least_share,
            gettext_lazy("Too little of the good is made in its county of origin."),
            wrong=wrong_share,
            takes=("share",),
        )
    )
    kinds.register(
        RuleKind(
            "in_stock",
            gettext_lazy("in stock"),
            lambda _values: Q(stock__gt=0),
            gettext_lazy("State a stock."),
            needs_values=False,
        )
    )
