"""People, organisations, regions, settings by region, and what stands ready for the apps below."""

from accounts.models.announcements import Announcement
from accounts.models.notices import Notice
from accounts.models.organisations import Organisation, Shareholding
from accounts.models.people import Invitation, Membership, SignIn, User
from accounts.models.regions import Region, RegionSetting
from accounts.models.standings import Grade, Qualification, SupplierFigures, SupplierStanding

__all__ = [
    "Announcement",
    "Grade",
    "Invitation",
    "Membership",
    "Notice",
    "Organisation",
    "Qualification",
    "Region",
    "RegionSetting",
    "Shareholding",
    "SignIn",
    "SupplierFigures",
    "SupplierStanding",
    "User",
]
