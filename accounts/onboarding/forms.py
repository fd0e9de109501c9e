"""What a supplier states of itself: the fields, their sections, and when they are right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms import AcceptInvitationForm, clean_uscc
from accounts.models import LicenceKind, Region
from accounts.models.organisations import OrganisationSize
from accounts.models.regions import RegionLevel
from accounts.onboarding.categories import category_choices, deeper_categories
from accounts.onboarding.files import LIMIT
from zcy import clock
from zcy.uploads import LimitedFileField

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST: Final = 1000
MOST_CHOICES: Final = 500

SECTIONS: Final[tuple[tuple[str, _StrPromise, tuple[str, ...]], ...]] = (
    (
        "company",
        _("Company"),
        ("name", "uscc", "region", "size", "legal_person", "founded_on", "address", "phone"),
    ),
    ("contact", _("Contact person"), ("contact_name", "contact_phone", "contact_email")),
    ("bank", _("Bank"), ("bank_name", "bank_account")),
    ("offer", _("What you deliver and where"), ("delivery_regions", "categories")),
)
MULTIPLE: Final = ("delivery_regions", "categories")
FIELDS: Final = tuple(name for _key, _title, names in SECTIONS for name in names)
# The licences are remarked on as a whole, and so is the application.
LICENCES: Final = "licences"
REMARKABLE: Final = (*FIELDS, LICENCES)


def region_choices(*, province: bool = True) -> list[tuple[str, Any]]:
    """Regions by city, each with its code; the wider regions stand on top."""
    wide: list[tuple[str, str]] = []
    cities: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for region in Region.objects.order_by("path"):
        if region.level == RegionLevel.PROVINCE:
            wide.append((region.code, region.name))
            continue
        city = region.path.strip("/").split("/")[1] if region.path.count("/") > 1 else region.code
        name = region.name if region.level == RegionLevel.CITY else ""
        group = cities.setdefault(city, (name or city, []))
        group[1].append((region.code, region.name))
    return [*(wide if province else []), *((name, rows) for name, rows in cities.values())]


class ApplicationForm(forms.Form):
    """Everything that an application states; strict, so it is asked only at submission."""

    name = forms.CharField(label=_("name of the company"), max_length=200)
    uscc = forms.CharField(
        label=_("unified social credit code"),
        max_length=40,
        help_text=_("18 characters, as on the business licence."),
    )
    region = forms.ChoiceField(label=_("region"), help_text=_("Where the company is registered."))
    size = forms.ChoiceField(label=_("size"), choices=[("", "–"), *OrganisationSize.choices])
    legal_person = forms.CharField(label=_("legal person"), max_length=100)
    founded_on = forms.DateField(label=_("founded"), widget=forms.DateInput(attrs={"type": "date"}))
    address = forms.CharField(label=_("address"), max_length=300)
    phone = forms.CharField(label=_("phone"), max_length=60)
    contact_name = forms.CharField(label=_("contact person"), max_length=100)
    contact_phone = forms.CharField(label=_("contact's phone"), max_length=60)
    contact_email = forms.EmailField(label=_("contact's e-mail"))
    bank_name = forms.CharField(label=_("bank"), max_length=120)
    bank_account = forms.CharField(label=_("bank account"), max_length=40)
    delivery_regions = forms.MultipleChoiceField(
        label=_("delivery regions"), widget=forms.CheckboxSelectMultiple
    )
    categories = forms.MultipleChoiceField(label=_("categories"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = region_choices()
        self.fields["region"].choices = [("", "–"), *regions]  # type: ignore[attr-defined]
        self.fields["delivery_regions"].choices = regions  # type: ignore[attr-defined]
        # A category below the tiers that are asked for may have been granted since: it can be kept.
        stated = self.data.getlist("categories") if isinstance(self.data, QueryDict) else []
        self.fields["categories"].choices = [*category_choices(), *deeper_categories(stated)]  # type: ignore[attr-defined]

    def clean_uscc(self) -> str:
        """The code by its check digit."""
        return clean_uscc(self.cleaned_data["uscc"])

    def clean_founded_on(self) -> date:
        """A company that is there already."""
        founded: date = self.cleaned_data["founded_on"]
        if founded > clock.today():
            raise ValidationError(_("This day is still to come."))
        if founded.year < 1800:
            raise ValidationError(_("Write a date such as 2026-11-23."))
        return founded

    def clean_phone(self) -> str:
        """A number that can be called."""
        return _phone(self.cleaned_data["phone"])

    def clean_contact_phone(self) -> str:
        """A number that can be called."""
        return _phone(self.cleaned_data["contact_phone"])

    def clean_bank_account(self) -> str:
        """Digits, however they were grouped."""
        account = "".join(self.cleaned_data["bank_account"].replace("-", "").split())
        if not (account.isascii() and account.isdigit() and 8 <= len(account) <= 32):
            raise ValidationError(_("A bank account has 8 to 32 digits."))
        return account


def _phone(value: str) -> str:
    if sum(character.isdigit() for character in value) < 7:
        raise ValidationError(_("A phone number has at least 7 digits, such as 0571-87654321."))
    return value.strip()


def as_typed(data: QueryDict) -> dict[str, Any]:
    """What a request says of the application, to be kept as it is; what the database cannot hold is left out."""
    typed: dict[str, Any] = {}
    for name in FIELDS:
        if name in MULTIPLE:
            typed[name] = [_kept(value) for value in data.getlist(name)[:MOST_CHOICES]]
        else:
            typed[name] = _kept(data.get(name, ""))
    return typed


def _kept(value: str) -> str:
    # Lone halves of surrogate pairs and NUL are no text for PostgreSQL.
    return value.replace("\0", "").encode("utf-8", "ignore").decode()[:LONGEST]


def bound(typed: Mapping[str, Any]) -> ApplicationForm:
    """The form filled in with what was typed."""
    data = QueryDict(mutable=True)
    for name, value in typed.items():
        if name in MULTIPLE:
            data.setlist(name, list(value))
        else:
            data[name] = str(value)
    return ApplicationForm(data)


def gently_bound(typed: Mapping[str, Any]) -> ApplicationForm:
    """The form filled in, complaining only of what was typed wrongly, not of what is still empty."""
    form = bound(typed)
    form.full_clean()
    for name in list(form.errors):
        if not typed.get(name):
            del form.errors[name]
    return form


def shown(values: Mapping[str, Any]) -> dict[str, str]:
    """Each field as a person reads it: names in place of codes."""
    from accounts.onboarding.categories import category_names

    codes = [values.get("region", ""), *(values.get("delivery_regions") or [])]
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    sizes = dict(OrganisationSize.choices)
    read: dict[str, str] = {name: str(values.get(name) or "") for name in FIELDS}
    read["region"] = names.get(read["region"], read["region"])
    read["size"] = str(sizes.get(read["size"], read["size"]))
    read["delivery_regions"] = _listed(names.get(code, code) for code in values.get("delivery_regions") or [])
    read["categories"] = _listed(category_names(values.get("categories") or []))
    return read


def labels() -> dict[str, Any]:
    """What each field is called."""
    known = {name: field.label for name, field in ApplicationForm.base_fields.items()}
    return {**known, LICENCES: _("licences")}


def _listed(names: Iterable[str]) -> str:
    return "、".join(names)


class LicenceForm(forms.Form):
    """One licence with its file."""

    kind = forms.ChoiceField(label=_("kind"), choices=LicenceKind.choices)
    number = forms.CharField(label=_("number"), max_length=60)
    issued_on = forms.DateField(
        label=_("issued"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    expires_on = forms.DateField(
        label=_("expires"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave it empty if the licence is valid without limit."),
    )
    file = LimitedFileField(
        limit=LIMIT,
        label=_("file"),
        help_text=_("PDF, JPEG or PNG, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def clean(self) -> dict[str, Any]:
        """A licence ends after it was issued, and was issued already."""
        data = super().clean() or {}
        issued, expires = data.get("issued_on"), data.get("expires_on")
        if issued and issued > clock.today():
            self.add_error("issued_on", _("This day is still to come."))
        if issued and expires and expires < issued:
            self.add_error("expires_on", _("The licence expires before it was issued."))
        return data


class RegistrationForm(AcceptInvitationForm):
    """The first step of a supplier: an account, and the company it is for."""

    company = forms.CharField(label=_("name of the company"), max_length=200)
    region = forms.ChoiceField(label=_("region"), help_text=_("Where the company is registered."))
    person = forms.CharField(label=_("your full name"), max_length=150)
    email = forms.EmailField(label=_("e-mail"), max_length=254)

    field_order = ("company", "region", "person", "email", "username", "password", "repeated")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = [("", "–"), *region_choices()]  # type: ignore[attr-defined]
