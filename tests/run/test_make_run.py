"""`make run`: starts, stays, stops, and starts again whatever happened to it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.run.platform import Platform, environment, manage
from zcy.embedded.processes import is_alive, wait_until


def test_it_starts_answers_and_leaves_nothing_behind_on_sigterm(platform: Platform) -> None:
    platform.start()
    assert f"http://127.0.0.1:{platform.port}/" in platform.said()
    assert wait_until(platform.is_ready, seconds=60)
    platform.signal(signal.SIGTERM)
    platform.wait_for_end()
    assert platform.pids() == []


def test_ctrl_c_stops_everything_and_the_next_start_repeats_no_step(platform: Platform) -> None:
    platform.start()
    assert platform.process is not None
    os.killpg(platform.process.pid, signal.SIGINT)  # a terminal sends it to the whole foreground group
    platform.wait_for_end()
    assert wait_until(lambda: platform.pids() == [], seconds=60)
    platform.start()
    assert "…" not in platform.said()  # every step announces itself so


def test_what_is_killed_is_started_again(platform: Platform) -> None:
    platform.start()
    for part in ("postgres", "valkey", "worker", "beat", "zcy.wsgi"):
        _kill_and_await_successor(platform, part)
    assert wait_until(platform.is_ready, seconds=90)


@pytest.mark.parametrize("part", ["supervisor", "make"])
def test_it_starts_again_after_its_own_head_was_killed(platform: Platform, part: str) -> None:
    platform.start()
    assert platform.process is not None
    os.kill(platform.pid_of(part) if part == "supervisor" else platform.process.pid, signal.SIGKILL)
    platform.wait_for_end()
    platform.start()
    assert wait_until(platform.is_ready, seconds=60)


def test_it_starts_again_after_everything_was_killed(platform: Platform) -> None:
    platform.start()
    # The heads first: a supervisor that lives for a moment longer would start again what was killed.
    heads = [platform.process.pid, platform.pid_of("supervisor")] if platform.process else []
    for pid in dict.fromkeys([*heads, *platform.pids()]):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    platform.wait_for_end()
    platform.start()
    assert wait_until(platform.is_ready, seconds=60)


def test_a_start_waits_for_one_that_is_still_ending(platform: Platform, local: Path) -> None:
    with (local / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        print("1 is ending", end="", file=lock, flush=True)
        platform.launch()
        assert not wait_until(lambda: not platform.runs(), seconds=6), platform.said()
    assert wait_until(platform.is_ready, seconds=90), platform.said()


def test_a_taken_port_is_said_in_one_sentence(platform: Platform) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", platform.port))
        other.listen()
        platform.launch()
        assert platform.wait_for_end() != 0
    assert f"Port {platform.port} is in use" in platform.said()
    assert "Traceback" not in platform.said()


@pytest.mark.parametrize("port", ["0", "http", "70000"])
def test_a_port_that_is_none_is_refused(platform: Platform, port: str) -> None:
    platform.environment["PORT"] = port
    platform.launch()
    assert platform.wait_for_end() != 0
    assert f"PORT must be a number from 1 to 65535, not {port!r}" in platform.said()


def test_a_second_one_is_refused_and_without_demonstration_there_are_no_accounts(
    platform: Platform, local: Path
) -> None:
    platform.start()
    assert _demonstration_accounts(local) == "0"
    second = Platform(local)
    second._output = local / "second.txt"
    second.launch()
    assert second.wait_for_end() != 0
    assert "running already" in second.said()
    assert platform.is_ready()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_it_runs_as_an_ordinary_user() -> None:
    nobody = pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp(prefix="zcy-nobody-"))
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    python = _python_for_everybody()
    platform = Platform(folder)
    platform.environment |= {"HOME": str(folder), "PYTHONPATH": _packages(), "PYTHONDONTWRITEBYTECODE": "1"}
    platform.command = [python, "-m", "zcy.embedded.supervisor", "run"]
    platform.user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    try:
        platform.start()
        assert wait_until(platform.is_ready, seconds=60)
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in platform.pids()}
        assert owners == {nobody.pw_uid}
        platform.signal(signal.SIGTERM)
        platform.wait_for_end()
        assert platform.pids() == []
    finally:
        platform.end()
        shutil.rmtree(folder, ignore_errors=True)


def _kill_and_await_successor(platform: Platform, part: str) -> None:
    assert wait_until(lambda: _find(platform, part) is not None, seconds=60), part
    victim = platform.pid_of(part)
    os.kill(victim, signal.SIGKILL)

    def has_successor() -> bool:
        return not is_alive(victim) and _find(platform, part) not in {None, victim}

    assert wait_until(has_successor, seconds=90, every=0.2), f"{part}: {platform.said()}"


def _demonstration_accounts(local: Path) -> str:
    """How many there are: with ZCY_DEMO=0 none."""
    code = "from accounts.models import User; print(User.objects.filter(demonstration=True).count())"
    return manage("shell", "--no-imports", "-c", code, local=local).stdout.strip()


def _find(platform: Platform, part: str) -> int | None:
    """The living first process of a service: none in the moment between the old one and its successor."""
    try:
        pid = platform.pid_of(part)
    except (ValueError, OSError, IndexError):
        return None
    return pid if is_alive(pid) else None


def _packages() -> str:
    return next(path for path in sys.path if path.endswith("site-packages"))


def _python_for_everybody() -> str:
    """A Python of our version that another user may run: root's own may lie in root's home."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    variables = environment(PYTHONPATH=_packages())
    for candidate in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        with contextlib.suppress(OSError):
            command = [candidate, "-c", "import django"]
            if subprocess.run(command, check=False, cwd="/", user="nobody", env=variables).returncode == 0:
                return candidate
    pytest.skip(f"no {name} on this machine can be run by an ordinary user")
