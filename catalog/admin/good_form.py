"""The form of a standard good: its attributes are fields of their own, made from the schema of its category."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from catalog.attributes import Attribute, attributes_of
from catalog.forms.numbers import AMOUNT
from catalog.forms.specs import PREFIX, REMOVED, read_spec, spec_fields, spec_initial
from catalog.good_history import shown_of
from catalog.gtin import clean_gtin, show_gtin
from catalog.models import Good, GoodLabel, GoodPicture, PolicyLabel
from catalog.models.goods import GoodState
from catalog.pictures import LIMIT, clean_picture
from catalog.tree import category_tree
from zcy.uploads import LimitedImageField

MOST_PICTURES: Final = 8
PLAIN: Final = (
    "category", "brand", "model", "name", "unit", "pack_size", "gtin", "maker", "origin", "picture", "description",
    "accessories",
)  # fmt: skip


def uploaded(picture: Any) -> Any:
    """A newly chosen file is drawn anew; what is kept already stays."""
    if picture and hasattr(picture, "content_type"):
        return clean_picture(picture.file, picture.size)
    return picture


class GoodForm(ModelForm[Good]):
    """A standard good; `with_specification` adds the fields of its category."""

    # Set by with_specification.
    attributes: tuple[Attribute, ...] = ()
    category_id: int = 0

    gtin = forms.CharField(
        label=gettext_lazy("GTIN"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("The digits under the bar code: EAN-8, UPC, EAN-13 or GTIN-14."),
    )
    pack_size = forms.DecimalField(label=gettext_lazy("units per pack"), required=False, **AMOUNT)
    picture = LimitedImageField(
        limit=LIMIT, label=gettext_lazy("picture"), required=False, widget=AdminFileWidget
    )
    seen_version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )
    dropped_labels = forms.MultipleChoiceField(
        label=gettext_lazy("Take away labels without a certificate"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "They were stated by the source of an import. Labels with a certificate stand below."
        ),
    )

    class Meta:
        model = Good
        fields = PLAIN

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        good = self.instance
        self.initial = {**self.initial, **spec_initial(self.attributes, good.spec)}
        if "origin" in self.fields:
            self.fields["origin"].required = True
        self.initial["gtin"] = show_gtin(good.gtin)
        self.initial["seen_version"] = good.version if good.pk else 0
        if "pack_size" in self.fields and good.pack_size is not None:
            self.initial["pack_size"] = f"{good.pack_size.normalize():f}"

    def clean_picture(self) -> Any:
        """Only a newly chosen file is drawn anew."""
        return uploaded(self.cleaned_data.get("picture"))

    def clean_gtin(self) -> str:
        """With a right check digit, and not on another active good."""
        number = clean_gtin(self.cleaned_data["gtin"])
        others = Good.objects.active().exclude(pk=self.instance.pk or 0)
        if number and self.instance.state == GoodState.ACTIVE:
            other = others.filter(gtin=number).values_list("name", "pk").first()
            if other:
                raise forms.ValidationError(
                    _("This GTIN stands on “%(name)s” (%(number)s) already: merge the two, or mend one.")
                    % {"name": other[0], "number": other[1]}
                )
        return number

    def clean(self) -> dict[str, Any]:
        """The newest version is edited, and the attributes are those of the category that is chosen."""
        data = super().clean() or {}
        category = data.get("category")
        if category is not None and category.pk != self.category_id:
            self.add_error("category", _("Choose the category anew: its attributes could not be shown."))
        if self.instance.pk and data.get("seen_version") != self.instance.version:
            self._tell_of_newer()
        return data

    def _tell_of_newer(self) -> None:
        """Somebody was quicker: what stands now, and what was typed; saving again puts the typed values over it."""
        seen, number = self.cleaned_data.get("seen_version") or 0, self.instance.version
        newer = self.instance.history.filter(version__gt=seen).order_by("-id").first()
        who = newer.author_name if newer and newer.author_name else _("The platform")
        texts = [
            _("%(who)s has changed this good since you opened it (version %(number)s). In force now:")
            % {"who": who, "number": number}
        ]
        rows: dict[str, Any] = {}
        for change in self.instance.history.filter(version__gt=seen).order_by("id")[:20]:
            rows |= change.changes
        texts += [f"{label}: {before} → {after}" for label, before, after in shown_of(self.instance, rows)]
        texts.append(_("Compare, and save again to put your values over these."))
        self.add_error(None, texts)
        typed: Any = self.data.copy()  # type: ignore[attr-defined]
        typed["seen_version"] = str(number)
        self.data = typed

    def _post_clean(self) -> None:
        # Before the instance is checked as a whole: the specification is built of the fields.
        before = dict(self.instance.spec)
        super()._post_clean()  # type: ignore[misc]
        self.instance.spec = read_spec(self.attributes, self.cleaned_data, before)


def with_specification(form: Any, category_id: int, good: Good | None) -> type[GoodForm]:
    """The form with the fields of a category, in their place behind the plain ones."""
    attributes = tuple(attributes_of(category_tree().by_id.get(category_id)))
    added: dict[str, Any] = dict(spec_fields(attributes, good.spec if good else {}))
    made: Any = type(form.__name__, (form,), {"attributes": attributes, "category_id": category_id, **added})
    names = [name for name in made.base_fields if not name.startswith((PREFIX, REMOVED))]
    bare = set(good.labels) - set(good.certificates.values_list("label", flat=True)) if good else set()
    if bare and "dropped_labels" in names:
        words = dict(PolicyLabel.choices)
        made.base_fields["dropped_labels"].choices = [(one, words.get(one, one)) for one in sorted(bare)]
    else:
        names = [name for name in names if name != "dropped_labels"]
    place = names.index("unit") if "unit" in names else len(names)
    made.base_fields = {name: made.base_fields[name] for name in [*names[:place], *added, *names[place:]]}
    chosen: type[GoodForm] = made
    return chosen


class _OfAGood(admin.TabularInline[Any, Good]):
    """Rows that only catalog staff write."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.actor.has_role(Role.CATALOG))  # type: ignore[attr-defined]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


class PictureForm(ModelForm[GoodPicture]):
    """A further picture."""

    picture = LimitedImageField(limit=LIMIT, label=gettext_lazy("picture"), widget=AdminFileWidget)

    class Meta:
        model = GoodPicture
        fields = ("picture", "order")

    def clean_picture(self) -> Any:
        """Checked by its content and drawn anew."""
        return uploaded(self.cleaned_data.get("picture"))


class PictureInline(_OfAGood):
    model = GoodPicture
    form = PictureForm
    max_num = MOST_PICTURES


class LabelInline(_OfAGood):
    model = GoodLabel
    fields = ("label", "certificate", "expires_on")
