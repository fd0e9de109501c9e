"""The audit: written plain, sealed in order, verifiable."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from tests.factories.accounts import an_actor
from zcy import audit
from zcy.models import AuditEntry, AuditSeal

pytestmark = pytest.mark.django_db(transaction=True)


def sealed() -> AuditSeal:
    """Seal as the periodic task does; autovacuum may be writing to this database for a moment."""
    for _try in range(200):
        if seal := audit.seal():
            return seal
        time.sleep(0.05)
    raise AssertionError("nothing was sealed within ten seconds")


def test_an_entry_tells_who_for_whom_and_what():
    actor = an_actor("purchaser")
    entry = audit.record(
        actor=actor,
        action="order.submitted",
        subject=actor.organisation,
        data={"total": Decimal("1.20"), "on": date(2026, 1, 2)},
    )
    assert (entry.actor_id, entry.organisation_id, entry.region_code) == (
        actor.user_id,
        actor.organisation_id,
        "330106",
    )
    assert entry.subject_type == "accounts.organisation"
    assert entry.data == {"total": "1.20", "on": "2026-01-02"}


def test_sealing_covers_everything_once_and_the_chain_verifies():
    for number in range(3):
        audit.record(actor=None, action=f"a.{number}")
    first = sealed()
    assert audit.seal() is None
    audit.record(actor=None, action="a.3")
    second = sealed()
    assert (second.count, second.previous_hash) == (1, first.hash)
    assert audit.verify() == audit.Verification(seals=AuditSeal.objects.count(), entries=4)


def test_an_entry_of_a_running_transaction_waits_for_the_next_seal():
    audit.record(actor=None, action="before")
    with connection.copy().cursor() as other:
        other.execute("begin")
        other.execute(
            "insert into zcy_auditentry (action, data, actor_name, region_code, subject_type, subject_id, request_id)"
            " values ('slow', '{}', '', '', '', '', '')"
        )
        audit.record(actor=None, action="after")
        seal = sealed()
        assert (seal.count, AuditSeal.objects.count()) == (1, 1)
        other.execute("commit")
        other.connection.close()
    assert sealed().count == 2
    assert sum(AuditSeal.objects.values_list("count", flat=True)) == 3
    assert audit.verify().intact


def test_a_transaction_of_another_database_holds_no_seal_up():
    elsewhere = connection.copy()
    elsewhere.settings_dict = elsewhere.settings_dict | {"NAME": "postgres"}
    with elsewhere.cursor() as other:
        other.execute("begin")
        other.execute("select pg_current_xact_id()")
        audit.record(actor=None, action="meanwhile")
        assert sealed().count == 1
        other.execute("rollback")
    elsewhere.close()


def test_the_database_refuses_to_change_or_delete_an_entry():
    entry = audit.record(actor=None, action="a")
    for change in (lambda: AuditEntry.objects.filter(pk=entry.pk).update(action="b"), entry.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("tampering", "verdict"),
    [
        ("update zcy_auditentry set actor_name = 'someone else' where action = 'a.1'", "was changed"),
        ("delete from zcy_auditentry where action = 'a.1'", "instead of"),
        ("update zcy_auditseal set previous_hash = repeat('1', 64)", "does not continue"),
    ],
)
def test_verification_names_the_first_broken_link(tampering: str, verdict: str):
    for number in range(3):
        audit.record(actor=None, action=f"a.{number}")
    sealed()
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")  # as somebody who owns the database could
        cursor.execute(tampering)
        cursor.execute("set session_replication_role = origin")
    with pytest.raises(CommandError, match=f"seal [0-9]+.*{verdict}"):
        call_command("verify_audit")
