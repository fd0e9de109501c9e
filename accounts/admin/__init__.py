"""People, organisations, regions and what regions decide, in the administration."""

from accounts.admin import announcements, applications, organisations, people, regions

__all__ = ["announcements", "applications", "organisations", "people", "regions"]
