"""Save a search under a name, and tell its person of goods that came on offer since, at most once a day."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Notice
from catalog.errors import SearchRefused
from catalog.models import SavedSearch
from catalog.search.conditions import conditions
from catalog.search.filters import Filters, read_filters
from zcy import clock
from zcy.errors import NotAllowed

MOST_SAVED: Final = 100
BATCH: Final = 50
MOST_COUNTED: Final = 100
# What a transaction that is still open has put on offer is found next time.
MARGIN: Final = "10 minutes"


def save_search(*, actor: Actor, name: str, address: str) -> SavedSearch:
    """Save a search; new goods are those that come on offer from now on.

    Raises:
        NotAllowed: nobody has signed in.
        SearchRefused: it asks for nothing, its name is taken, or there are too many.
    """
    if actor.user is None:
        raise NotAllowed
    filters = read_filters(QueryDict(address.lstrip("?")))
    if filters.errors or not (filters.q or filters.narrows):
        raise SearchRefused(_("This search asks for nothing: type words or choose a filter first."))
    with transaction.atomic():
        own = SavedSearch.objects.visible_to(actor)
        if own.filter(name=name).exists():
            raise SearchRefused(_("You have a saved search of that name already."), field="name")
        if own.count() >= MOST_SAVED:
            raise SearchRefused(_("You have 100 saved searches: remove one first."))
        plain = filters.changed(sort="relevance", size=24)
        return SavedSearch.objects.create(user=actor.user, name=name, address=plain.address()[1:])


def tell_of_new_goods() -> int:
    """Look through all saved searches that may tell something today; a second run on a day tells nothing twice.

    Returns:
        how many people were told.
    """
    told = last = 0
    today = clock.today()
    while True:
        with transaction.atomic():
            due = SavedSearch.objects.filter(tell=True, user__is_active=True, pk__gt=last).exclude(
                told_on=today
            )
            batch = list(due.order_by("pk").select_for_update(of=("self",), skip_locked=True)[:BATCH])
            if not batch:
                return told
            last = batch[-1].pk
            found = _new_goods(batch)
            notices = [_notice(search, *found[search.pk]) for search in batch if found[search.pk][0]]
            Notice.objects.bulk_create(notices, ignore_conflicts=True)
            _move_on([search.pk for search in batch], [search.pk for search in batch if found[search.pk][0]])
            told += len(notices)


def filters_of(search: SavedSearch) -> Filters:
    """What a saved search asks for; categories or regions that are gone are left out."""
    return read_filters(QueryDict(search.address))


def _new_goods(batch: list[SavedSearch]) -> dict[int, tuple[int, str]]:
    """Search → (number of new goods, name of the newest), in one statement."""
    parts: list[str] = []
    params: list[Any] = []
    for search in batch:
        filters = filters_of(search)
        wanted = conditions(filters)
        if filters.errors:
            wanted.add("false")  # without one of its filters it would tell of what nobody asked for
        parts.append(
            f"""SELECT %s::bigint, count(*), (array_agg(n.name ORDER BY n.offered_at DESC))[1] FROM (
                    SELECT g.name, g.offered_at FROM catalog_good g
                     WHERE g.offered_at > %s AND g.offered_at <= now() - '{MARGIN}'::interval AND {wanted.where}
                     LIMIT {MOST_COUNTED}) AS n"""
        )
        params += [search.pk, search.checked_at, *wanted.params]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return {pk: (count, name or "") for pk, count, name in cursor.fetchall()}


def _move_on(looked_through: list[int], told: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE catalog_savedsearch
                   SET checked_at = greatest(checked_at, now() - '{MARGIN}'::interval),
                       told_on = CASE WHEN id = ANY(%s) THEN %s::date ELSE told_on END
                 WHERE id = ANY(%s)""",
            [told, clock.today(), looked_through],
        )


def _notice(search: SavedSearch, count: int, newest: str) -> Notice:
    return Notice(
        user_id=search.user_id,
        kind="saved_search_found",
        data={"name": search.name, "count": count, "good": newest},
        url=f"/search/?{search.address}"[:300],
        key=f"saved-search-{search.pk}-{clock.today():%Y%m%d}",
    )
