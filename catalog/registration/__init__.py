"""What the catalog adds to the frame, one file per subject; each has a `register()` that is called once."""

from __future__ import annotations

from importlib import import_module
from typing import Final

SUBJECTS: Final = (
    "listings",
    "listing_life",
    "onboarding",
    "goods",
    "bulk",
    "prices",
    "alerts",
    "halls",
    "stores",
    "searching",
)


def register() -> None:
    """Called when the app is ready."""
    for subject in SUBJECTS:
        import_module(f"catalog.registration.{subject}").register()
