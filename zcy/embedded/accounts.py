"""Which operating-system user the servers run as.

PostgreSQL refuses to run as root; everywhere else the servers simply run as the person who started them.
"""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from .errors import EmbeddedError


class RunAs(TypedDict, total=False):
    """The arguments of `subprocess.Popen` that drop root's rights."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class ServerUser:
    """The user that the servers run as."""

    uid: int
    gid: int
    name: str
    dropped: bool

    @property
    def popen(self) -> RunAs:
        """Arguments for `subprocess`; empty where nothing has to be dropped."""
        return RunAs(user=self.uid, group=self.gid, extra_groups=[]) if self.dropped else RunAs()

    def own(self, folder: Path, *, mode: int = 0o700) -> None:
        """Make the folder, give it to the server's user and close it to others."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.dropped:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(mode)

    def must_reach(self, target: Path) -> None:
        """Check that the user may walk to a file or folder.

        Raises:
            EmbeddedError: a folder on the way is closed to the user.
        """
        if not self.dropped:
            return
        for folder in reversed(target.resolve().parents):
            if folder.exists() and not self._may_enter(folder):
                raise EmbeddedError(
                    f"PostgreSQL must not run as root, and the user {self.name!r} that it would run as cannot enter "
                    f"{folder}: move the project to a folder that everybody may enter, such as /srv/zcy, "
                    "or run make as an ordinary user."
                )

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)


def server_user() -> ServerUser:
    """The present user, or `postgres` or `nobody` where the present user is root.

    Raises:
        EmbeddedError: root has nobody to hand the servers to.
    """
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid(), "", dropped=False)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(entry.pw_uid, entry.pw_gid, name, dropped=True)
    raise EmbeddedError(
        "PostgreSQL must not run as root, and this machine has neither a user 'postgres' nor 'nobody' to run it as: "
        "add one, or run make as an ordinary user."
    )
