"""People, what they may do for which organisation, and how they signed in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.roles import SEPARATE_POWERS, Role
from zcy.formats import local
from zcy.models import append_only_triggers


class User(AbstractUser):
    """A person. What the person may do stands in the memberships."""

    name = models.CharField(_("full name"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    # Which columns of which tables the person has chosen (zcy.columns): {table: [columns in all, hidden ones …]}.
    columns = models.JSONField(default=dict, blank=True, editable=False)
    # Accounts of the demonstration: production settings refuse to start while there are any.
    demonstration = models.BooleanField(_("demonstration account"), default=False)
    source = models.CharField(_("source"), max_length=40, blank=True, editable=False)
    external_id = models.CharField(_("id at the source"), max_length=100, blank=True, editable=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="user_external_id_is_unique",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name or self.username


class Membership(models.Model):
    """A role that a person holds in an organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    # An import may bring roles that are not known here: kept as text, they open nothing.
    role = models.CharField(_("role"), max_length=40)
    created_at = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                name="membership_is_held_once",
                violation_error_message=_("This person has this role in this organisation already."),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(role__in=[role.value for role in SEPARATE_POWERS]),
                name="no_account_holds_two_separate_powers",
                violation_error_message=_(
                    "One account holds at most one of the separate powers: system, security, audit."
                ),
            ),
        ]
        indexes = [models.Index(fields=["organisation", "role"], name="membership_organisation_role")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} @ {self.organisation_id}"

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label) if self.role in Role.values else self.role


class Invitation(models.Model):
    """An open invitation to a role, taken up by setting a password."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    name = models.CharField(_("full name"), max_length=150)
    email = models.EmailField(_("e-mail"), blank=True)
    role = models.CharField(_("role"), max_length=40, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="sent_invitations"
    )
    created_at = models.DateTimeField(_("invited"), db_default=Now())
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.name} → {self.organisation_id}"


class SignInResult(models.TextChoices):
    SUCCEEDED = "succeeded", _("signed in")
    FAILED = "failed", _("wrong password")
    LOCKED = "locked", _("locked out")
    SECOND_FACTOR_FAILED = "second_factor_failed", _("wrong second factor")
    SIGNED_OUT = "signed_out", _("signed out")


class SignIn(models.Model):
    """The sign-in log: who, from which device and address."""

    at = models.DateTimeField(_("time"), db_default=Now())
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="sign_ins")
    username = models.CharField(_("user name"), max_length=150, blank=True)
    organisation_id = models.BigIntegerField(null=True)
    result = models.CharField(_("result"), max_length=24, choices=SignInResult)
    ip = models.GenericIPAddressField(_("address"), null=True)
    # A random id that our long-lived cookie gives each browser.
    device = models.CharField(_("device"), max_length=100, blank=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-in log")
        ordering = ["-id"]
        indexes = [
            BrinIndex(fields=["at"], name="sign_in_at_brin"),
            models.Index(fields=["user", "-id"], name="sign_in_user"),
            models.Index(fields=["device", "at"], name="sign_in_device"),
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{local(self.at)} · {self.username} · {self.get_result_display()}"
