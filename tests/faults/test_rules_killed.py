"""A worker that is killed in the middle of a rule leaves nothing that the next run does not put right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from supervision.models import RuleNight, Warning, WarningEvent
from tests.supervision.history import run_nights
from tests.supervision.test_nights import FIRST, LAST, a_small_market, figures, found
from zcy import clock
from zcy.embedded.paths import PROJECT_ROOT
from zcy.models import NightlyPartRun, NightlyRun, RunState

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# The first chunk of warnings is committed, the second is under way when the process waits to be killed.
WORKER = """
import os, time, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["VICTIM_DATABASE"]
from django.db import connections
connections["default"].settings_dict["NAME"] = os.environ["VICTIM_DATABASE"]
from supervision.services import raise_warnings
from zcy.nightly import run_part
raise_warnings.CHUNK = 3
write = raise_warnings._write
written = []
def write_once(*arguments):
    write(*arguments)
    written.append(arguments)
    if len(written) == 2:
        open(os.environ["VICTIM_SIGN"], "w").close()
        time.sleep(600)
raise_warnings._write = write_once
run_part(int(os.environ["VICTIM_PART"]))
"""


def killed_in(part: NightlyPartRun, sign: Any) -> None:
    """Run the part in a process of its own and kill that in its second chunk."""
    environment: dict[str, str] = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "zcy.settings.test",
        "VICTIM_DATABASE": str(settings.DATABASES["default"]["NAME"]),
        "VICTIM_PART": str(part.pk),
        "VICTIM_SIGN": str(sign),
        "DATABASE_URL": database_url(),
    }
    victim = subprocess.Popen([sys.executable, "-c", WORKER], cwd=PROJECT_ROOT, env=environment)
    try:
        deadline = time.monotonic() + 60
        while not sign.exists():
            assert victim.poll() is None, "the worker ended by itself"
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        victim.send_signal(signal.SIGKILL)
        victim.wait()


def database_url() -> str:
    """The test server's address for another process."""
    values = connection.settings_dict
    return f"postgresql://{values['USER']}@/{values['NAME']}?host={values['HOST']}"


def test_a_rule_killed_after_its_first_chunk_is_finished_by_the_next_worker(tmp_path: Any) -> None:
    from zcy.nightly import run_part

    a_small_market()
    run = NightlyRun.objects.create(first=FIRST, last=LAST)
    part = NightlyPartRun.objects.create(run=run, part="rules_late-delivery", stage=2, shard=0, shards=1)
    killed_in(part, tmp_path / "sign")
    part.refresh_from_db()
    assert part.state == RunState.RUNNING
    assert Warning.objects.count() == 3
    NightlyPartRun.objects.update(heartbeat_at=clock.now() - timedelta(minutes=5))
    assert run_part(part.pk)
    part.refresh_from_db()
    assert (part.state, part.attempts) == (RunState.DONE, 2)
    after, numbers, events = found(), figures(), WarningEvent.objects.count()
    assert events == len(after) > 3
    assert RuleNight.objects.exists()
    run_nights(FIRST, LAST, only="late-delivery")
    assert (found(), figures(), WarningEvent.objects.count()) == (after, numbers, events)
