"""Every check that is no test; each is named, and all run even if one fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable

# A complete production environment, so that Django's deploy check judges the settings and not their absence.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "zcy.settings.prod",
    "SECRET_KEY": "b1f5c0a9-7d3e-4e55-8a55-0f7b3e7c2d11-6c1de8f2-94aa-4d0e",
    "ALLOWED_HOSTS": "zcy.example.org",
    "DATABASE_URL": "postgresql://zcy:unused@db.example.org/zcy",
    "REDIS_URL": "redis://cache.example.org:6379",
    "TRUSTED_PROXY_COUNT": "1",
}


def checks() -> dict[str, tuple[list[str], dict[str, str]]]:
    """Name → command and what it needs in its environment."""
    module = [PYTHON, "-m"]
    manage = [PYTHON, "manage.py"]
    return {
        "ruff": ([*module, "ruff", "check", "."], {}),
        "format": ([*module, "ruff", "format", "--check", "--quiet", "."], {}),
        "types": ([*module, "mypy", "."], {}),
        "layers": ([str(Path(PYTHON).parent / "lint-imports"), "--no-cache"], {}),
        "templates": ([*module, "djlint", "--lint", "--quiet", "templates"], {}),
        "migrations": ([*manage, "makemigrations", "--check", "--dry-run"], {}),
        "deploy": ([*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        "messages": ([PYTHON, "scripts/messages.py", "check"], {}),
        "compose": (
            [*module, "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
            {},
        ),
        "lengths": ([PYTHON, "scripts/lengths.py"], {}),
    }


def main(wanted: list[str]) -> int:
    """Run all checks, or those that are named."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="zcy-check-") as local:
        # The servers that a check may need are its own: a broken database of the user's must not fail a check.
        Path(local).chmod(0o755)  # where we are root they run as somebody else, who must get in
        os.environ.setdefault("ZCY_LOCAL", local)
        for name, (command, environment) in checks().items():
            if wanted and name not in wanted:
                continue
            started = time.monotonic()
            done = subprocess.run(
                command,
                check=False,
                cwd=ROOT,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            word = "ok" if done.returncode == 0 else "FAILED"
            print(f"{name:12} {word}  ({time.monotonic() - started:.1f} s)", flush=True)
            if done.returncode != 0:
                failed.append(name)
                print(done.stdout.rstrip(), flush=True)
    if failed:
        print(f"zcy: failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
