"""Run the tests, with a browser and a Chinese font where this machine lets us install them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DEBIAN_PACKAGES = ("chromium", "fonts-noto-cjk")
NO_TESTS_COLLECTED = 5


def main(words: list[str]) -> int:
    """Run pytest on files, folders or options."""
    need_browser()
    parallel = (
        [] if any(word.startswith("-n") for word in words) else ["-n", workers(), "--dist", "worksteal"]
    )
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *parallel, *words], check=False, cwd=ROOT
    ).returncode


def workers() -> str:
    """As many processes as cores, but one alone costs less for a single file."""
    files = [word for word in sys.argv[1:] if word.split("::", 1)[0].endswith(".py")]
    return "0" if len(files) == 1 and len(sys.argv) == 2 else str(max(2, os.cpu_count() or 2))


def need_browser() -> None:
    """Have Chromium: the named one, the system's, or Debian's package where the user may install it."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            sys.exit(f"zcy: CHROMIUM names {named}, which is no program: correct it or unset it.")
        return
    if any(map(shutil.which, BROWSERS)) and has_chinese_font():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("zcy: installing Chromium and a Chinese font …", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *DEBIAN_PACKAGES]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, check=False, env=environment, **quiet)  # type: ignore[call-overload]
    if not any(map(shutil.which, BROWSERS)):
        sys.exit(
            "zcy: the tests need a browser: install chromium and fonts-noto-cjk (on Debian: apt-get install chromium "
            "fonts-noto-cjk), or set CHROMIUM to the program of one."
        )


def has_chinese_font() -> bool:
    """Whether Chinese would be shown as characters and not as boxes; yes where nobody can tell."""
    if not shutil.which("fc-list"):
        return True
    return bool(
        subprocess.run(["fc-list", ":lang=zh", "family"], check=False, capture_output=True).stdout.strip()
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
