"""manage.py by itself: finds servers or brings its own, and leaves nothing running."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.run.platform import Platform, environment, manage
from zcy.embedded.paths import PROJECT_ROOT
from zcy.embedded.processes import is_alive, wait_until

SELECT_ONE = "from django.db import connection; c = connection.cursor(); c.execute('select 41 + 1'); print(c.fetchone())"


def test_a_command_brings_its_servers_and_takes_them_away(platform: Platform, local: Path) -> None:
    answer = manage("shell", "--no-imports", "-c", SELECT_ONE, local=local)
    assert "(42,)" in answer.stdout, answer.stderr
    assert platform.pids() == []


def test_a_terminated_command_takes_its_servers_away(platform: Platform, local: Path) -> None:
    command = _sleeping(local)
    command.send_signal(signal.SIGTERM)
    command.wait(timeout=90)
    assert wait_until(lambda: platform.pids() == [], seconds=60)


def test_the_last_of_two_commands_stops_the_servers(platform: Platform, local: Path) -> None:
    first, second = _sleeping(local), _sleeping(local)
    first.terminate()
    first.wait(timeout=90)
    assert is_alive(platform.pid_of("postgres"))
    second.terminate()
    second.wait(timeout=90)
    assert wait_until(lambda: platform.pids() == [], seconds=60)


def test_after_a_killed_command_the_next_one_works_and_cleans_up(platform: Platform, local: Path) -> None:
    command = _sleeping(local)
    command.kill()
    command.wait(timeout=90)
    answer = manage("shell", "--no-imports", "-c", SELECT_ONE, local=local)
    assert "(42,)" in answer.stdout, answer.stderr
    assert wait_until(lambda: platform.pids() == [], seconds=60)


def test_a_command_joins_a_running_platform_and_leaves_it_running(platform: Platform, local: Path) -> None:
    platform.start()
    answer = manage("shell", "--no-imports", "-c", SELECT_ONE, local=local)
    assert "(42,)" in answer.stdout, answer.stderr
    assert platform.is_ready()


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    answer = manage("check", "--database", "default", local=blocked / "local")
    assert answer.returncode != 0
    assert "ZCY_LOCAL" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_deep_folder_does_not_break_the_sockets(local: Path) -> None:
    deep = local / ("a" * 60) / ("b" * 60)
    answer = manage("shell", "--no-imports", "-c", SELECT_ONE, local=deep)
    assert "(42,)" in answer.stdout, answer.stderr


def _sleeping(local: Path) -> subprocess.Popen[bytes]:
    """A command that holds its servers until it is told to end."""
    ready = local / f"ready-{time.monotonic_ns()}"
    code = f"import time, pathlib; pathlib.Path({str(ready)!r}).touch(); time.sleep(600)"
    command = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=PROJECT_ROOT,
        env=environment(ZCY_LOCAL=str(local)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert wait_until(ready.exists, seconds=300)
    return command
