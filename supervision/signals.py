"""What supervision announces, after the facts are in the transaction."""

from __future__ import annotations

from django.dispatch import Signal

# sender=Warning; warning, actor. The verdict stands in the warning.
warning_verified = Signal()
