"""Files and rows of old imports are removed; what was done stays in their counts, in the audit and in the prices."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from catalog.bulk.limits import DAYS_KEPT
from catalog.models import ImportState, ListingImport, ListingImportRow
from zcy import clock


def clear_old() -> int:
    """Clear imports that ended, or were left in preview, more than 30 days ago; returns how many."""
    before = clock.now() - timedelta(days=DAYS_KEPT)
    old = ListingImport.objects.filter(
        Q(ended_at__lt=before) | Q(state=ImportState.PREVIEW, created_at__lt=before), cleared_at=None
    )
    cleared = 0
    for task in old.order_by("pk").iterator():
        with transaction.atomic():
            ListingImportRow.objects.filter(listing_import=task)._raw_delete("default")
            ListingImport.objects.filter(pk=task.pk, state=ImportState.PREVIEW).update(
                state=ImportState.CANCELLED, ended_at=clock.now()
            )
            ListingImport.objects.filter(pk=task.pk).update(cleared_at=clock.now())
        if task.stored_as:
            default_storage.delete(task.stored_as)
        cleared += 1
    return cleared
