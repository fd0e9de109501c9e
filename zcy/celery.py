"""The Celery application: tasks of all apps, scheduled from the database."""

from __future__ import annotations

import os
from typing import Any

import structlog
from celery import Celery
from celery.signals import beat_init, worker_init
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zcy.settings.prod")

log = structlog.get_logger(__name__)
app = Celery("zcy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def _refuse_unsafe_start(**_signal: Any) -> None:
    from zcy.checks import refuse_unsafe_start

    refuse_unsafe_start()


@beat_init.connect
def _begin_missed_night(**_signal: Any) -> None:
    from django.db import Error, connection

    from zcy import nightly

    try:
        nightly.begin_missed()
    except Error:
        # Beat waits for the database by itself; the night then begins at its hour.
        log.exception("missed_night_not_looked_for")
    finally:
        connection.close()
