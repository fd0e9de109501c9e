"""The automatic checks of listings: what they doubt, and how it is mended."""

from catalog.checks.run import Doubt, check_listings

__all__ = ["Doubt", "check_listings"]
