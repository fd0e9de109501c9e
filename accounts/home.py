"""What the operator's staff find on their home page about organisations and sign-ins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, SignIn
from accounts.models.people import SignInResult
from zcy import clock
from zcy.registries import Tile, TodoItem

if TYPE_CHECKING:
    from accounts.actor import Actor

LICENCE_DAYS: Final = 60
SIGN_IN_DAYS: Final = 7
ORGANISATIONS: Final = "/admin/accounts/organisation/"
SIGN_INS: Final = "/admin/accounts/signin/"


def licences_ending(organisations: QuerySet[Organisation], days: int) -> QuerySet[Organisation]:
    """Active organisations whose licence ends before this many days from today are over."""
    return organisations.filter(active=True, licence_expires_on__lt=clock.today() + timedelta(days=days))


def licences(_actor: Actor) -> Iterable[TodoItem]:
    """Licences that the onboarding staff should ask to be renewed."""
    ending = licences_ending(Organisation.objects.all(), LICENCE_DAYS)
    soonest = ending.order_by("licence_expires_on").values_list("licence_expires_on", flat=True).first()
    if soonest:
        yield TodoItem(
            label=_("Licences that have expired or will within 60 days"),
            count=ending.count(),
            url=f"{ORGANISATIONS}?licence=ending",
            action=_("Look"),
            due=clock.start_of(soonest),
            tone="serious" if soonest < clock.today() else "watch",
        )


def sign_ins(_actor: Actor) -> Mapping[str, Any]:
    """The sign-ins of the last week by result, each leading to its lines."""
    since = clock.start_of(clock.today() - timedelta(days=SIGN_IN_DAYS - 1))
    found = dict(
        SignIn.objects.filter(at__gte=since).order_by().values_list("result").annotate(n=Count("id"))
    )
    tiles = [
        Tile(label, found.get(value, 0), href=f"{SIGN_INS}?result__exact={value}")
        for value, label in SignInResult.choices
    ]
    return {"title": _("Sign-ins of the last 7 days"), "tiles": tiles}
