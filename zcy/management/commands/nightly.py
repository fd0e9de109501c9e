"""`manage.py nightly`: the night in the foreground."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from tqdm import tqdm

from zcy import clock, nightly, registries
from zcy.models import NightlyPartRun, NightlyRun, RunState


class Command(BaseCommand):
    help = "Compute price statistics, rules and credit as of the end of a day; without a date, of yesterday."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of", metavar="DATE", help="the night, such as 2026-11-23; missed nights are caught up"
        )
        parser.add_argument("--from", dest="start", metavar="DATE", help="run every night from this one …")
        parser.add_argument("--to", dest="end", metavar="DATE", help="… to this one")
        parser.add_argument(
            "--jobs", type=int, default=0, help="parts that run side by side (default: one per core)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        nights = _nights(options)
        jobs = options["jobs"] or (1 if connection.in_atomic_block else min(os.cpu_count() or 1, 8))
        quiet = options["verbosity"] == 0
        for night in nights:
            run = nightly.plan(night, again=True)
            self._run(run, jobs, quiet)
        if not quiet:
            self.stdout.write(f"nights up to {nights[-1]} are done")

    def _run(self, run: NightlyRun, jobs: int, quiet: bool) -> None:
        with tqdm(
            total=run.parts.count(), desc=f"night {run.last}", unit="part", disable=quiet or None
        ) as bar:

            def ended(part: NightlyPartRun) -> None:
                bar.set_postfix_str(part.part, refresh=False)
                bar.update()

            done = nightly.run_here(run, jobs=jobs, ended=ended)
        if not done:
            failed = run.parts.filter(state=RunState.FAILED)
            lines = [
                f"{part.part} {part.shard + 1}/{part.shards}: {part.error.splitlines()[0]}" for part in failed
            ]
            raise CommandError(
                f"the night of {run.last} is not done; what is done stays. Run the same command again when this is "
                "mended:\n  " + "\n  ".join(lines or ["a part is being run by another process"])
            )


def _nights(options: dict[str, Any]) -> list[date]:
    as_of, start, end = options["as_of"], options["start"], options["end"]
    if as_of and (start or end):
        raise CommandError("give either --as-of, or --from and --to")
    if bool(start) != bool(end):
        raise CommandError("--from and --to belong together")
    if not registries.nightly_parts:
        raise CommandError("no part of a night is registered")
    if not start:
        return [_date("--as-of", as_of) if as_of else nightly.last_night()]
    first, last = _date("--from", start), _date("--to", end)
    if last < first:
        raise CommandError(f"--to {last} lies before --from {first}")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _date(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{name} {text!r} is no date: write it as 2026-11-23") from None
    if not date(2000, 1, 1) <= day <= clock.today() + timedelta(days=366 * 5):
        raise CommandError(f"{name} {day} is out of range")
    return day
