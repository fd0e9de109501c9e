"""What a browser says of itself, in words: Chrome 156 · Windows."""

from __future__ import annotations

import re
from typing import Final

# The first that fits: most browsers also claim to be the ones below them.
_BROWSERS: Final = (
    ("WeChat", re.compile(r"MicroMessenger/(\d+)")),
    ("Edge", re.compile(r"Edg[A-Z]*/(\d+)")),
    ("Opera", re.compile(r"OPR/(\d+)")),
    ("360", re.compile(r"QihooBrowser/(\d+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/(\d+)")),
    ("Chrome", re.compile(r"(?:Headless)?(?:Chrome|CriOS)/(\d+)")),
    ("Safari", re.compile(r"Version/(\d+)\S* (?:Mobile/\S+ )?Safari/")),
)
_SYSTEMS: Final = (
    ("HarmonyOS", re.compile("HarmonyOS|OpenHarmony")),
    ("Android", re.compile("Android")),
    ("iOS", re.compile("iPhone|iPad")),
    ("Windows", re.compile("Windows")),
    ("macOS", re.compile("Mac OS X|Macintosh")),
    ("Linux", re.compile("Linux|X11")),
)
LONGEST: Final = 60


def browser_name(user_agent: str) -> str:
    """Browser with version, and system; what is not known is given as it came, cut at 60 characters."""
    for name, pattern in _BROWSERS:
        found = pattern.search(user_agent)
        if found:
            system = next((name for name, pattern in _SYSTEMS if pattern.search(user_agent)), "")
            return f"{name} {found[1]}" + (f" · {system}" if system else "")
    return user_agent[:LONGEST]
