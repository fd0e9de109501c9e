"""The audit, for the audit administrator alone."""

from __future__ import annotations

from django.contrib import admin

from zcy.admin_site import AUDITOR, ReadOnlyAdmin
from zcy.models import AuditEntry, AuditSeal, Document


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin[AuditEntry]):
    view_roles = frozenset([AUDITOR])
    list_display = ("at", "action", "actor_name", "region_code", "subject_type", "subject_id", "ip")
    list_filter = ("region_code",)
    search_fields = ("=action", "actor_name", "=subject_id", "=request_id")
    date_hierarchy = "at"
    ordering = ("-id",)


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin[AuditSeal]):
    view_roles = frozenset([AUDITOR])
    list_display = ("id", "at", "count", "from_transaction", "to_transaction", "hash")
    ordering = ("-id",)


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin[Document]):
    view_roles = frozenset([AUDITOR])
    list_display = ("issued_at", "kind", "number", "code", "sm3")
    search_fields = ("=code", "=number")
    ordering = ("-id",)
