"""A folder for embedded servers that also their own user may enter."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.run.platform import Platform
from zcy.embedded.paths import Layout
from zcy.embedded.servers import Servers


@pytest.fixture(scope="session")
def local() -> Iterator[Path]:
    """One folder for the tests of this process: making the database anew for each would only cost time."""
    folder = Path(tempfile.mkdtemp(prefix="zcy-run-"))
    folder.chmod(0o755)
    yield folder
    Servers(Layout(folder)).stop_unused()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def platform(local: Path) -> Iterator[Platform]:
    """A platform that is not running yet."""
    made = Platform(local)
    yield made
    made.end()
