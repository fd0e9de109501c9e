"""The nights: what ran, how long, with what result; one part can be run again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zcy import nightly, registries
from zcy.admin_site import SUPERVISION_LEAD, SUPERVISOR, SYSTEM_ADMIN, ReadOnlyAdmin
from zcy.formats import money, number
from zcy.models import NightlyPartRun, NightlyRun, RunState

TONES: Mapping[str, str] = {
    RunState.WAITING: "idle",
    RunState.RUNNING: "info",
    RunState.DONE: "good",
    RunState.FAILED: "serious",
}


@admin.register(NightlyRun)
class NightlyRunAdmin(ReadOnlyAdmin[NightlyRun]):
    view_roles = frozenset([SYSTEM_ADMIN, SUPERVISOR, SUPERVISION_LEAD])
    rerun_roles = frozenset([SYSTEM_ADMIN])
    list_display = ("last", "first", "state", "started_at", "ended_at", "duration", "superseded_at")
    list_filter = ("state",)
    change_form_template = "admin/zcy/nightlyrun/change_form.html"

    @admin.display(description=_("duration"))
    def duration(self, run: NightlyRun) -> str:
        return seconds_between(run.started_at, run.ended_at)

    def get_urls(self) -> list[URLPattern]:
        rerun = path("<int:run_id>/parts/<int:part_id>/rerun/", self.rerun, name="zcy_nightlyrun_rerun")
        return [rerun, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        parts = NightlyPartRun.objects.filter(run_id=int(object_id)) if object_id.isdigit() else ()
        extra = {
            "parts": [describe(part) for part in parts],
            "may_rerun": self._holds(request, self.rerun_roles),
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def rerun(self, request: HttpRequest, run_id: int, part_id: int) -> HttpResponse:
        """Run one part again."""
        answer: HttpResponse = self.admin_site.admin_view(require_POST(self._rerun))(request, run_id, part_id)
        return answer

    def _rerun(self, request: HttpRequest, run_id: int, part_id: int) -> HttpResponse:
        if not self._holds(request, self.rerun_roles):
            return HttpResponse(status=403)
        part = get_object_or_404(NightlyPartRun, pk=part_id, run_id=run_id)
        if nightly.rerun_part(part, actor=request.actor):  # type: ignore[attr-defined]
            messages.success(request, _("The part will run again in a moment."))
        else:
            messages.warning(request, _("The part is running just now."))
        return HttpResponseRedirect(reverse("admin:zcy_nightlyrun_change", args=[run_id]))


def seconds_between(began: Any, ended: Any) -> str:
    """A duration such as 12.3 s, or a dash."""
    return f"{number_format((ended - began).total_seconds(), 1)} s" if began and ended else "–"


def describe(part: NightlyPartRun) -> dict[str, Any]:
    """A part as a row of the page, with its figures in words."""
    known = registries.nightly_parts
    return {
        "part": part,
        "label": known[part.part].label if part.part in known else part.part,
        "tone": TONES[part.state],
        "duration": seconds_between(part.started_at, part.ended_at),
        "figures": list(in_words(part.figures)),
    }


def in_words(figures: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(what, how much) of each figure; a group of {count, value} is told in number and value, others one by one."""
    for name, value in figures.items():
        label = str(registries.figure_words.get(name, name))
        if isinstance(value, bool):
            yield label, str(_("yes") if value else _("no"))
        elif not isinstance(value, Mapping):
            yield label, number(value)
        elif "count" in value:
            yield label, f"{number(value['count'])} · {money(value.get('value', 0))}"
        else:
            yield from in_words(value)
