"""The public document on reasonable prices as a page: the file in docs/ is the only text there is."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.safestring import SafeString

FOLDER: Final = Path(settings.BASE_DIR) / "docs" / "prices"
NAME: Final = "how-a-reasonable-price-is-reached"
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")
_CODE: Final = re.compile(r"`(.+?)`")


@cache
def help_text(*, chinese: bool) -> SafeString:
    """The document without its title, as HTML: headings, paragraphs, lists, bold and code are all that it uses."""
    file = FOLDER / (f"{NAME}.zh.md" if chinese else f"{NAME}.md")
    parts = []
    for block in file.read_text(encoding="utf-8").split("\n\n"):
        lines = block.strip().splitlines()
        if not lines or lines[0].startswith("# "):
            continue
        if lines[0].startswith("## "):
            parts.append(f"<h2>{_inline(lines[0][3:])}</h2>")
        elif lines[0].startswith("- "):
            items = "\n".join(lines)[2:].split("\n- ")
            parts.append("<ul>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + "</ul>")
        else:
            parts.append(f"<p>{_inline(' '.join(lines))}</p>")
    return SafeString("\n".join(parts))


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", _BOLD.sub(r"<b>\1</b>", escape(text, quote=False)))
