"""Browsers are called by their names in logs that people read."""

from __future__ import annotations

import pytest

from zcy.browsers import browser_name

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (
            f"{WINDOWS} {KIT} Chrome/131.0.0.0 Safari/537.36",
            "Chrome 131 · Windows",
        ),
        (
            f"{WINDOWS} {KIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
            "Edge 131 · Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox 133 · Linux"),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {APPLE} Version/18.1 Mobile/15E148 Safari/604.1",
            "Safari 18 · iOS",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/18.1 Safari/605.1.15",
            "Safari 18 · macOS",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14) {KIT} Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.49",
            "WeChat 8 · Android",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("x" * 300, "x" * 60),
        ("", ""),
    ],
)
def test_a_browser_has_a_name(said: str, name: str) -> None:
    assert browser_name(said) == name
