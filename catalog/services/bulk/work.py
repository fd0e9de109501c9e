"""What a worker does with an import, and what brings imports to a worker that have lost theirs."""

from __future__ import annotations

from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actor import Actor, actor_of
from accounts.roles import SUPPLIER_ROLES
from catalog.bulk.errors import BadFile
from catalog.models import ImportState, ListingImport
from catalog.models.bulk import WORKING
from catalog.notices.bulk import tell_importer
from catalog.services.bulk._own import send
from catalog.services.bulk.apply import Conflicted, apply
from catalog.services.bulk.hand import DEAD_AFTER, Cancelled, Hand, Lost, sign_of_life, take
from catalog.services.bulk.prepare import prepare
from catalog.services.bulk.rows import count_rows
from zcy import clock

log = structlog.get_logger(__name__)

MOST_ATTEMPTS: Final = 5


def work(import_id: int) -> bool:
    """Read an import, or write it once it is confirmed; False where somebody else has it or there is nothing to do."""
    hand = take(import_id)
    if hand is None:
        return False
    task = ListingImport.objects.select_related("category", "rule", "confirmed_by", "supplier").get(
        pk=import_id
    )
    with override(task.language):
        try:
            with sign_of_life(hand):
                _work(task, hand)
        except Lost:
            return False
        except Cancelled:
            _stop(hand, ImportState.CANCELLED, "")
        except BadFile as error:
            _stop(hand, ImportState.FAILED, str(error))
        except Conflicted:
            _stop(
                hand,
                ImportState.FAILED,
                _(
                    "Some listings have changed since the preview, so nothing was written. Check the file again."
                ),
            )
        except Exception:
            log.exception("listing_import_failed", listing_import=import_id)
            _stop(
                hand,
                ImportState.FAILED,
                _(
                    "An error of ours has stopped this import. Nothing is half-done: go on with it, or ask the operator."
                ),
            )
        _tell(import_id)
    return True


def _work(task: ListingImport, hand: Hand) -> None:
    if task.state != ImportState.APPLYING:
        prepare(task, hand)
        return
    actor = _actor(task)
    if actor is None:
        raise BadFile(
            _("Who confirmed this no longer works for the supplier. Somebody else may go on with it.")
        )
    apply(task, hand, actor)


def _actor(task: ListingImport) -> Actor | None:
    """Who has confirmed, if that person still works for the supplier."""
    if task.confirmed_by is None:
        return None
    actor = actor_of(task.confirmed_by, task.supplier_id)
    mine = actor.organisation_id == task.supplier_id and actor.has_role(*SUPPLIER_ROLES)
    return actor if mine else None


def _stop(hand: Hand, state: ImportState, message: str) -> None:
    with transaction.atomic():
        count_rows(hand.import_id)
        hand.mine.update(state=state, message=message, ended_at=clock.now(), worker="", cancel_asked=False)


def _tell(import_id: int) -> None:
    with transaction.atomic():
        tell_importer(ListingImport.objects.select_related("created_by", "supplier").get(pk=import_id))


def watch() -> int:
    """Ask again for imports whose worker is dead or whose message was lost; returns how many."""
    late = clock.now() - DEAD_AFTER
    silent = Q(heartbeat_at__lt=late) | Q(heartbeat_at=None, created_at__lt=late)
    sent = 0
    for task in ListingImport.objects.filter(silent, state__in=WORKING).order_by("pk")[:100]:
        with transaction.atomic():
            if task.attempts >= MOST_ATTEMPTS:
                with override(task.language):
                    message = _("Workers have died over this import several times. Ask the operator.")
                ListingImport.objects.filter(pk=task.pk, attempts=task.attempts).update(
                    state=ImportState.FAILED, message=message, ended_at=clock.now(), worker=""
                )
                continue
            send(task)
            sent += 1
    return sent
