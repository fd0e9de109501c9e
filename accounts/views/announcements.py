"""What regions announce to everyone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Announcement
from zcy.access import public


@public
@require_safe
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """One announcement."""
    found = get_object_or_404(Announcement.objects.published().select_related("region"), pk=pk)
    return render(request, "accounts/announcement.html", {"announcement": found})
