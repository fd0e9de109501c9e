"""Notices: an app registers a kind with its text; an event notifies each person once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Delegation, Membership, Notice, Organisation, User
from zcy import audit, clock
from zcy.registries import Registry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from accounts.actor import Actor

    Text = str | _StrPromise

UNKNOWN: Final = _("News")
LONGEST_LIST: Final = 10_000


@dataclass(frozen=True)
class NoticeKind:
    """What a notice says: a text with named places such as `%(number)s`, filled from the notice's data."""

    name: str
    text: Text
    tone: str = "info"


kinds: Registry[NoticeKind] = Registry("notice kinds")


def notify(
    to: Iterable[User | int] | tuple[Organisation, str | Iterable[str]],
    kind: str,
    *,
    data: Mapping[str, Any] | None = None,
    url: str = "",
    key: str,
    organisation: Organisation | None = None,
) -> int:
    """Tell people that something has happened, in the caller's transaction.

    Args:
        to: people (or their ids), or (organisation, role or roles): everybody who holds a role there, and who
            stands in for them.
        kind: a registered kind.
        data: what its text names.
        url: where the person can act.
        key: of the event: the same key notifies a person once.
        organisation: for which the person will have to act; taken from `to` where that names one.

    Returns:
        How many people are told who were not told before.

    Raises:
        KeyError: nobody registered the kind.
    """
    kinds[kind]
    if isinstance(to, tuple) and len(to) == 2 and isinstance(to[0], Organisation):
        organisation = to[0]
        roles = [to[1]] if isinstance(to[1], str) else list(to[1])
        held = Membership.objects.filter(organisation=organisation, role__in=roles, user__is_active=True)
        deputies = Delegation.objects.running().filter(organisation=organisation, roles__overlap=roles)
        people = set(
            held.values_list("user_id", flat=True).union(deputies.values_list("deputy_id", flat=True))
        )
    else:
        people = {person.pk if isinstance(person, User) else int(person) for person in to}
    known = set(Notice.objects.filter(key=key, user_id__in=people).values_list("user_id", flat=True))
    Notice.objects.bulk_create(
        [
            Notice(
                user_id=person,
                organisation=organisation,
                kind=kind,
                data=audit.plain(data or {}),
                url=url,
                key=key,
            )
            for person in sorted(people - known)
        ],
        ignore_conflicts=True,
    )
    return len(people - known)


def text_of(notice: Notice) -> str:
    """The sentence in the reader's language; a kind that no app knows any more says so little."""
    if notice.kind not in kinds:
        return str(UNKNOWN)
    try:
        text: str = str(kinds[notice.kind].text) % notice.data
        return text
    except (KeyError, TypeError, ValueError):
        return str(kinds[notice.kind].text)


def tone_of(notice: Notice) -> str:
    """The tone of the kind."""
    return kinds[notice.kind].tone if notice.kind in kinds else "idle"


def mark_read(*, actor: Actor, notices: QuerySet[Notice]) -> int:
    """Mark the actor's own notices among these as read."""
    return notices.filter(user_id=actor.user_id or 0, read_at=None).update(read_at=clock.now())


def unread_count_sql(actor: Any) -> tuple[str, list[Any]]:
    """The number in the header."""
    return "select count(*) from accounts_notice where user_id = %s and read_at is null", [actor.user_id]
