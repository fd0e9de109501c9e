"""Background work is a row of the transaction that wants it, and is sent when the transaction has ended.

A request never waits for the broker. While the broker is away the rows wait; a message is delivered at least once, so
every task bears being run twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from zcy import clock
from zcy.models import OutboxMessage

log = structlog.get_logger(__name__)

BATCH: Final = 200
LONGEST_PAUSE: Final = timedelta(hours=1)
AWAY: Final = (BrokerAway, RedisError, OSError)
# In the order of writing; two dispatchers share the work. Rows are removed when sent, not skipped by a position, so a
# transaction that ends late is found late but never missed, and need not hold up the others as it does in the audit.
NEXT: Final = """
    select id from zcy_outboxmessage where due_at <= %s
    order by due_at, transaction_id, id limit %s for update skip locked
"""


def enqueue(
    task: str,
    kwargs: Mapping[str, Any] | None = None,
    *,
    due_at: datetime | None = None,
    key: str | None = None,
) -> None:
    """Ask for a task in the caller's transaction.

    Args:
        task: the name of a Celery task, `app.tasks.name`.
        kwargs: its arguments, as JSON knows them.
        due_at: not before this moment.
        key: while a message of this key waits, another one changes nothing.
    """
    message = OutboxMessage(task=task, kwargs=dict(kwargs or {}), key=key)
    if due_at is not None:
        message.due_at = due_at
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=key is not None)


def dispatch(limit: int = BATCH) -> int:
    """Send what is due to the broker; returns how many messages went.

    A message that cannot be sent stays with its error; while the broker is away the rest is not tried.
    """
    sent = 0
    with transaction.atomic():
        for message in _due(limit):
            try:
                current_app.send_task(
                    message.task, kwargs=message.kwargs, task_id=f"outbox-{message.pk}", retry=False
                )
            except AWAY as error:
                _note(message, error, pause=False)
                log.warning("broker_away", waiting_since=message.created_at.isoformat(), error=str(error))
                break
            except Exception as error:
                log.exception("outbox_message_refused", message=message.pk, task=message.task)
                _note(message, error, pause=True)
                continue
            message.delete()
            sent += 1
    return sent


def work_off(limit: int = BATCH) -> int:
    """Run what is due and visible in this process, in order: for commands in the foreground and for tests.

    Raises:
        Exception: what a task raised; its message and those after it wait.
    """
    current_app.loader.import_default_modules()
    done = 0
    while done < limit:
        with transaction.atomic():
            message = next(iter(_due(1)), None)
            if message is None:
                return done
            message.delete()
            current_app.tasks[message.task].apply(kwargs=message.kwargs, throw=True)
        done += 1
    return done


def _due(limit: int) -> list[OutboxMessage]:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [clock.now(), limit])
        wanted = [row[0] for row in cursor.fetchall()]
    found = OutboxMessage.objects.in_bulk(wanted)
    return [found[pk] for pk in wanted]


def _note(message: OutboxMessage, error: Exception, *, pause: bool) -> None:
    message.attempts += 1
    message.last_error = f"{type(error).__name__}: {error}"[:2000]
    if pause:
        message.due_at = clock.now() + min(timedelta(seconds=2 ** min(message.attempts, 20)), LONGEST_PAUSE)
    message.save(update_fields=["attempts", "last_error", "due_at"])
