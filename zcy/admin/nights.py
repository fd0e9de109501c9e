"""The nights: what ran, how long, with what result; one part can be run again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

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
# The figures by which a rule says what it found.
OUTCOMES: Final = ("flagged", "clear", "not_evaluable")


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
        parts = list(NightlyPartRun.objects.filter(run_id=int(object_id))) if object_id.isdigit() else []
        extra = {
            "outcomes": outcomes(parts),
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


@dataclass(frozen=True)
class Share:
    """A number of subjects and what they are worth in yuan."""

    count: int = 0
    value: Decimal = Decimal(0)

    def plus(self, told: Mapping[str, Any]) -> Share:
        """With the figures of one more shard added."""
        return Share(self.count + int(told["count"]), self.value + Decimal(told["value"]))


@dataclass
class OutcomeRow:
    """What one rule found: subjects by outcome, and why some could not be judged."""

    label: str
    flagged: Share = Share()
    clear: Share = Share()
    not_evaluable: Share = Share()
    reasons: dict[str, Share] = field(default_factory=dict)


def outcomes(parts: Iterable[NightlyPartRun]) -> list[OutcomeRow]:
    """One row for each rule, its shards added up."""
    rows: dict[str, OutcomeRow] = {}
    for part in parts:
        if not all(name in part.figures for name in OUTCOMES):
            continue
        row = rows.setdefault(part.part, OutcomeRow(label_of(part)))
        for name in OUTCOMES:
            setattr(row, name, getattr(row, name).plus(part.figures[name]))
        for name, told in part.figures.get("reasons", {}).items():
            word = str(registries.figure_words.get(name, name))
            row.reasons[word] = row.reasons.get(word, Share()).plus(told)
    return list(rows.values())


def label_of(part: NightlyPartRun) -> str:
    """What people call the part; its name where this release no longer has it."""
    known = registries.nightly_parts
    return str(known[part.part].label if part.part in known else part.part)


def describe(part: NightlyPartRun) -> dict[str, Any]:
    """A part as a row of the page, with its figures in words."""
    return {
        "part": part,
        "label": label_of(part),
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
