"""PDF files from typst templates: the same data and time give the same bytes."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pylopdf_fonts_zh_cn
import segno
import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

FONTS: Final = Path(pylopdf_fonts_zh_cn.__file__).parent
# A compiler keeps state between its runs: one thread at a time.
_lock = threading.Lock()


def render(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """A PDF/A-2b of `templates/typst/<template>.typ` with `data` (JSON) in `sys.inputs.data`.

    Args:
        template: its name without the ending.
        data: what the template shows.
        at: the time that the file bears; part of what makes equal bytes.
    """
    spelled = json.dumps(dict(data), ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder)
    with _lock:
        pdf = _compiler(template).compile(
            sys_inputs={"data": spelled}, format="pdf", pdf_standards=["a-2b"], timestamp=int(at.timestamp())
        )
    if not isinstance(pdf, bytes):
        raise TypeError(f"{template}: a PDF is one file")
    return pdf


def qr_svg(text: str) -> str:
    """A QR code as SVG, for `image(bytes(...), format: "svg")`."""
    return str(segno.make(text, error="m").svg_inline(scale=4, border=2))


@cache
def _compiler(template: str) -> typst.Compiler:
    path = Path(settings.BASE_DIR) / "templates" / "typst" / f"{template}.typ"
    return typst.Compiler(
        str(path), font_paths=[FONTS.as_posix()], ignore_system_fonts=True, sys_inputs={"data": "{}"}
    )
