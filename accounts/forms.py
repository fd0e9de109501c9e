"""Forms about people and organisations."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from accounts.models import Organisation, User
from accounts.roles import ROLES_OF_KIND, OrganisationKind, Role
from accounts.sign_in_log import second_factor_is_locked


def clean_uscc(value: str) -> str:
    """A 统一社会信用代码 without blanks, in capitals, with the right check digit (GB 32100-2015).

    Raises:
        ValidationError: it has another length, letters it must not have, or a wrong check digit.
    """
    code = "".join(value.split()).upper()
    if code and not uscc.is_valid(code):
        raise ValidationError(
            _(
                "This is not a valid unified social credit code: it has 18 characters, the last one checks the others."
            )
        )
    return code


class OrganisationForm(forms.ModelForm[Organisation]):
    """An organisation as the operator's staff keep it."""

    # Longer than the code itself: people type it in groups.
    uscc = forms.CharField(label=_("unified social credit code"), max_length=40, required=False)

    class Meta:
        model = Organisation
        fields = (
            "kind",
            "name",
            "uscc",
            "region",
            "size",
            "legal_person",
            "phone",
            "address",
            "founded_on",
            "licence_expires_on",
            "excluded_from",
            "excluded_to",
            "active",
        )

    def clean_uscc(self) -> str:
        """Check the code; the organisations that an import has brought may lack it."""
        code = clean_uscc(self.cleaned_data["uscc"])
        if not code and not self.instance.source:
            raise ValidationError(_("This field is required."))
        return code

    def clean(self) -> dict[str, Any]:
        """Refuse a ban that ends before it begins, and a second organisation of one code."""
        data = super().clean() or {}
        begin, end = data.get("excluded_from"), data.get("excluded_to")
        if end and (begin is None or end < begin):
            self.add_error("excluded_to", _("The ban ends before it begins."))
        twins = Organisation.objects.filter(kind=data.get("kind"), uscc=data.get("uscc"), source="")
        if data.get("uscc") and not self.instance.source and twins.exclude(pk=self.instance.pk).exists():
            self.add_error("uscc", _("An organisation with this code is there already."))
        return data


class _LockedCode:
    """Refuses every code, right or wrong, once too many wrong ones were given."""

    user: User

    def clean_code(self) -> str:
        """Look at the lock before the code."""
        if second_factor_is_locked(self.user):
            raise ValidationError(_("Too many wrong codes. Wait 30 minutes, then try again."))
        code: str = super().clean_code()  # type: ignore[misc]
        return code


class SecondFactorForm(_LockedCode, AuthenticateForm):  # type: ignore[misc]
    """The code of the second factor at sign-in."""


class SecondFactorAgainForm(_LockedCode, ReauthenticateForm):  # type: ignore[misc]
    """The code once more, before something delicate."""


class ProfileForm(forms.ModelForm[User]):
    """What a person may change about oneself."""

    class Meta:
        model = User
        fields = ("name", "phone", "email")

    def clean_name(self) -> str:
        """A name is needed: it stands on orders and in the audit."""
        name = str(self.cleaned_data["name"]).strip()
        if not name:
            raise ValidationError(_("This field is required."))
        return name


class InvitationForm(forms.Form):
    """Whom to invite to which role."""

    name = forms.CharField(label=_("full name"), max_length=150)
    email = forms.EmailField(label=_("e-mail"), required=False)
    role = forms.ChoiceField(label=_("role"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(kind)  # type: ignore[attr-defined]


class RolesForm(forms.Form):
    """Which roles a person holds in the organisation."""

    roles = forms.MultipleChoiceField(label=_("roles"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(kind)  # type: ignore[attr-defined]


class AcceptInvitationForm(forms.Form):
    """User name and password of a new account."""

    username = forms.CharField(
        label=_("user name"), min_length=3, max_length=150, validators=[UnicodeUsernameValidator()]
    )
    password = forms.CharField(
        label=_("password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, not only digits, and nothing that is easily guessed."),
    )
    repeated = forms.CharField(
        label=_("password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        """A user name that is still free."""
        username = str(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("This user name is taken. Choose another one."))
        return username

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same and good enough."""
        data = super().clean() or {}
        password = data.get("password")
        if password and data.get("repeated") and password != data["repeated"]:
            self.add_error("repeated", _("The two passwords are not the same."))
        if password:
            try:
                validate_password(password, User(username=data.get("username", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return data


def role_choices(kind: str) -> list[tuple[str, Any]]:
    """The roles of an organisation's kind."""
    return [(role.value, Role(role).label) for role in ROLES_OF_KIND[OrganisationKind(kind)]]
