"""People, organisations, regions and what regions decide, in the administration."""

from accounts.admin import (
    announcements,
    applications,
    exclusions,
    organisations,
    people,
    regions,
    suspensions,
)

__all__ = ["announcements", "applications", "exclusions", "organisations", "people", "regions", "suspensions"]
