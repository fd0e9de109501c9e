"""The form in which a supplier proposes a standard good, and in which the operator corrects it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.attributes import attributes_of
from catalog.duplicates import Described
from catalog.forms.numbers import AMOUNT
from catalog.forms.specs import PREFIX, REMOVED, read_spec, spec_fields, spec_initial
from catalog.gtin import clean_gtin, show_gtin
from catalog.models import GoodProposal
from catalog.pictures import LIMIT, clean_picture
from catalog.tree import Node
from zcy.uploads import LimitedImageField

UNITS = (
    "台",
    "个",
    "包",
    "箱",
    "盒",
    "支",
    "把",
    "张",
    "套",
    "本",
    "瓶",
    "只",
    "组",
    "部",
    "卷",
    "提",
    "袋",
    "块",
    "具",
)


class ProposalForm(forms.Form):
    """A good of one category; the category's attributes are fields of their own."""

    brand_name = forms.CharField(
        label=_("Brand"),
        max_length=80,
        required=False,
        help_text=_("In Chinese or Latin letters. Empty: without a brand."),
    )
    model = forms.CharField(
        label=_("Model"),
        max_length=120,
        required=False,
        help_text=_("As the maker writes it, without the brand."),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=300,
        help_text=_("Brand, model, what it is: 惠普 M126a 黑白激光多功能一体机. No price, no terms of sale."),
    )
    unit = forms.CharField(label=_("Unit"), max_length=20, widget=forms.TextInput(attrs={"list": "units"}))
    pack_size = forms.DecimalField(
        label=_("Units per pack"),
        required=False,
        help_text=_(
            "How many units of the category one of these holds, for example 8 packets in a box. Empty: one."
        ),
        **AMOUNT,
    )
    gtin = forms.CharField(
        label=_("GTIN"),
        max_length=20,
        required=False,
        help_text=_("The digits under the bar code, if there is one."),
    )
    maker = forms.CharField(label=_("Maker"), max_length=120, required=False)
    origin = forms.CharField(
        label=_("Country of origin"), max_length=60, initial="中国", help_text=_("Stands on every good.")
    )
    picture = LimitedImageField(
        limit=LIMIT,
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP of at least 200 pixels a side, at most 5 MB."),
    )
    description = forms.CharField(
        label=_("Description"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        category: Node,
        proposal: GoodProposal | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.category = category
        self.attributes = attributes_of(category)
        self.before: Mapping[str, Any] = proposal.spec if proposal else {}
        shown = self._initial(proposal) | dict(initial or {})
        super().__init__(data, files, initial=shown)
        if not shown.get("unit"):
            self.initial["unit"] = category.unit
        added = spec_fields(self.attributes, self.before)
        names = list(self.fields)
        place = names.index("unit")
        ordered = {name: self.fields[name] for name in names[:place]} | added
        self.fields = ordered | {name: self.fields[name] for name in names[place:]}

    def _initial(self, proposal: GoodProposal | None) -> dict[str, Any]:
        if proposal is None:
            return {}
        plain = (
            "brand_name",
            "model",
            "name",
            "unit",
            "maker",
            "origin",
            "description",
            "picture",
            "version",
        )
        found = {name: getattr(proposal, name) for name in plain} | spec_initial(
            self.attributes, proposal.spec
        )
        found["gtin"] = show_gtin(proposal.gtin)
        found["pack_size"] = None if proposal.pack_size is None else f"{proposal.pack_size.normalize():f}"
        return found

    @property
    def spec_rows(self) -> list[Any]:
        """The fields of the attributes."""
        return [self[name] for name in self.fields if name.startswith(PREFIX) or name == REMOVED]

    def clean_gtin(self) -> str:
        """Empty, or a number with a right check digit."""
        return clean_gtin(self.cleaned_data["gtin"])

    def clean_picture(self) -> Any:
        """A new file is checked by its content and drawn anew; a bomb is refused before it is unpacked."""
        picture = self.cleaned_data.get("picture")
        if picture and hasattr(picture, "content_type"):
            return clean_picture(picture.file, picture.size)
        return picture

    def values(self) -> dict[str, Any]:
        """What was filled in, as the services take it."""
        data = self.cleaned_data
        values: dict[str, Any] = {
            name: " ".join(str(data[name]).split())
            for name in ("brand_name", "model", "name", "unit", "maker", "origin")
        }
        values |= {
            "category_id": self.category.id,
            "spec": read_spec(self.attributes, data, self.before),
            "pack_size": data["pack_size"],
            "gtin": data["gtin"],
            "description": data["description"].strip(),
        }
        picture = data.get("picture")
        if picture is False:
            values["picture"] = ""
        elif (
            picture
            and not isinstance(picture, str)
            and hasattr(picture, "read")
            and picture is not self.initial.get("picture")
        ):
            values["picture"] = picture
        return values

    def described(self) -> Described:
        """What has been typed so far, complete or not, for finding goods that are the same."""
        self.is_valid()
        data = self.cleaned_data
        keys = frozenset(attribute.key for attribute in self.attributes if attribute.is_key)
        return Described(
            name=data.get("name") or str(self.data.get("name", "")).replace("\x00", "")[:300],
            brand=data.get("brand_name", ""),
            model=data.get("model", ""),
            category=self.category.code,
            category_name=self.category.name,
            spec=read_spec(self.attributes, data, {}),
            keys=keys,
            unit="",  # prefilled, and so not yet said
            pack_size=data.get("pack_size"),
            gtin=data.get("gtin", ""),
        )


class DecisionForm(forms.Form):
    """What else the operator may say of a proposal."""

    text = forms.CharField(
        label=_("What to mend, for the supplier"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    good = forms.IntegerField(
        label=_("Number of the good that it is"), required=False, min_value=1, max_value=2**63 - 1
    )
