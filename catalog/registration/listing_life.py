"""The life of listings in the frame: what ends by itself, the words that are shipped."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_migrate

from zcy import registries
from zcy.registries import PeriodicTask


def register() -> None:
    """Called once, when the app is ready."""
    registries.periodic_tasks.register(
        PeriodicTask(name="end_listings", task="catalog.tasks.end_listings", seconds=300)
    )
    post_migrate.connect(_load_words, dispatch_uid="catalog.load_words")


def _load_words(sender: Any, **_signal: Any) -> None:
    """After every migrate of the catalog: the shipped words that are not there yet."""
    if sender.name == "catalog":
        from catalog.checks.shipped_words import load_words

        load_words()
