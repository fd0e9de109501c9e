"""One small market, made once for all tests of the generator."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.market.build import build
from bench.market.sizes import SIZES, Settings


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(SIZES["S"], seed=20)


@pytest.fixture(scope="session")
def market_folder(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    """The demonstration market: size S with the default seed."""
    folder = tmp_path_factory.mktemp("market")
    build(settings, folder)
    return folder
