"""What may be refused about people, organisations and settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zcy.errors import Conflict, DomainError, NotAllowed


class BadSetting(DomainError):
    """A value that the setting's type or bounds do not admit."""

    code = "bad_setting"
    message = _("This value is not possible.")


class RoleDoesNotFit(DomainError):
    """A role that the organisation's kind does not have."""

    code = "role_does_not_fit"
    message = _("Organisations of this kind do not have this role.")


class PowersAreSeparate(DomainError):
    """One account may hold only one of the three powers."""

    code = "powers_are_separate"
    message = _("One account cannot hold two of the system, security and audit administrators.")


class InvitationIsOver(Conflict):
    """The link has been used, withdrawn, or is too old."""

    code = "invitation_is_over"
    message = _("This invitation is no longer open. Ask for a new one.")


class LastAdministrator(Conflict):
    """Somebody must be able to manage the organisation's people."""

    code = "last_administrator"
    message = _("This is the last administrator of the organisation. Make somebody else administrator first.")


class NotYourPeople(NotAllowed):
    """Only an organisation's administrator manages its people."""

    message = _("Only the administrator of the organisation manages its people.")


class NameTaken(Conflict):
    """Somebody else has the user name."""

    code = "name_taken"
    message = _("This user name is taken. Choose another one.")


class OwnRoles(NotAllowed):
    """Whoever gives powers to others does not give them to oneself."""

    code = "own_roles"
    message = _("Nobody gives a role to oneself: ask another administrator.")


class AnotherOpen(Conflict):
    """A discarded renewal is to be taken up again, but another one was begun since."""

    code = "another_application_open"
    message = _("Another renewal has been begun since: go on with that one, or discard it first.")


class NotEditable(Conflict):
    """An application that is in review or approved does not change."""

    code = "application_not_editable"
    message = _("This application is in review or decided: it cannot be changed now.")


class ApplicationChanged(Conflict):
    """Somebody else saved or decided in between."""

    code = "application_changed"
    message = _("This application was changed in the meantime. Look at the new state and decide again.")


class ApplicationIncomplete(DomainError):
    """Something is missing or wrong before it can be submitted or approved."""

    code = "application_incomplete"
    message = _("Some of the application is missing or wrong: mend what is marked, then submit again.")


class OwnOrganisation(NotAllowed):
    """Nobody decides on their own organisation."""

    code = "own_organisation"
    message = _("Nobody decides on their own organisation or application: leave it to a colleague.")


class CodeTaken(Conflict):
    """One code, one organisation."""

    code = "code_taken"
    message = _("An organisation with this code is there already.")


class StillExcluded(DomainError):
    """Whoever stands on the exclusion list is not admitted."""

    code = "still_excluded"
    message = _("This company stands on the exclusion list: it cannot be admitted before the ban ends.")


class SecondPersonNeeded(NotAllowed):
    """What one proposes another one confirms."""

    code = "second_person_needed"
    message = _("You proposed this: a second person confirms it.")


class DelegationRefused(DomainError):
    """Roles that cannot be handed over in this way."""

    code = "delegation_refused"
    message = _("These roles cannot be delegated.")
