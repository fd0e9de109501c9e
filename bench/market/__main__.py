"""`python -m bench.market SIZE DIR [--seed N] [--end DATE] [--sigma X] [--gzip]`: writes a market as CSV files."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from bench.market.build import build
from bench.market.sizes import DEFAULT_END, SIZES, Settings

CHINA = timezone(timedelta(hours=8))


def _date(text: str) -> date:
    if text == "yesterday":
        return datetime.now(CHINA).date() - timedelta(days=1)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a date such as 2026-10-31 nor yesterday"
        ) from None


def _sigma(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 < value <= 0.5:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number over 0 and up to 0.5, such as 0.06")
    return value


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    found = argparse.ArgumentParser(
        prog="python -m bench.market", description="Write a synthetic market as CSV files."
    )
    found.add_argument("size", choices=sorted(SIZES), help="size of performance.md")
    found.add_argument("folder", type=Path, help="folder to write into; made if it is not there")
    found.add_argument(
        "--seed", type=int, default=20, help="equal seeds and arguments give equal bytes (default 20)"
    )
    found.add_argument(
        "--end",
        type=_date,
        default=DEFAULT_END,
        help=f"last day of the 24 months, or yesterday (default {DEFAULT_END})",
    )
    found.add_argument(
        "--sigma", type=_sigma, default=0.06, help="spread of prices of one good (default 0.06)"
    )
    found.add_argument("--gzip", action="store_true", help="write .csv.gz")
    return found


def main() -> int:
    """Write the market and say what it holds."""
    arguments = parser().parse_args()
    if arguments.folder.exists() and not arguments.folder.is_dir():
        print(f"{arguments.folder} is a file: name a folder", file=sys.stderr)
        return 2
    settings = Settings(SIZES[arguments.size], arguments.seed, arguments.end, arguments.sigma)
    show = sys.stderr.isatty()

    def progress(done: int, whole: int) -> None:
        if show and (done % 20 == 0 or done == whole):
            print(f"\r{done * 100 // whole:3d}% ", end="", file=sys.stderr, flush=True)

    begin = time.monotonic()
    try:
        counts = build(settings, arguments.folder, compress=arguments.gzip, progress=progress)
    except OSError as error:
        print(
            f"{error.filename or arguments.folder} could not be written: {error.strerror}; make room there, or name "
            "another folder",
            file=sys.stderr,
        )
        return 1
    if show:
        print(file=sys.stderr)
    rows = sum(counts.values())
    print(
        f"{arguments.folder}: market {arguments.size}, {counts['orders']} orders, {counts['order_lines']} lines, "
        f"{rows} rows, {time.monotonic() - begin:.1f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
