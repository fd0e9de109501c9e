"""No source file is longer than 400 lines: split it by use case, audience or aggregate before that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400
KINDS = (".py", ".js", ".html")


def main() -> None:
    """Name every file that is too long."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    paths = [ROOT / name for name in listed.stdout.decode().splitlines()]
    long = []
    for path in paths:
        if path.suffix in KINDS and "migrations" not in path.parts and path.is_file():
            lines = path.read_bytes().count(b"\n")
            if lines > LONGEST:
                long.append(f"{path.relative_to(ROOT)}: {lines} lines")
    if long:
        sys.exit("\n".join([*long, f"zcy: split what is longer than {LONGEST} lines."]))


if __name__ == "__main__":
    main()
