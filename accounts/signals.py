"""What accounts announces; receivers live in the apps that listen."""

from __future__ import annotations

from django.dispatch import Signal

# `suppliers`: ids of those who were suspended, or whose suspension has ended, in the sender's transaction.
suppliers_stopped_or_resumed = Signal()
