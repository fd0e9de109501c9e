"""People, organisations, regions, settings by region, and what stands ready for the apps below."""

from accounts.models.announcements import Announcement
from accounts.models.delegations import Delegation
from accounts.models.exclusions import ExclusionEntry
from accounts.models.licences import Licence, LicenceKind
from accounts.models.notices import Notice
from accounts.models.onboarding import (
    Application,
    ApplicationEvent,
    ApplicationKind,
    ApplicationState,
    ApplicationStep,
    ApplicationVersion,
    SupplierProfile,
)
from accounts.models.organisations import Organisation, Shareholding
from accounts.models.people import Invitation, Membership, SignIn, User
from accounts.models.regions import Region, RegionSetting
from accounts.models.standings import Grade, Qualification, SupplierFigures, SupplierStanding
from accounts.models.suspensions import Suspension, SuspensionCause
from accounts.models.units import UnitInvitation

__all__ = [
    "Announcement",
    "Application",
    "ApplicationEvent",
    "ApplicationKind",
    "ApplicationState",
    "ApplicationStep",
    "ApplicationVersion",
    "Delegation",
    "ExclusionEntry",
    "Grade",
    "Invitation",
    "Licence",
    "LicenceKind",
    "Membership",
    "Notice",
    "Organisation",
    "Qualification",
    "Region",
    "RegionSetting",
    "Shareholding",
    "SignIn",
    "SupplierFigures",
    "SupplierProfile",
    "SupplierStanding",
    "Suspension",
    "SuspensionCause",
    "UnitInvitation",
    "User",
]
