"""The Celery application: tasks of all apps, scheduled from the database."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zcy.settings.prod")

app = Celery("zcy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def _refuse_unsafe_start(**_signal: Any) -> None:
    from zcy.checks import refuse_unsafe_start

    refuse_unsafe_start()
