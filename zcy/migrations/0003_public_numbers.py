"""The sequence of public numbers."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("zcy", "0002_initial")]

    operations = [
        migrations.RunSQL("create sequence zcy_public_number as bigint", "drop sequence zcy_public_number"),
    ]
