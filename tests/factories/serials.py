"""What makes things of a test different from each other."""

from __future__ import annotations

import itertools
import uuid

serial = itertools.count(1)


def a_key() -> str:
    """A fresh idempotency key."""
    return uuid.uuid4().hex
