"""The frame's pages of the administration."""

from zcy.admin import audit, calendar, nights, outbox

__all__ = ["audit", "calendar", "nights", "outbox"]
