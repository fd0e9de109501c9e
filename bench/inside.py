"""What is measured inside Django (`python -m bench.inside MEASURE …`): each measure answers with JSON on standard output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

#: Measure → the function that takes it. It returns numbers and texts that JSON can carry.
MEASURES: Final = {
    "lists": "bench.lists:measure",
    "statistics": "bench.statistics:measure",
    "search quality": "bench.search_quality:measure",
    "duplicates": "bench.duplicates:measure",
    "ranges": "bench.ranges:measure",
    "listing import": "bench.listing_import:measure",
}
#: Stands before the answer: log lines may go before it or follow it.
MARK: Final = "bench-answer: "


def main(names: list[str]) -> int:
    """Take the named measures, one after the other."""
    answers = {name: _function(name)() for name in names}
    print(MARK + json.dumps(answers, ensure_ascii=False))
    return 0


def _function(name: str) -> Callable[[], Any]:
    module, _colon, function = MEASURES[name].partition(":")
    found: Callable[[], Any] = getattr(import_module(module), function)
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    from zcy.embedded.join import join_for_this_process

    join_for_this_process()
    import django

    django.setup()
    sys.exit(main(sys.argv[1:]))
