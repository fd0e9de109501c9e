"""Whether the web processes of this container are ready; the exit code tells."""

from __future__ import annotations

import http.client
import os
import sys

host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
line = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
try:
    line.request("GET", "/readyz", headers={"Host": host, "X-Forwarded-Proto": "https"})
    answer = line.getresponse()
except OSError as error:
    sys.exit(f"no answer: {error}")
sys.exit(0 if answer.status == 200 else answer.read().decode(errors="replace"))
