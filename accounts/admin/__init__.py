"""People, organisations, regions and what regions decide, in the administration."""

from accounts.admin import announcements, organisations, people, regions

__all__ = ["announcements", "organisations", "people", "regions"]
