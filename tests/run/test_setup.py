"""The set-up of a fresh folder: what is missing or broken is said in one sentence, what was interrupted is done again."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import pytest

from tests.run.platform import environment
from zcy.embedded.paths import PROJECT_ROOT

NEEDED: tuple[str, ...] = ("Makefile", "scripts", "package.json", "package-lock.json", ".npmrc")
NEEDED += ("requirements.lock", "requirements-test.lock", "requirements-tools.lock")
NOBODY_LISTENS = "http://127.0.0.1:9/simple"


def copy_of_the_set_up(target: Path) -> Path:
    """What a set-up needs of the project, in a folder of its own."""
    for name in NEEDED:
        source = PROJECT_ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name)
        else:
            shutil.copy(source, target / name)
    return target


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of_the_set_up(tmp_path)


@pytest.fixture
def setup(folder: Path) -> ModuleType:
    """The script of that folder as a module."""
    spec = importlib.util.spec_from_file_location("setup_under_test", folder / "scripts" / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(folder: Path, *words: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run make as a person does."""
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=folder,
        env=environment(**extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("python", ["/nowhere/python3", "/bin/false"])
def test_a_python_that_is_missing_or_too_old_is_refused(folder: Path, python: str) -> None:
    answer = make(folder, "run", f"PYTHON={python}")
    assert answer.returncode != 0
    assert answer.stderr.startswith("zcy: Python 3.11 or newer is needed")
    assert not (folder / ".venv").exists()


def test_an_index_that_cannot_be_reached_is_said_in_one_sentence(folder: Path) -> None:
    answer = make(
        folder,
        "setup",
        PIP_INDEX_URL=NOBODY_LISTENS,
        PIP_RETRIES="0",
        PIP_NO_CACHE_DIR="1",
        PIP_FIND_LINKS="",
    )
    assert answer.returncode != 0
    said = [line for line in answer.stderr.splitlines() if line.startswith("zcy: ")]
    assert said == [
        "zcy: uv could not be installed: check the connection to the package index and run the command again."
    ]
    assert "Traceback" not in answer.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_project_that_somebody_else_owns_is_said_in_one_sentence() -> None:
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if python is None:
        pytest.skip("no Python that everybody may run")
    with tempfile.TemporaryDirectory(prefix="zcy-owned-") as name:
        folder = copy_of_the_set_up(Path(name))
        folder.chmod(0o755)  # to be seen by everybody, to be written by us alone
        answer = subprocess.run(
            [python, str(folder / "scripts" / "setup.py"), "run"],
            user="nobody",
            extra_groups=[],
            cwd="/",
            env=environment(HOME="/nonexistent"),
            capture_output=True,
            text=True,
            check=False,
        )
    assert answer.returncode != 0
    assert answer.stderr.startswith(f"zcy: {folder} cannot be written by you")
    assert "Traceback" not in answer.stderr


def test_an_interrupted_environment_is_made_anew_and_a_whole_one_is_kept(
    folder: Path, setup: ModuleType
) -> None:
    half = folder / ".venv" / "half"
    half.parent.mkdir()
    half.touch()
    setup.make_environment()
    assert not half.exists()
    whole = folder / ".venv" / "whole"
    whole.touch()
    setup.make_environment()
    assert whole.exists()


def test_an_interrupted_installation_is_done_again_as_a_whole(
    folder: Path, setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(setup, "installed_uv", lambda: "uv")
    monkeypatch.setattr(setup, "index_of_pip", dict)
    (folder / ".venv").mkdir()

    def stops(command: list[str], remedy: str, **_rest: object) -> None:
        asked.append(command)
        raise KeyboardInterrupt

    monkeypatch.setattr(setup, "step", stops)
    with pytest.raises(KeyboardInterrupt):
        setup.install_packages("run")
    monkeypatch.setattr(setup, "step", lambda command, remedy, **_rest: asked.append(command))
    setup.install_packages("run")
    setup.install_packages("run")
    assert ["--reinstall" in command for command in asked] == [False, True]


def test_a_full_disk_is_named_instead_of_the_network(setup: ModuleType) -> None:
    code = "import sys; sys.exit('OSError: [Errno 28] No space left on device')"
    with pytest.raises(setup.SetupError, match=r"^The disk of .* was full: make room"):
        setup.step([sys.executable, "-c", code], "check the connection")
    with pytest.raises(setup.SetupError, match=r"^check the connection$"):
        setup.step([sys.executable, "-c", "import sys; sys.exit(1)"], "check the connection")


def test_a_program_that_cannot_be_run_is_named(folder: Path, setup: ModuleType) -> None:
    with pytest.raises(setup.SetupError, match=r"cannot be run .*remove \.venv, run again"):
        setup.step([str(folder / "Makefile")], "")
