#!/usr/bin/env python
"""Django's command line, with the embedded servers around every command that needs them."""

from __future__ import annotations

import os
import sys

# Commands that read neither the database nor the cache.
WITHOUT_SERVERS = frozenset(
    [
        "help",
        "version",
        "--help",
        "--version",
        "makemessages",
        "compilemessages",
        "collectstatic",
        "findstatic",
    ]
    + ["diffsettings", "startapp", "startproject"]
)


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zcy.settings.dev")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "zcy: Django is not installed in this Python: run `make run` once, then .venv/bin/python manage.py …"
        )
    from zcy.embedded.errors import EmbeddedError
    from zcy.embedded.join import exit_cleanly_on_sigterm, join_for_this_process
    from zcy.embedded.steps import run_briefly

    if len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_SERVERS:
        exit_cleanly_on_sigterm()
        try:
            join_for_this_process()
        except EmbeddedError as error:
            sys.exit(f"zcy: {error}")
    run_briefly(lambda: execute_from_command_line(sys.argv))


if __name__ == "__main__":
    main()
