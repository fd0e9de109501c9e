"""The steps before the first start: a failure is one sentence, and its whole story is kept."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.run.platform import environment
from zcy.embedded.disk import LEAST_SPACE, shortage
from zcy.embedded.errors import EmbeddedError
from zcy.embedded.paths import Layout
from zcy.embedded.state import State
from zcy.embedded.steps import Interrupted, Step, run_steps
from zcy.embedded.supervisor import _demonstration


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path)
    layout.logs.mkdir()
    layout.postgres_data.mkdir()
    (layout.postgres_data / "PG_VERSION").write_text("18\n")
    return layout


def python(code: str) -> Step:
    """A step that runs this code as manage.py runs a command."""
    whole = f"from zcy.embedded.steps import run_briefly\ndef command():\n    {code}\nrun_briefly(command)"
    return Step("test", "trying it", [sys.executable, "-c", whole], "try again")


def run(step: Step, layout: Layout, *, stop: Callable[[], bool] = lambda: False) -> None:
    run_steps([step], layout=layout, environment=environment(), say=lambda _text: None, stop=stop)


def test_what_failed_unexpectedly_is_a_sentence_and_a_file(
    layout: Layout, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(EmbeddedError, match=r"^The step 'trying it' failed .*step\.log\): try again\.$"):
        run(python("1 / 0"), layout)
    assert capfd.readouterr().err == "ZeroDivisionError: division by zero\n"
    assert "Traceback" in (layout.logs / "step.log").read_text()
    assert not State(layout).is_done("test")


def test_what_the_command_itself_explains_needs_no_file(layout: Layout) -> None:
    with pytest.raises(EmbeddedError, match=r"^The step 'trying it' failed: try again\.$"):
        run(python("raise SystemExit('no such file')"), layout)


def test_a_step_that_found_the_disk_full_says_so(layout: Layout) -> None:
    with pytest.raises(EmbeddedError, match=r"^The disk of .* make room"):
        run(python("raise OSError(28, 'No space left on device')"), layout)


def test_a_step_that_is_interrupted_is_not_done(layout: Layout) -> None:
    with pytest.raises(Interrupted):
        run(python("import time; time.sleep(60)"), layout, stop=lambda: True)
    assert not State(layout).is_done("test")


def test_a_step_is_done_once_for_each_input_and_database(layout: Layout) -> None:
    marks = layout.root / "marks"
    step = python(f"open({str(marks)!r}, 'a').write('x')")
    run(step, layout)
    run(step, layout)
    assert marks.read_text() == "x"
    (layout.postgres_data / "PG_VERSION").unlink()
    (layout.postgres_data / "PG_VERSION").write_text("18\n")
    run(step, layout)
    assert marks.read_text() == "xx"


def test_room_enough_is_no_shortage_and_a_folder_to_come_is_judged_by_its_parent(tmp_path: Path) -> None:
    assert shortage(tmp_path / "not" / "yet", "connection refused") == ""
    assert "full" in shortage(tmp_path, "PANIC: No space left on device")
    assert LEAST_SPACE < 1 << 30


@pytest.mark.parametrize(
    ("variables", "loaded"),
    [
        ({}, True),
        ({"ZCY_DEMO": "0"}, False),
        ({"ZCY_DEMO": "off"}, False),
        ({"DATABASE_URL": "postgresql://db/mine"}, False),
        ({"DATABASE_URL": "postgresql://db/mine", "ZCY_DEMO": "1"}, True),
        ({"DATABASE_URL_FILE": "/run/secrets/url"}, False),
    ],
)
def test_the_demonstration_goes_into_a_database_of_yours_only_if_you_say_so(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], loaded: bool
) -> None:
    for name in ("ZCY_DEMO", "DATABASE_URL", "DATABASE_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert _demonstration() is loaded
