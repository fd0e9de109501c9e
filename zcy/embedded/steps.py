"""What `make run` does to the database before the platform starts, in order, each step once."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .disk import shortage
from .errors import EmbeddedError
from .paths import PROJECT_ROOT, Layout
from .state import State, code_fingerprint, data_fingerprint, static_fingerprint

# Names the file for what a step did not expect.
FAILURE_LOG = "ZCY_FAILURE_LOG"


class Interrupted(Exception):
    """Somebody asked to stop in the middle of a step."""


@dataclass(frozen=True)
class Step:
    """A command that is run once for each fingerprint of its input."""

    name: str
    doing: str
    command: list[str]
    remedy: str
    fingerprint: Callable[[], str] = str
    # What the command prints is kept in this file and shown at every start.
    keep_output_as: str = ""


def manage(*words: str) -> list[str]:
    """A management command."""
    return [sys.executable, "manage.py", *words]


def preparation() -> list[Step]:
    """Needed by every start."""
    return [
        Step(
            "migrate",
            "bringing the database up to date",
            manage("migrate", "--verbosity", "0"),
            "`make demo-reset` begins with an empty database",
            code_fingerprint,
        ),
        Step(
            "categories",
            "loading the shop's categories",
            manage("load_categories", "--verbosity", "0"),
            "correct the file that it names",
            data_fingerprint,
        ),
        Step(
            "static",
            "collecting the static files",
            manage("collectstatic", "--noinput", "--clear", "--verbosity", "0"),
            "`git status` shows whether one of our files has gone",
            static_fingerprint,
        ),
    ]


def demonstration(layout: Layout) -> list[Step]:
    """The demonstration market and its people, with ZCY_DEMO not 0."""
    market = str(layout.root / "market")
    again = (
        "run make again, or `make demo-reset` to begin anew, or ZCY_DEMO=0 to start without a demonstration"
    )
    return [
        Step(
            "demo:generate",
            "generating the demonstration market",
            [sys.executable, "-m", "bench.market", "S", market, "--end", "yesterday"],
            again,
        ),
        Step(
            "demo:import",
            "importing the demonstration market",
            manage("import_market", market),
            again,
        ),
        Step(
            "demo:nightly",
            "computing the nights of the demonstration market",
            manage("nightly"),
            again,
        ),
        Step(
            "demo:accounts",
            "making the demonstration accounts and the work that waits for them",
            manage("demo_accounts"),
            again,
            keep_output_as="accounts.txt",
        ),
    ]


def run_steps(
    steps: list[Step],
    *,
    layout: Layout,
    environment: dict[str, str],
    say: Callable[[str], None],
    stop: Callable[[], bool],
) -> None:
    """Run those steps that have not been done.

    Raises:
        EmbeddedError: a step failed.
        Interrupted: `stop` became true.
    """
    state = State(layout)
    for step in steps:
        fingerprint = step.fingerprint()
        if state.is_done(step.name, fingerprint):
            continue
        say(f"{step.doing} …")
        _run(step, layout=layout, environment=environment, stop=stop)
        state.remember(step.name, fingerprint)


def _run(step: Step, *, layout: Layout, environment: dict[str, str], stop: Callable[[], bool]) -> None:
    kept = layout.root / step.keep_output_as if step.keep_output_as else None
    failure = layout.logs / "step.log"
    failure.unlink(missing_ok=True)
    output = kept.open("wb") if kept else None
    try:
        process = subprocess.Popen(
            step.command,
            cwd=PROJECT_ROOT,
            # A progress bar is enough for the person who waits; tracebacks go to a file.
            env={"LOG_LEVEL": "WARNING"} | environment | {FAILURE_LOG: str(failure)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            start_new_session=True,
        )
        processes.wait_until(lambda: process.poll() is not None or stop(), seconds=24 * 3600, every=0.05)
        if process.poll() is None:
            processes.end_group(process, patience=10)
            raise Interrupted
    finally:
        if output is not None:
            output.close()
    if process.returncode != 0:
        whole = failure.read_text(encoding="utf-8") if failure.exists() else ""
        where = f" (the whole story is in {failure})" if whole else ""
        raise EmbeddedError(
            shortage(layout.root, whole) or f"The step '{step.doing}' failed{where}: {step.remedy}."
        )


def run_briefly(command: Callable[[], object]) -> None:
    """Run a step's Python; what it did not expect goes to the step's log as a whole and to the person in a line.

    Outside a step an unexpected error shows itself as Python shows it.
    """
    log = os.environ.get(FAILURE_LOG)
    if not log:
        command()
        return
    try:
        command()
    except Exception as error:
        Path(log).write_text(traceback.format_exc(), encoding="utf-8")
        sys.exit(
            f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
        )
