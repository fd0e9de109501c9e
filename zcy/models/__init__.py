"""What every app may rest on: audit, outbox, nights, calendar, numbers, documents. People are known by id only."""

from zcy.models.append_only import append_only_triggers
from zcy.models.audit import AuditEntry, AuditSeal
from zcy.models.calendar import DayKind, Holiday, Outage, Workday
from zcy.models.documents import Document, Withdrawal
from zcy.models.nights import NightlyPartRun, NightlyRun, RunState
from zcy.models.outbox import OutboxMessage

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "DayKind",
    "Document",
    "Holiday",
    "NightlyPartRun",
    "NightlyRun",
    "Outage",
    "OutboxMessage",
    "RunState",
    "Withdrawal",
    "Workday",
    "append_only_triggers",
]
