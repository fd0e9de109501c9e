"""The registered periodic tasks, kept in the database where beat reads them and operators may pause them."""

from __future__ import annotations

from typing import Any

from zcy import registries
from zcy.registries import PeriodicTask

PREFIX = "zcy: "


def synchronise(**_signal: Any) -> None:
    """Write the registry into beat's tables, after every migrate; what an operator switched off stays off."""
    import json

    from django.db import router
    from django_celery_beat.models import PeriodicTask as Stored

    if not router.allow_migrate_model("default", Stored):
        return
    names = []
    for task in registries.periodic_tasks:
        name = PREFIX + task.name
        names.append(name)
        values = {"task": task.task, "kwargs": json.dumps(dict(task.kwargs)), **_timing(task)}
        stored = Stored.objects.filter(name=name).first()
        if stored is None:
            Stored.objects.create(name=name, **values)
        elif any(getattr(stored, field) != value for field, value in values.items()):
            for field, value in values.items():
                setattr(stored, field, value)
            stored.save()
    Stored.objects.filter(name__startswith=PREFIX).exclude(name__in=names).delete()


def _timing(task: PeriodicTask) -> dict[str, Any]:
    from django_celery_beat.models import CrontabSchedule, IntervalSchedule

    if task.seconds is not None:
        interval, _ = IntervalSchedule.objects.get_or_create(
            every=task.seconds, period=IntervalSchedule.SECONDS
        )
        # A tick that nobody took before the next one is worth nothing.
        return {"interval": interval, "crontab": None, "expire_seconds": max(task.seconds * 10, 60)}
    if task.hour is None:
        raise ValueError(f"the periodic task {task.name!r} has neither seconds nor an hour")
    crontab, _ = CrontabSchedule.objects.get_or_create(
        minute=str(task.minute),
        hour=str(task.hour),
        day_of_week="*",
        day_of_month="*",
        month_of_year="*",
        timezone="Asia/Shanghai",
    )
    return {"interval": None, "crontab": crontab, "expire_seconds": None}
