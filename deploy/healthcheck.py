"""Whether this container is well; the exit code tells. `healthcheck.py [web|beat]`

web: its processes answer that they are ready. beat: the last task that it has sent, as it writes down every three
minutes, is not long ago.
"""

from __future__ import annotations

import http.client
import os
import sys
from pathlib import Path

import psycopg

LONGEST_SILENCE = 600  # seconds


def web() -> str:
    """What is wrong with the web processes; empty if nothing."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    line = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
    try:
        line.request("GET", "/readyz", headers={"Host": host, "X-Forwarded-Proto": "https"})
        answer = line.getresponse()
    except OSError as error:
        return f"no answer: {error}"
    return "" if answer.status == 200 else answer.read().decode(errors="replace")


def beat() -> str:
    """What is wrong with the sending of periodic tasks; empty if nothing."""
    address = os.environ.get("DATABASE_URL") or Path(os.environ["DATABASE_URL_FILE"]).read_text().strip()
    query = "select extract(epoch from now() - max(last_run_at)) from django_celery_beat_periodictask"
    try:
        with psycopg.connect(address, connect_timeout=4) as connection:
            row = connection.execute(query).fetchone()
    except psycopg.Error as error:
        return f"no database: {error}"
    silence = row[0] if row else None
    if silence is None:
        return "nothing has been sent yet"
    return "" if silence < LONGEST_SILENCE else f"nothing has been sent for {int(silence)} seconds"


if __name__ == "__main__":
    sys.exit({"web": web, "beat": beat}[sys.argv[1] if len(sys.argv) > 1 else "web"]() or 0)
