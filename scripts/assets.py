"""Copy the named files of npm packages into static_vendor/, from where they are served as /static/vendor/…"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "static_vendor"

FILES = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "alpine.js": "@alpinejs/csp/dist/cdn.min.js",
    "sortable.js": "sortablejs/Sortable.min.js",
    "bootstrap.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "bootstrap-icons.css": "bootstrap-icons/font/bootstrap-icons.min.css",
    "fonts/bootstrap-icons.woff": "bootstrap-icons/font/fonts/bootstrap-icons.woff",
    "fonts/bootstrap-icons.woff2": "bootstrap-icons/font/fonts/bootstrap-icons.woff2",
    "echarts.js": "echarts/dist/echarts.min.js",
    "zhejiang.json": "china-geojson/src/geojson/zhe_jiang_geo.json",
}
# Maps of sources that are not served would be missing files to the static files' manifest.
SOURCE_MAP = re.compile(rb"^(//|/\*)# ?sourceMappingURL=.*$", re.MULTILINE)


def copy(*, source: Path = SOURCE, target: Path = TARGET) -> None:
    """Make the target anew from the packages.

    Raises:
        FileNotFoundError: a package is not installed or has no such file.
    """
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, origin in FILES.items():
        content = (source / origin).read_bytes()
        if name.endswith((".js", ".css")):
            content = SOURCE_MAP.sub(b"", content)
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


if __name__ == "__main__":
    try:
        copy()
    except FileNotFoundError as error:
        sys.exit(f"zcy: {error.filename} is missing: run `npm ci`, or `make run`, which does it.")
