"""Keep goods in lists: add, note, move, take out; make, name, share and remove lists."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Organisation, User
from catalog.errors import FavouritesRefused
from catalog.models import Favourite, FavouriteList, Good
from zcy.errors import Missing, NotAllowed

MOST_LISTS = 50
MOST_FAVOURITES = 2000
DEFAULT_NAME = "收藏"


def add_favourite(*, actor: Actor, good_id: int, list_id: int | None = None, note: str = "") -> Favourite:
    """Put a good into a list of the actor, by default the first; what is a favourite already stays where it is.

    Raises:
        Missing: no such good, or no such list of the actor.
        FavouritesRefused: the actor has too many.
    """
    with transaction.atomic():
        good = Good.objects.filter(pk=good_id).first()
        if good is None:
            raise Missing
        target = _list_of(actor, list_id) if list_id else _first_list(actor)
        if Favourite.objects.visible_to(actor).count() >= MOST_FAVOURITES:
            raise FavouritesRefused(_("You have 2,000 favourites: take some out first."))
        price = good.lowest_price if good.offers else None
        favourite, _made = Favourite.objects.get_or_create(
            user=actor.user,
            good=good,
            defaults={"list": target, "note": note, "price_then": price, "known_price": price},
        )
    return favourite


def change_favourite(*, actor: Actor, good_id: int, list_id: int, note: str) -> Favourite:
    """Move a favourite to another list of the actor and note something about it.

    Raises:
        Missing: no such favourite or list of the actor.
    """
    with transaction.atomic():
        favourite = Favourite.objects.visible_to(actor).select_for_update().filter(good_id=good_id).first()
        if favourite is None:
            raise Missing
        favourite.list = _list_of(actor, list_id)
        favourite.note = note
        favourite.save(update_fields=["list", "note"])
    return favourite


def remove_favourite(*, actor: Actor, good_id: int) -> bool:
    """Take a good out of the actor's favourites; whether it was one."""
    deleted, _by_model = Favourite.objects.visible_to(actor).filter(good_id=good_id).delete()
    return bool(deleted)


def save_list(*, actor: Actor, name: str, shared: bool, list_id: int | None = None) -> FavouriteList:
    """Make a list, or name and share it anew.

    Raises:
        Missing: no such list of the actor.
        FavouritesRefused: a list of that name exists, or there are too many.
    """
    with transaction.atomic():
        others = FavouriteList.objects.of(actor).exclude(pk=list_id or 0)
        if others.filter(name=name).exists():
            raise FavouritesRefused(_("You have a list of that name already."), field="name")
        if list_id is None:
            if others.count() >= MOST_LISTS:
                raise FavouritesRefused(_("You have 50 lists: remove one first."))
            user, organisation = _who(actor)
            return FavouriteList.objects.create(
                user=user, organisation=organisation, name=name, shared=shared
            )
        found = _list_of(actor, list_id)
        found.name, found.shared = name, shared
        found.save(update_fields=["name", "shared"])
    return found


def remove_list(*, actor: Actor, list_id: int) -> None:
    """Remove a list; its goods go to the actor's first other list, so that nothing is lost.

    Raises:
        Missing: no such list of the actor.
        FavouritesRefused: it is the only one and not empty.
    """
    with transaction.atomic():
        found = _list_of(actor, list_id)
        other = FavouriteList.objects.of(actor).exclude(pk=list_id).order_by("pk").first()
        if other is not None:
            found.favourites.update(list=other)
        elif found.favourites.exists():
            raise FavouritesRefused(_("This is your only list: take the goods out first."))
        found.delete()


def _who(actor: Actor) -> tuple[User, Organisation]:
    if actor.user is None or actor.organisation is None:
        raise NotAllowed
    return actor.user, actor.organisation


def _list_of(actor: Actor, list_id: int) -> FavouriteList:
    found = FavouriteList.objects.of(actor).select_for_update().filter(pk=list_id).first()
    if found is None:
        raise Missing
    return found


def _first_list(actor: Actor) -> FavouriteList:
    found = FavouriteList.objects.of(actor).order_by("pk").first()
    if found is None:
        user, organisation = _who(actor)
        found, _made = FavouriteList.objects.get_or_create(
            user=user, name=DEFAULT_NAME, defaults={"organisation": organisation}
        )
    return found
