"""Goods indexed before are found by parts of words, numbers with units and synonyms once they are indexed anew."""

from typing import Any

from django.db import migrations


def ask(apps: Any, schema_editor: Any) -> None:
    """The worker does it, so that the platform starts at once."""
    if apps.get_model("catalog", "Good").objects.exists():
        apps.get_model("zcy", "OutboxMessage").objects.create(task="catalog.tasks.index_goods", kwargs={})


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_good_delivery_paths"),
        ("zcy", "0002_initial"),
    ]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
