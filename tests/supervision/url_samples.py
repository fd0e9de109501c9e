"""Questions to some organisation for the walk over all URLs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from supervision.models import Explanation
from tests.supervision.test_handling import an_assigned_warning
from zcy import clock


def a_question_to(side: str) -> Callable[[], dict[str, Any]]:
    """A question to the buyer or the supplier of a warning."""

    def make() -> dict[str, Any]:
        warning, officer = an_assigned_warning()
        asked = Explanation.objects.create(
            warning=warning,
            organisation=getattr(warning, side),
            question="Why so late, please?",
            asked_by_id=officer.user_id or 0,
            due_at=clock.now() + timedelta(days=7),
        )
        return {"explanation_id": asked.pk}

    return make


SAMPLES: dict[str, Callable[[], dict[str, Any]]] = {
    "buyer_explanation": a_question_to("buyer"),
    "supplier_explanation": a_question_to("supplier"),
}
OPEN_TO_ALL: frozenset[str] = frozenset()
