"""What can go wrong with the embedded servers, said in one sentence."""

from __future__ import annotations


class EmbeddedError(Exception):
    """A server could not be started; the message says what is wrong and what to do."""
