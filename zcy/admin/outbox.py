"""Background work that waits."""

from __future__ import annotations

from django.contrib import admin

from zcy.admin_site import SYSTEM_ADMIN, ReadOnlyAdmin
from zcy.models import OutboxMessage


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin[OutboxMessage]):
    view_roles = frozenset([SYSTEM_ADMIN])
    list_display = ("id", "created_at", "due_at", "task", "key", "attempts", "last_error")
    search_fields = ("task", "key")
    ordering = ("due_at", "id")
