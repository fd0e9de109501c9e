"""The columns of the file: how they are headed in each language, and how a header is recognised."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from catalog.attributes import Attribute, attributes_of
from catalog.bulk.errors import BadFile
from catalog.changes import BY_FIELD, WORDS
from catalog.models import CategoryAttribute
from catalog.tree import Node

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# More would make a sheet that nobody reads.
MOST_ATTRIBUTES: Final = 40


@dataclass(frozen=True)
class Column:
    """A column that every file may have. `names`: other ways in which people head it, whatever their language."""

    key: str
    label: str | _StrPromise
    hint: str | _StrPromise
    names: tuple[str, ...] = ()
    # Codes and numbers that a spreadsheet must not turn into quantities.
    is_text: bool = True
    # Needed for a listing that is not there yet.
    needed: bool = False
    example: str = ""


IDENTITY: Final = (
    Column(
        "listing",
        _("Listing number"),
        _("Of a listing that you have already; the export fills it in. Leave it empty for a new one."),
        ("报价编号", "商品报价编号"),
    ),
    Column(
        "good",
        _("Standard good number"),
        _("The number in the address of the good's page. The surest way to say which good is meant."),
        ("标准商品编号", "商品编号"),
    ),
    Column(
        "gtin",
        _("GTIN"),
        _("The barcode, 8 to 14 digits."),
        ("条码", "商品条码", "69码", "条形码", "barcode"),
    ),
    Column("brand", _("Brand"), _("As the catalog writes it, in Chinese or in Latin letters."), ("品牌",)),
    Column(
        "model", _("Model"), _("The maker's name; blanks and dashes do not matter."), ("型号", "规格型号")
    ),
    Column(
        "name",
        _("Name"),
        _("For you to read. It decides only where no model is stated."),
        ("名称", "商品名称"),
    ),
)
VALUES: Final = (
    Column(
        "price",
        _("Unit price in yuan, tax included"),
        _("From 0.01 to 999,999,999.99, at most two decimal places."),
        ("单价", "价格", "price"),
        is_text=False, needed=True, example="1980.00",
    ),
    Column(
        "stock", _("Stock"), _("In the unit of the good; 0 means sold out."), ("库存", "stock"),
        is_text=False, needed=True, example="50",
    ),
    Column(
        "min_quantity", _("Minimum quantity"), _("The least that can be ordered; 1 if nothing is stated."),
        ("最小起订量", "起订量"), is_text=False, example="1",
    ),
    Column(
        "delivery_days", _("Delivery days"), _("Working days until the goods arrive, 0 to 365."),
        ("配送天数", "送货天数", "交货天数"), is_text=False, needed=True, example="3",
    ),
    Column(
        "delivery_areas", _("Delivery areas"),
        _("Names or codes of regions, with commas between them; “everywhere” for no limit."),
        ("配送区域", "送货区域"),
    ),
    Column(
        "warranty_months", _("Warranty in months"), _("From 0 to 240."),
        ("质保月数", "保修月数"), is_text=False, example="12",
    ),
    Column(
        "own_public_price", _("Price in your own public shop"),
        _("Only if you sell the good to everyone elsewhere."), ("自有公开商城价",), is_text=False,
    ),
    Column("note", _("Remark"), _("At most 300 characters."), ("备注", "说明")),
)  # fmt: skip
REASON: Final = Column("reason", _("What is wrong"), "", ("错误原因", "原因"))
KEYS: Final = tuple(column.key for column in (*IDENTITY, *VALUES))
_BY_KEY: Final = {column.key: column for column in (*IDENTITY, *VALUES, REASON)}
_PARENTHESES: Final = re.compile(r"\([^()]*\)")


def label_of(key: str) -> str:
    """The heading of a column in the reader's language; of an attribute its own label."""
    column = _BY_KEY.get(key)
    return str(column.label) if column else key


def hint_of(column: Column) -> str:
    """What may stand in a column and, of what is offered, what a change needs."""
    needed = BY_FIELD.get(column.key)
    return " ".join(filter(None, (str(column.hint), str(WORDS[needed.needs]) if needed else "")))


def has_gtin() -> bool:
    """Whether goods carry a GTIN."""
    from catalog.models import Good

    return any(known.name == "gtin" for known in Good._meta.get_fields())


def base_columns() -> list[Column]:
    """The columns of a template without attributes: first what names the good, then what is offered."""
    return [column for column in (*IDENTITY, *VALUES) if column.key != "gtin" or has_gtin()]


def attributes_for(node: Node | None) -> list[Attribute]:
    """The attributes of a category with those it inherits; above a leaf also the key attributes of those below."""
    if node is None:
        return []
    found = {attribute.key: attribute for attribute in attributes_of(node)}
    waiting = list(node.children)
    while waiting and len(found) < MOST_ATTRIBUTES:
        child = waiting.pop(0)
        for attribute in attributes_of(child):
            if attribute.is_key:
                found.setdefault(attribute.key, attribute)
        waiting += child.children
    return list(found.values())[:MOST_ATTRIBUTES]


def heading(attribute: Attribute) -> str:
    """The heading of an attribute, with its unit."""
    return f"{attribute.label} ({attribute.unit})" if attribute.unit else attribute.label


@dataclass
class Header:
    """Where each column stands in a file."""

    titles: list[str]
    # key of a column → its place
    places: dict[str, int] = field(default_factory=dict)
    # place → keys of the attributes that it may mean
    attributes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def cell(self, cells: Sequence[str], key: str) -> str:
        """The text of a column in a row; empty where there is none."""
        place = self.places.get(key, -1)
        return cells[place] if 0 <= place < len(cells) else ""


def spelt(title: str) -> str:
    """A heading without what does not tell columns apart: case, blanks, stars, width of characters."""
    text = unicodedata.normalize("NFKC", title).lower()
    return re.sub(r"[\s*_:：]+", "", text)


def recognise(titles: list[str]) -> Header:
    """Read the first row of a file.

    Raises:
        BadFile: no column says which good is meant, or none says anything about it, or one stands twice.
    """
    known, attributes = _names(), _attribute_names()
    header = Header(titles)
    for place, title in enumerate(titles):
        if not title:
            continue
        short = _PARENTHESES.sub("", spelt(title)) or spelt(title)
        key = known.get(spelt(title)) or known.get(short)
        named = attributes.get(spelt(title)) or attributes.get(short)
        if key == REASON.key:
            continue
        if key and key in header.places:
            raise BadFile(
                translate("The column “%(title)s” stands twice. Delete one of them.") % {"title": title[:60]}
            )
        if key:
            header.places[key] = place
        elif named:
            header.attributes[place] = named
        else:
            header.ignored.append(title[:60])
    _refuse_useless(header)
    return header


def _refuse_useless(header: Header) -> None:
    which = [column for column in IDENTITY if column.key in header.places]
    what = [column for column in VALUES if column.key in header.places]
    if not which and not what:
        raise BadFile(
            translate(
                "The first row has none of the headings that are known, such as %(examples)s. "
                "Use the template of your category."
            )
            % {"examples": _listed([*IDENTITY[1:5:2], *VALUES[:2]])}
        )
    if not which:
        raise BadFile(
            translate("No column says which good is meant. Add one of: %(columns)s.")
            % {"columns": _listed(IDENTITY)}
        )
    if not what:
        raise BadFile(
            translate("No column says what is to change. Add one of: %(columns)s.")
            % {"columns": _listed(VALUES)}
        )


def _listed(columns: Iterable[Column]) -> str:
    return "、".join(str(column.label) for column in columns)


def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for column in (*IDENTITY, *VALUES, REASON):
        for name in (column.key, *column.names):
            names[spelt(name)] = column.key
    for language, _name in settings.LANGUAGES:
        with override(language):
            for column in (*IDENTITY, *VALUES, REASON):
                names[spelt(str(column.label))] = column.key
                names[_PARENTHESES.sub("", spelt(str(column.label)))] = column.key
    return names


def _attribute_names() -> dict[str, tuple[str, ...]]:
    names: dict[str, set[str]] = {}
    rows = CategoryAttribute.objects.values_list("key", "label", "label_en", "unit").distinct()
    for key, *labels, unit in rows:
        for name in (key, *labels):
            if name:
                names.setdefault(spelt(name), set()).add(key)
                names.setdefault(spelt(f"{name} ({unit})"), set()).add(key)
    return {name: tuple(sorted(keys)) for name, keys in names.items()}
