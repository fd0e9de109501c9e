"""bench/RESULTS.md: what a run has measured, size by size; a size that was not measured keeps its section."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.load import Figures

ROOT: Final = Path(__file__).resolve().parent.parent
HEAD: Final = """# Measured

Read the ratios: figures of one run on one machine, whose speed drifts, and the load generator shares its cores. Every
measure is taken several times and in turn; given are medians, in brackets the smallest and the largest, and ratios are
medians of the ratios of each round. Pages are asked for as a signed-in purchaser, 40 addresses of each kind in turn. F0: a
constant; F1: a table of 24 rows of one indexed query in a bare template; F1b: the same in the platform's base; Fsql: the
page's own statements alone, through psycopg; Fscan: one sequential scan with an aggregate over the order lines.
"""
PACKAGES: Final = ("Django", "psycopg", "granian", "celery")


@dataclass(frozen=True)
class Result:
    """What one market gave. Times are seconds, one for each run."""

    size: str
    rows: Mapping[str, int]
    postgres: str
    scan_ms: float
    imports: Sequence[float]
    # The night that catches up all history, one ordinary night, and the last night once more.
    nights: Mapping[str, Sequence[float]]
    parts: Mapping[str, float]
    # Name → one set of figures for each round.
    figures: Mapping[str, Sequence[Figures]]
    # The same, while no web process keeps the lists that it has drawn.
    anew: Mapping[str, Sequence[Figures]]
    pages: Mapping[str, Any]
    # Measure of bench/inside.py → what it answered.
    inside: Mapping[str, Any] = field(default_factory=dict)


def write(results: Sequence[Result], *, how: str, path: Path = ROOT / "bench" / "RESULTS.md") -> str:
    """Write the file; sections of sizes that were not measured stay as they are."""
    sections = _sections(path.read_text(encoding="utf-8")) if path.exists() else {}
    for result in results:
        sections[result.size] = _section(result, how)
    text = "\n".join([HEAD, *(sections[size] for size in sorted(sections, key="SEML".index))])
    path.write_text(text, encoding="utf-8")
    return text


def _sections(text: str) -> dict[str, str]:
    parts = re.split(r"^(?=## Market )", text, flags=re.MULTILINE)[1:]
    return {part.split()[2]: part.rstrip() + "\n" for part in parts if part.split()[2] in "SEML"}


def _section(result: Result, how: str) -> str:
    rows = ", ".join(f"{count:,} {name}" for name, count in result.rows.items())
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    lines = [
        f"## Market {result.size} ({rows})",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"PostgreSQL {result.postgres}, {versions}. {how}",
        "",
        "| once or several times | seconds | × Fscan |",
        "|---|---:|---:|",
        f"| Fscan | {result.scan_ms / 1000:.3f} | 1 |",
    ]
    for name, seconds in {"import": result.imports, **result.nights}.items():
        if not seconds:
            continue
        ratio = statistics.median(seconds) * 1000 / result.scan_ms
        lines.append(f"| {name} ({len(seconds)}) | {spread(seconds, 2)} | {ratio:.0f} |")
    if result.parts:
        lines += ["", "| part of the night that catches up | seconds |", "|---|---:|"]
        lines += [f"| {name} | {seconds:.2f} |" for name, seconds in sorted(result.parts.items())]
    if result.figures:
        lines += _table(result, result.figures)
        lines += ["", "The same, every list drawn anew (`KEEP_LISTS=0`):"]
        lines += _table(result, result.anew)
    for name, answer in result.inside.items():
        lines += ["", f"### {name.capitalize()}", "", *tables(answer)]
    return "\n".join(lines) + "\n"


def tables(answer: Any) -> list[str]:
    """An answer of a measure: rows of equal kind as one table, single figures as another, what lies deeper below."""
    if not isinstance(answer, Mapping) or not answer:
        return [_shown(answer) if answer else "Nothing to measure on this market."]
    single = {key: value for key, value in answer.items() if not isinstance(value, Mapping)}
    groups = {key: value for key, value in answer.items() if isinstance(value, Mapping) and value}
    lines: list[str] = []
    if single:
        lines += [
            "| figure | |",
            "|---|---:|",
            *(f"| {key} | {_shown(value)} |" for key, value in single.items()),
        ]
    rows = {
        key: value for key, value in groups.items() if not any(isinstance(v, Mapping) for v in value.values())
    }
    if rows:
        names = list(dict.fromkeys(name for value in rows.values() for name in value))
        lines += ["", f"| | {' | '.join(names)} |", "|---|" + "---:|" * len(names)]
        lines += [
            f"| {key} | {' | '.join(_shown(value.get(name, '')) for name in names)} |"
            for key, value in rows.items()
        ]
    for key, value in groups.items():
        if key not in rows:
            lines += ["", f"{key}:", "", *tables(value)]
    return lines


def _shown(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return spread(value, 3)
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _table(result: Result, figures: Mapping[str, Sequence[Figures]]) -> list[str]:
    lines = [
        "",
        "| page | requests/s | × F1 | CPU web ms | × F1 | CPU database ms | p99 ms | × F1 | KB | statements | Fsql ms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, rounds in figures.items():
        page = result.pages.get(name, {})

        def cell(what: str, digits: int, rounds: Sequence[Figures] = rounds) -> str:
            return spread([getattr(one, what) for one in rounds], digits)

        def ratio(what: str, rounds: Sequence[Figures] = rounds) -> str:
            pairs = zip(rounds, figures["F1"], strict=True)
            return f"{statistics.median(getattr(one, what) / getattr(f1, what) for one, f1 in pairs):.2f}"

        lines.append(
            f"| {name} | {cell('throughput', 0)} | {ratio('throughput')} | {cell('web_cpu', 2)} | {ratio('web_cpu')} |"
            f" {cell('database_cpu', 2)} | {cell('p99', 0)} | {ratio('p99')} |"
            f" {max(one.bytes for one in rounds) / 1024:.0f} |"
            f" {page.get('statements', '')} | {format(page['sql_ms'], '.2f') if page else ''} |"
        )
    return lines


def spread(values: Sequence[float], digits: int) -> str:
    """The median, and in brackets the smallest and the largest where there are several."""
    middle = f"{statistics.median(values):.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def commit() -> str:
    """Which code was measured; with + where it had changes that no commit holds."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout.strip()

    return (git("rev-parse", "--short", "HEAD") or "unknown") + (
        "+" if git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!bench/RESULTS.md") else ""
    )
