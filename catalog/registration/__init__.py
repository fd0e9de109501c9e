"""What the catalog adds to the frame, one file per subject; each has a `register()` that is called once."""

from __future__ import annotations


def register() -> None:
    """Called when the app is ready."""
    from catalog.registration import listings, onboarding

    listings.register()
    onboarding.register()
    from catalog.registration import listing_life, listings

    listings.register()
    listing_life.register()
