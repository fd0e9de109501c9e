"""Advice given before the offence: how often it was heeded."""

from __future__ import annotations

from django.contrib import admin

from accounts.roles import SUPERVISOR_ROLES
from supervision.models import AdviceRecord
from zcy.admin_site import ReadOnlyAdmin


@admin.register(AdviceRecord)
class AdviceRecordAdmin(ReadOnlyAdmin[AdviceRecord]):
    view_roles = frozenset(SUPERVISOR_ROLES)
    list_display = ("shown_at", "rule", "buyer", "outcome", "text")
    list_filter = ("outcome", "rule")
    list_select_related = ("buyer",)
