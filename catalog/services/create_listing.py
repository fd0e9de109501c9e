"""A supplier offers a standard good."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.roles import SUPPLIER_ROLES
from catalog.errors import AlreadyListed, ListingRefused
from catalog.models import Good, Listing
from catalog.models.goods import GoodState
from catalog.services.keep_versions import keep_versions
from catalog.services.listing_values import ListingValues
from catalog.transitions import Action
from zcy import audit
from zcy.errors import NotAllowed


def create_listing(*, actor: Actor, good: Good, values: ListingValues) -> Listing:
    """Make a draft, neither on sale nor in review; of a merged good, for the good that has taken its place.

    Raises:
        NotAllowed: the actor acts for no supplier.
        ListingRefused: the values do not fit, or the good is retired.
        AlreadyListed: the supplier offers the good already.
    """
    if not actor.has_role(*SUPPLIER_ROLES) or actor.organisation is None:
        raise NotAllowed
    good = good.merged_into or good
    if good.state != GoodState.ACTIVE:
        raise ListingRefused(_("This standard good is retired: choose its successor."))
    values.check(good)
    # The constraint knows of listings made here; imported ones may stand beside each other, but get no new rival.
    if Listing.objects.filter(good=good, supplier=actor.organisation).not_ended().exists():
        raise AlreadyListed
    listing = Listing(good=good, supplier=actor.organisation)
    values.write_to(listing)
    try:
        with transaction.atomic():
            # Against a merge or a retirement that comes in between.
            now = Good.objects.select_for_update(no_key=True).only("state", "merged_into").get(pk=good.pk)
            if now.state == GoodState.MERGED:
                raise ListingRefused(
                    _("This good was just merged into “%(name)s”: offer that one.")
                    % {"name": now.merged_into}
                )
            if now.state != GoodState.ACTIVE:
                raise ListingRefused(_("This standard good is retired: choose its successor."))
            listing.save()
            listing.delivery_areas.set(values.delivery_areas)
            keep_versions([listing], action=Action.CREATE, actor=actor)
            audit.record(actor=actor, action="listing.created", subject=listing, data={"price": values.price})
    except IntegrityError as error:
        if "supplier_offers_a_good_once" in str(error):
            raise AlreadyListed from error
        raise
    return listing
