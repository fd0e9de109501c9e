"""Where the embedded servers live, and the addresses that follow from it.

The addresses are a pure function of the folder, so that settings know them before anything runs.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
# A Unix socket's whole path must fit 107 bytes on Linux, 103 elsewhere; PostgreSQL adds "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 75


@dataclass(frozen=True)
class Layout:
    """The folders of one pair of embedded servers."""

    root: Path

    @property
    def postgres_data(self) -> Path:
        """The database cluster."""
        return self.root / "postgres"

    @property
    def valkey_data(self) -> Path:
        """Valkey's append-only file."""
        return self.root / "valkey"

    @property
    def logs(self) -> Path:
        """One log per process."""
        return self.root / "log"

    @property
    def sockets(self) -> Path:
        """The folder of both sockets; outside `root` where that lies too deep for a socket's name."""
        inside = self.root / "sock"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        mark = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"zcy-{os.getuid()}-{mark}"

    @property
    def valkey_socket(self) -> Path:
        """Valkey's socket; it listens on no port."""
        return self.sockets / "valkey.sock"

    @property
    def database_url(self) -> str:
        """The address of the embedded database."""
        return f"postgresql://zcy@/zcy?host={quote(str(self.sockets), safe='')}"

    @property
    def redis_url(self) -> str:
        """The address of the embedded Valkey, without a database number."""
        return f"unix://{self.valkey_socket}"


def default_layout() -> Layout:
    """The layout that `ZCY_LOCAL` names, else `.local` in the project's folder."""
    configured = os.environ.get("ZCY_LOCAL", "").strip()
    folder = Path(configured).expanduser() if configured else PROJECT_ROOT / ".local"
    return Layout(folder.absolute())
