"""What PostgreSQL must bring: trigrams for names and model numbers, accents folded."""

from __future__ import annotations

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    # Their indexes need the extensions.
    run_before = [("accounts", "0001_initial")]

    operations = [TrigramExtension(), UnaccentExtension()]
