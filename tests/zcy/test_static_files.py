"""Every static file that a template names exists: with hashed names a missing one would break the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from zcy.embedded.paths import PROJECT_ROOT

NAMED = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")
TEMPLATES = sorted((PROJECT_ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(PROJECT_ROOT)))
def test_static_files_of_a_template_exist(template: Path) -> None:
    named = NAMED.findall(template.read_text(encoding="utf-8"))
    missing = [name for name in named if finders.find(name) is None]
    assert missing == []
