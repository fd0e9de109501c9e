"""The steps of a night as the frame runs them. Each may be started again at any time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db.models import F, Func, IntegerField

from accounts.models import Organisation
from catalog.services import refresh_goods
from credit import grading
from credit.nightly import complaints, observations, priors, scoring, snapshots
from zcy.models import NightlyRun
from zcy.registries import NightContext

SHARDS: Final = 2


def observe(context: NightContext) -> Mapping[str, Any]:
    """Bring the ledgers up to the night: what orders say, and what was decided about complaints."""
    since = observations.look_from(context.last, month_end=_passes_month_end(context))
    figures = observations.reconcile(
        last=context.last, shard=context.shard, shards=context.shards, since=since
    )
    written = complaints.reconcile(last=context.last, shard=context.shard, shards=context.shards)
    return {**figures, "rows": figures["rows"] + written, "events": written}


def _passes_month_end(context: NightContext) -> bool:
    return next(grading.month_ends(context.first - timedelta(days=1), context.last), None) is not None


def set_priors(context: NightContext) -> Mapping[str, Any]:
    """After a month's end: where everyone starts in the month that follows."""
    run = NightlyRun.objects.filter(pk=context.run_id).first()
    observations.note_progress(
        context.last, observations.newest_import(before=run.started_at if run else None)
    )
    return {"rows": priors.store_missing(context.last, scoring.version_of(context.last))}


def score(context: NightContext) -> Mapping[str, Any]:
    """Score, grade and stand the suppliers of a hash range."""
    suppliers = (
        Organisation.objects.suppliers()
        .annotate(rest=Func(F("id"), context.shards, function="mod", output_field=IntegerField()))
        .filter(rest=context.shard)
        .order_by("id")
    )
    return dict(snapshots.run(list(suppliers.values_list("id", flat=True)), context.last))


def rank(context: NightContext) -> Mapping[str, Any]:
    """Let search know the new ranking factors."""
    return {"rows": refresh_goods()}
