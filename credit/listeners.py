"""What supervision has upheld becomes a deduction, where the conduct was the supplier's own."""

from __future__ import annotations

from typing import Any, Final

from credit.models import Severity
from credit.services.record_event import record_deduction
from supervision.models import Warning
from supervision.vocabulary import Verdict

# Rules about what a supplier did. Split orders and late payment are the buyer's, and cost no supplier points.
RULES_ABOUT_SUPPLIERS: Final = frozenset({"price-above-peer", "late-delivery"})
DEGREES: Final = {1: Severity.MINOR, 2: Severity.GENERAL, 3: Severity.MAJOR}


def deduct_for_upheld_warning(*, warning: Warning, actor: Any = None, **signal: Any) -> None:
    """Receiver of `supervision.signals.warning_verified`."""
    if warning.verdict != Verdict.UPHELD or warning.rule.slug not in RULES_ABOUT_SUPPLIERS:
        return
    if warning.supplier_id is None:
        return
    record_deduction(
        actor=actor,
        supplier_id=warning.supplier_id,
        severity=DEGREES[warning.severity],
        source=f"warning:{warning.pk}",
        reason=warning.decision_text,
        order_id=warning.order_id,
    )
