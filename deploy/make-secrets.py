#!/usr/bin/env python3
"""Make the secrets that docker-compose.yml reads: deploy/secrets/*, once; what is there stays.

The TLS certificate and key (deploy/secrets/tls.crt, tls.key) come from your certificate authority; run this after they
are there, or again: the proxy is no root and must be able to read them.
"""

from __future__ import annotations

import secrets
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "secrets"


def keep_or_make(name: str, value: str) -> str:
    """The secret of this name, made with this value if there is none."""
    path = FOLDER / name
    if not path.exists():
        path.write_text(value + "\n", encoding="utf-8")
        path.chmod(0o444)  # the folder is closed; a container's user reads the file itself
        print(f"made {path}")
    return path.read_text(encoding="utf-8").strip()


def main() -> None:
    """Make all of them."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    FOLDER.chmod(0o700)
    keep_or_make("secret_key", secrets.token_urlsafe(64))
    database = keep_or_make("database_password", secrets.token_urlsafe(32))
    keep_or_make("database_url", f"postgresql://zcy:{database}@postgres:5432/zcy")
    valkey = keep_or_make("valkey_password", secrets.token_urlsafe(32))
    keep_or_make("redis_url", f"redis://:{valkey}@valkey:6379")
    for name in ("tls.crt", "tls.key"):
        if (FOLDER / name).exists():
            (FOLDER / name).chmod(0o444)
        else:
            print(f"still missing: {FOLDER / name}, from your certificate authority")


if __name__ == "__main__":
    main()
