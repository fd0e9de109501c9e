"""Version 1 of the credit model: on-time delivery, first acceptance, evaluations."""

from __future__ import annotations

import datetime

from django.db import migrations


def add(apps, schema_editor):
    apps.get_model("credit", "CreditModelVersion").objects.get_or_create(
        number=1,
        defaults={
            "effective_on": datetime.date(2000, 1, 1),
            "weights": {"on_time": 25, "first_acceptance": 20, "evaluations": 15},
            "constants": {},
            "note": "On-time delivery, first acceptance, evaluations; the other weights in proportion.",
        },
    )
    apps.get_model("credit", "CreditProgress").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("credit", "0001_initial")]
    # Versions are never removed; going back drops the table in 0001.
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
