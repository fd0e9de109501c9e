"""What the catalog refuses, in words that the user can act on."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from zcy.errors import Conflict, DomainError

if TYPE_CHECKING:
    from catalog.text_doubts import TextDoubt


class ListingRefused(DomainError):
    """The values of a listing do not fit."""

    code = "listing_refused"


class AlreadyListed(DomainError):
    """The supplier offers the good already."""

    status = 409
    code = "already_listed"
    message = _("You offer this good already. Edit that listing instead.")


class ListingChanged(Conflict):
    """A newer edit came between."""

    code = "listing_changed"
    message = _(
        "Somebody changed this listing while you were editing. Compare with the new values and save again."
    )


class WrongState(DomainError):
    """The listing's state does not permit the act."""

    status = 409
    code = "wrong_state"


class OutOfStock(DomainError):
    """Less is left than was asked for.

    Attributes:
        left: listing id → quantity that is left, for each listing that has too little.
    """

    status = 409
    code = "out_of_stock"

    def __init__(self, left: dict[int, Decimal], names: dict[int, str]) -> None:
        self.left = left
        super().__init__(
            " ".join(
                translate("Only %(left)s left of %(name)s: reduce the quantity or choose another supplier.")
                % {"left": plain(quantity), "name": names.get(listing, str(listing))}
                for listing, quantity in left.items()
            )
        )


def plain(quantity: Decimal) -> str:
    """A quantity without needless zeros: 3, 2.5."""
    return f"{quantity.normalize():f}"


class MendRefused(DomainError):
    """Some of many listings cannot be changed as asked; `refused` says of each what is wrong. None was changed."""

    status = 409
    code = "mend_refused"

    def __init__(self, refused: dict[int, str]) -> None:
        self.refused = refused
        super().__init__(
            translate("Nothing was changed: %(n)s of the listings cannot be changed so. See beside each.")
            % {"n": len(refused)}
        )


class StoreRefused(DomainError):
    """What was typed or chosen for a storefront does not fit."""

    code = "store_refused"


class StoreTextRefused(StoreRefused):
    """A text of a storefront says what is forbidden; `doubts` names each piece with its reason."""

    code = "store_text_refused"

    def __init__(self, doubts: Sequence[TextDoubt]) -> None:
        self.doubts = list(doubts)
        super().__init__(
            " ".join(
                translate("“%(saw)s”: %(reason)s. %(remedy)s")
                % {"saw": doubt.saw, "reason": doubt.reason.title, "remedy": doubt.reason.remedy}
                for doubt in self.doubts
            )
        )


class BadCategoryFile(DomainError):
    """A file of categories or attributes cannot be read; the message names file, line and what is wrong."""

    code = "bad_category_file"


class GoodRefused(DomainError):
    """The values of a standard good, or what is to become of it, do not fit."""

    code = "good_refused"


class GoodChanged(Conflict):
    """A newer edit of a standard good came between."""

    code = "good_changed"
    message = _("Somebody changed this standard good in the meantime. Look at it anew and decide again.")


class ProposalRefused(DomainError):
    """A proposed good cannot be taken like this."""

    code = "proposal_refused"


class ProposalChanged(Conflict):
    """Somebody decided about the proposal, or changed it, in the meantime."""

    code = "proposal_changed"
    message = _("This proposal has changed in the meantime. Look at it anew and decide again.")


class FavouritesRefused(DomainError):
    """A list of favourites cannot be so."""

    code = "favourites_refused"


class SearchRefused(DomainError):
    """A saved search or a demand cannot be so."""

    code = "search_refused"
