"""Work waits in the database until the broker has it."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from celery import current_app
from django.db import connection, transaction
from kombu.connection import ConnectionPool
from kombu.pools import ProducerPool

from zcy import clock, outbox
from zcy.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)
TASK = "zcy.tasks.seal_audit"


def queue_length() -> int:
    with current_app.connection_for_read() as broker:
        return int(broker.default_channel.client.llen("celery"))  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _empty_queue():
    with current_app.connection_for_write() as broker:
        broker.default_channel.client.delete("celery")  # type: ignore[attr-defined]
    yield


def test_a_message_of_a_transaction_that_failed_is_never_sent():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.enqueue(TASK)
        raise ZeroDivisionError
    assert outbox.dispatch() == 0


def test_what_is_due_goes_to_the_broker_and_leaves_the_table():
    outbox.enqueue(TASK)
    outbox.enqueue(TASK, due_at=clock.now() + timedelta(hours=1))
    assert outbox.dispatch() == 1
    assert queue_length() == 1
    assert OutboxMessage.objects.count() == 1


def test_the_same_key_waits_once():
    outbox.enqueue(TASK, key="one")
    outbox.enqueue(TASK, key="one")
    assert OutboxMessage.objects.count() == 1


def test_while_the_broker_is_away_messages_wait_with_the_error():
    outbox.enqueue(TASK)
    outbox.enqueue(TASK)
    with patch.object(
        current_app.amqp, "_producer_pool", _pool(current_app.connection_for_write("redis://127.0.0.1:1/0"))
    ):
        assert outbox.dispatch() == 0
    waiting = list(OutboxMessage.objects.order_by("id"))
    assert len(waiting) == 2
    assert waiting[0].attempts == 1
    assert waiting[0].last_error
    assert outbox.dispatch() == 2


def _pool(away):
    return ProducerPool(ConnectionPool(away, limit=1), limit=1)


def test_two_dispatchers_share_the_work():
    for _number in range(4):
        outbox.enqueue(TASK)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute(outbox.NEXT, [clock.now(), 2])
        assert len(cursor.fetchall()) == 2
        assert outbox.dispatch() == 2
        cursor.execute("rollback")
    other.close()
    assert outbox.dispatch() == 2


def test_a_message_that_cannot_be_sent_pauses_and_lets_the_others_go():
    OutboxMessage.objects.create(task="", kwargs={})
    outbox.enqueue(TASK)
    with patch.object(current_app, "send_task", side_effect=_refuses_nameless(current_app.send_task)):
        assert outbox.dispatch() == 1
    bad = OutboxMessage.objects.get()
    assert "nameless" in bad.last_error
    assert bad.due_at > clock.now()


def _refuses_nameless(send):
    def sender(name, **options):
        if not name:
            raise ValueError("nameless")
        return send(name, **options)

    return sender


def test_in_the_foreground_the_tasks_run_here():
    outbox.enqueue(TASK)
    assert outbox.work_off() == 1
    assert not OutboxMessage.objects.exists()
