"""What `make run` has done to this database already, so that it is done once."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .join import is_named
from .paths import PROJECT_ROOT, Layout

APPS = ("zcy", "accounts", "catalog", "orders", "supervision", "credit", "exchange")


@dataclass(frozen=True)
class State:
    """Steps and the fingerprints of what they were done with; forgotten with the database that it speaks of."""

    layout: Layout

    @property
    def path(self) -> Path:
        """The file."""
        return self.layout.root / "state.json"

    def is_done(self, step: str, fingerprint: str = "") -> bool:
        """Whether the step was done to this very database with the same input."""
        return bool(self._read().get(step) == fingerprint)

    def remember(self, step: str, fingerprint: str = "") -> None:
        """Write that the step has been done."""
        self._write(self._read() | {step: fingerprint})

    def forget(self) -> None:
        """Forget everything."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        same = isinstance(found, dict) and found.get("database") == self._database()
        return found if same else {}

    def _write(self, content: dict[str, Any]) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(content | {"database": self._database()}, indent=2), encoding="utf-8")
        fresh.replace(self.path)

    def _database(self) -> str:
        """Which database the steps were done to."""
        if is_named("DATABASE_URL"):
            named = os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE") or ""
            return hashlib.sha256(named.encode()).hexdigest()
        # A cluster's identity is the moment at which it was made.
        return str((self.layout.postgres_data / "PG_VERSION").stat().st_mtime_ns)


def code_fingerprint() -> str:
    """Changes with any line of the apps, on which migrations and what follows them depend."""
    return _fingerprint(path for app in APPS for path in (PROJECT_ROOT / app).rglob("*.py"))


def data_fingerprint() -> str:
    """Changes with the categories, attribute schemas and brands that the shop begins with."""
    return _fingerprint((PROJECT_ROOT / "catalog" / "data").rglob("*"))


def static_fingerprint() -> str:
    """Changes with any static file of ours, the copied assets, or the packages that bring static files."""
    files = [path for folder in ("static", "static_vendor") for path in (PROJECT_ROOT / folder).rglob("*")]
    settings = (PROJECT_ROOT / "zcy" / "settings").glob("*.py")
    return _fingerprint([*files, *settings, PROJECT_ROOT / "requirements.lock"])


def _fingerprint(paths: Any) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(str(path.relative_to(PROJECT_ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
