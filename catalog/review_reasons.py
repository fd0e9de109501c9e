"""The published codelists of reasons for which a listing is rejected, or a label's certificate sent back: shared by
machine, reviewer and supplier.

After product.md, "Learned from the best", point 3. A code is never renamed: decisions of the past carry it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


@dataclass(frozen=True)
class ReviewReason:
    """A reason: its code, the field it concerns, what is wrong, the rule behind it, and how to mend it."""

    code: str
    # A field of the listing's form, "good" for the standard good, "supplier" for the firm itself.
    field: str
    title: Text
    rule: Text
    remedy: Text
    # Where it is mended, if that is not the listing's form: an address and what the link says.
    place: str = ""
    link: Text = ""


FIELDS: Final[Mapping[str, Text]] = {
    "price": _("price"),
    "own_public_price": _("own public shop price"),
    "good": _("standard good"),
    "picture": _("picture"),
    "note": _("remark"),
    "delivery_days": _("delivery days"),
    "delivery_areas": _("delivery areas"),
    "warranty_months": _("warranty in months"),
    "supplier": _("supplier"),
    "certificate": _("certificate number"),
    "expires_on": _("last day"),
    "file": _("scan of the certificate"),
}
_R = ReviewReason

REASONS: Final[tuple[ReviewReason, ...]] = (
    _R(
        "price_too_high",
        "price",
        _("price above what is reasonable"),
        _("A price stands in the range of what was really paid for the good."),
        _("Bring the price into the reasonable range, or say in the remark why it is higher."),
    ),
    _R(
        "price_above_reference",
        "price",
        _("price above an external reference"),
        _("Public bodies do not pay more than the market outside asks for the same thing."),
        _("Lower the price to the reference, or contest the reference with proof."),
    ),
    _R(
        "price_above_own_shop",
        "price",
        _("price above your own public shop"),
        _("A supplier does not ask more here than of everyone elsewhere."),
        _("Lower the price to that of your own shop, or correct what you state of it."),
    ),
    _R(
        "price_rise",
        "price",
        _("price has risen by much at once"),
        _("A steep rise over the price last approved is looked at by a person."),
        _("Rise in smaller steps, or say in the remark what has become dearer."),
    ),
    _R(
        "price_lure",
        "price",
        _("price that lures"),
        _("An offer is delivered at its price, in any quantity from the minimum on."),
        _("State the price at which you deliver, without conditions."),
    ),
    _R(
        "wrong_good",
        "good",
        _("offer does not fit the standard good"),
        _("An offer is of the brand, model and specification of its standard good."),
        _("Choose the standard good of the same brand, model and specification."),
    ),
    _R(
        "wrong_category",
        "good",
        _("wrong category"),
        _("A good stands in the category of its official code."),
        _("Choose a standard good of the right category."),
    ),
    _R(
        "wrong_sales_attribute",
        "good",
        _("wrong sales attribute"),
        _("Colour, size, unit and pack are those that are delivered."),
        _("Choose the standard good with the unit, pack, colour or size that you deliver."),
    ),
    _R(
        "attribute_mismatch",
        "note",
        _("key attribute differs from the standard good"),
        _("The remark does not contradict the specification."),
        _("Remove what differs from the specification, or choose another standard good."),
    ),
    _R(
        "several_subjects",
        "note",
        _("several things in one offer"),
        _("One offer is one good at one price."),
        _("Offer each good by itself; leave gifts and sets out of the remark."),
    ),
    _R(
        "keyword_stuffing",
        "note",
        _("keywords that do not belong to the good"),
        _("A remark states facts about this offer."),
        _("Keep to facts about this offer."),
    ),
    _R(
        "advertising_words",
        "note",
        _("words that advertising law forbids"),
        _("Advertising Law (广告法), article 9: no “national level”, “highest level”, “best”."),
        _("Take the superlatives out; state figures and certificates instead."),
    ),
    _R(
        "luring_off_platform",
        "note",
        _("contact or advertisement that leads off the platform"),
        _("Buyers and suppliers deal on the platform, where the deal is recorded."),
        _("Remove telephone numbers, addresses of other shops and names of messengers."),
    ),
    _R(
        "missing_certificate",
        "note",
        _("certificate missing"),
        _("Goods under compulsory certification, and policy labels, carry a valid certificate."),
        _("Name the certificate that the good needs, with its number."),
    ),
    _R(
        "forbidden_good",
        "good",
        _("good that may not be offered here"),
        _("Forbidden goods are not traded."),
        _("Take the offer off; it cannot be mended."),
    ),
    _R(
        "picture_unusable",
        "picture",
        _("picture too small or not readable"),
        _("A picture has at least 200 pixels a side and at most 40 million pixels."),
        _("Ask for a clear picture of the good with a proposal for the standard good."),
    ),
    _R(
        "picture_watermark",
        "picture",
        _("picture with a watermark"),
        _("Pictures carry no marks of shops or people."),
        _("Replace the picture by one without marks."),
    ),
    _R(
        "picture_text_mismatch",
        "picture",
        _("picture and text do not fit"),
        _("A picture shows the good that is delivered."),
        _("Replace the picture, or choose the standard good that it shows."),
    ),
    _R(
        "list_as_picture",
        "picture",
        _("list or price as a picture"),
        _("Facts stand in fields, where they can be searched, compared and read aloud."),
        _("Write the facts into the fields; show the good in the picture."),
    ),
    _R(
        "stolen_picture",
        "picture",
        _("picture that belongs to somebody else"),
        _("Pictures are your own or used with permission."),
        _("Replace the picture by your own, or send the permission."),
    ),
    _R(
        "delivery_not_credible",
        "delivery_days",
        _("delivery promise not credible"),
        _("A promise is kept in every area that it names."),
        _("State the days in which you deliver to all areas that you name."),
    ),
    _R(
        "delivery_area_unknown",
        "delivery_areas",
        _("delivery area that is not served"),
        _("Delivery areas are regions of this platform."),
        _("Choose regions from the list; none chosen means everywhere."),
    ),
    _R(
        "delivery_area_not_registered",
        "delivery_areas",
        _("delivery area that you have not registered"),
        _("A supplier delivers in the regions that it named when it came in."),
        _(
            "Choose areas within your registered delivery regions, or renew your registration with more of them."
        ),
    ),
    _R(
        "category_not_admitted",
        "good",
        _("category that you were not admitted for"),
        _("A supplier offers goods of the categories that it was admitted for when it came in."),
        _("Ask for the category and say what you would offer, or renew your registration with it."),
        "/supplier/requests/?kind=category",
        _("Ask for the category"),
    ),
    _R(
        "licence_expired",
        "supplier",
        _("licence has expired"),
        _("Only suppliers with a valid licence sell."),
        _("Upload the renewed licence in your onboarding file, then submit again."),
    ),
    _R(
        "supplier_excluded",
        "supplier",
        _("supplier is excluded from procurement"),
        _("Government Procurement Law (政府采购法), article 77: who is excluded takes no part."),
        _("Wait until the exclusion has ended; contest it where it was decided."),
    ),
    _R(
        "credit_too_low",
        "supplier",
        _("credit too low"),
        _("Suspended suppliers do not sell; below the region's floor a person looks."),
        _("See on your credit page what would raise the grade, or appeal."),
    ),
)
# Why a label's certificate that a supplier sent is not entered.
CERTIFICATE_REASONS: Final[tuple[ReviewReason, ...]] = (
    _R(
        "certificate_unreadable",
        "file",
        _("scan that cannot be read"),
        _("Number, good and last day of a certificate can be read on its scan."),
        _("Scan the whole certificate again, straight and sharp, and send it once more."),
    ),
    _R(
        "certificate_of_another_good",
        "file",
        _("certificate of another good"),
        _("A certificate names the brand and model of the good that it stands behind."),
        _("Send the certificate, with its annex, that names this model."),
    ),
    _R(
        "certificate_of_another_label",
        "file",
        _("certificate of another label"),
        _("Each policy label rests on certificates of its own kind."),
        _("Choose the label that the certificate is for, or send the one for this label."),
    ),
    _R(
        "certificate_number_differs",
        "certificate",
        _("number that the paper does not bear"),
        _("The number typed is the one on the paper, and the issuer knows it."),
        _("Type the number as it stands on the paper."),
    ),
    _R(
        "certificate_day_differs",
        "expires_on",
        _("last day that the paper does not bear"),
        _("The last day typed is the one on the paper."),
        _("Type the last day as it stands on the paper; leave it empty only where the paper names none."),
    ),
    _R(
        "certificate_withdrawn",
        "certificate",
        _("certificate that its issuer has ended or suspended"),
        _("A label rests on a certificate that its issuer lists as valid."),
        _("Settle it with the issuer, and send the certificate that is valid then."),
    ),
)
BY_CODE: Final = {reason.code: reason for reason in REASONS}
OF_CERTIFICATES: Final = {reason.code: reason for reason in CERTIFICATE_REASONS}
CHOICES: Final = [(reason.code, reason.title) for reason in REASONS]


def reasons_of(codes: Iterable[str]) -> list[ReviewReason]:
    """The reasons behind codes; a code that is no longer published is left out."""
    known = BY_CODE | OF_CERTIFICATES
    return [known[code] for code in codes if code in known]
