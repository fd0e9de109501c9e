"""Somebody at a browser: goes to pages, and at each one looks for what no page may have.

No page may have a serious violation of axe's rules, a word of complaint in the console (that is where the browser tells
of a violated Content-Security-Policy), an answer 500, or a width beyond the window's.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "docs" / "images"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LARGEST_PICTURE = 150_000
# What the browser itself says of an answer that is meant: 400 with the form again, 404 of a stranger's row.
MEANT = ("the server responded with a status of 4",)


class Person:
    """A person with a browser window of their own."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("response", self._answered)
        page.on("requestfailed", self._failed)

    def opens(self, path: str, picture: str = "") -> None:
        """Type an address."""
        self.page.goto(self.address + path)
        self.looks(picture)

    def goes(self, path: str) -> None:
        """Type an address where there is no JavaScript: axe cannot look, the browser's complaints still count."""
        self.page.goto(self.address + path)
        self.is_content()

    def is_content(self) -> None:
        """The browser has had nothing to complain about."""
        assert not self.complaints, f"on {self.page.url}: {self.complaints}"

    def follows(self, target: str | Locator, picture: str = "") -> None:
        """Click what leads to another page, and look at that one."""
        found = self.page.locator(target) if isinstance(target, str) else target
        with self.page.expect_navigation():
            found.click()
        self.looks(picture)

    def steps(self, action: str, picture: str = "", **typed: str) -> None:
        """Fill the form of a step on an order as far as it needs, and send it."""
        form = f"#step-{action}"
        for name, value in typed.items():
            self.page.fill(f"{form} [name={name}]", value)
        self.follows(f"{form} button[type=submit]", picture)

    def sees(self, *texts: str) -> None:
        """The page's text has all of these."""
        text = self.page.inner_text("body")
        for wanted in texts:
            assert wanted in text, f"{wanted!r} is not on {self.page.url}:\n{text[:3000]}"

    def does_not_see(self, *texts: str) -> None:
        """The page's text has none of these."""
        text = self.page.inner_text("body")
        for unwanted in texts:
            assert unwanted not in text, f"{unwanted!r} is on {self.page.url}"

    def looks(self, picture: str = "") -> None:
        """Look for what no page may have; with ZCY_SCREENSHOTS=1, keep a picture for the documentation."""
        self.page.wait_for_load_state("load")
        self.is_content()
        too_wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert too_wide <= 0, f"{self.page.url} is {too_wide} px wider than its window"
        found = violations(self.page)
        self.complaints.clear()  # axe tries styles of its own on the page, which the policy rightly stops
        assert not found, f"on {self.page.url}:\n" + "\n".join(found)
        if picture and os.environ.get("ZCY_SCREENSHOTS") == "1":
            keep_picture(self.page, picture)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(part in message.text for part in MEANT):
            self.complaints.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} of {response.url}")

    def _failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"{request.failure} of {request.url}")


def violations(page: Page) -> list[str]:
    """The serious and critical findings of axe on the page."""
    page.evaluate(AXE.read_text(encoding="utf-8") + "; null")
    result: dict[str, Any] = page.evaluate("tags => axe.run({runOnly: tags, preload: false})", TAGS)
    return [
        f"{found['id']} ({found['impact']}): {found['help']}: "
        + " | ".join(f"{node['html'][:200]} {node['any'][:1]}" for node in found["nodes"][:4])
        for found in result["violations"]
        if found["impact"] in ("serious", "critical")
    ]


def keep_picture(page: Page, name: str) -> None:
    """Write docs/images/NAME.png, with as many colours as fit into the largest size."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    whole = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    for colours in (256, 128, 64, 32, 16):
        file = io.BytesIO()
        whole.quantize(colors=colours, method=Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=True)
        if file.tell() < LARGEST_PICTURE:
            break
    (PICTURES / f"{name}.png").write_bytes(file.getvalue())
