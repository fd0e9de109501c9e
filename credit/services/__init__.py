"""The write side of credit: one use case a file."""

from credit.services.decide_bonus import decide_bonus, propose_bonus
from credit.services.record_event import mark_remedied, record_deduction
from credit.services.reverse_event import reverse_event

__all__ = ["decide_bonus", "mark_remedied", "propose_bonus", "record_deduction", "reverse_event"]
