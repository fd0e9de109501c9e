"""Settings that regions decide: declared by the apps as typed dataclasses, inherited from province to county.

@declare("orders", _("Orders"))
@dataclass(frozen=True)
class OrderSettings:
    approval_limit: Decimal = setting(Decimal("10000.00"), label=_("approval limit"), unit="¥", least=0)

get(region, OrderSettings).approval_limit
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, get_args, get_origin, get_type_hints

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import BadSetting

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from accounts.actor import Actor
    from accounts.models import Region, RegionSetting

    Text = str | _StrPromise

Group = TypeVar("Group")

CACHE_KEY: Final = "accounts.settings"
CACHE_SECONDS: Final = 60
TRUE: Final = frozenset(["true", "1", "yes", "on", "是"])
FALSE: Final = frozenset(["false", "0", "no", "off", "否"])


def setting(
    default: Any,
    *,
    label: Text,
    unit: Text = "",
    help: Text = "",
    least: Decimal | int | None = None,
    most: Decimal | int | None = None,
    choices: Mapping[str, Text] | None = None,
) -> Any:
    """A field of a declared dataclass; `least` and `most` bound numbers, `choices` bound texts."""
    metadata = {"label": label, "unit": unit, "help": help, "least": least, "most": most, "choices": choices}
    if isinstance(default, list):
        raise TypeError("give lists of a setting as tuples")
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Declared:
    """One setting as the pages show it."""

    key: str
    group: str
    group_label: Text
    name: str
    type: Any
    default: Any
    label: Text
    unit: Text
    help: Text
    least: Decimal | int | None
    most: Decimal | int | None
    choices: Mapping[str, Text] | None

    def read(self, value: Any) -> Any:
        """Turn a stored or typed value into the setting's type.

        Raises:
            BadSetting: it does not fit, with a sentence that says how it should be written.
        """
        read = _bounded(self, _read(self.type, value))
        if self.choices is not None and read not in self.choices:
            raise BadSetting(
                _("Choose one of: %(choices)s.") % {"choices": ", ".join(self.choices)}, field="value"
            )
        return read

    def show(self, value: Any) -> str:
        """The value as it is typed."""
        if isinstance(value, tuple):
            return ", ".join(str(item) for item in value)
        return str(value).lower() if isinstance(value, bool) else str(value)


_groups: dict[type[Any], str] = {}
_declared: dict[str, Declared] = {}


def declare(group: str, label: Text) -> Callable[[type[Group]], type[Group]]:
    """Register a frozen dataclass whose fields become settings `group.field`."""

    def register(cls: type[Group]) -> type[Group]:
        if group in _groups.values():
            raise ValueError(f"two groups of settings named {group!r}")
        _groups[cls] = group
        hints = get_type_hints(cls)
        for entry in dataclasses.fields(cast(Any, cls)):
            meta = {"unit": "", "help": "", "least": None, "most": None, "choices": None, **entry.metadata}
            key = f"{group}.{entry.name}"
            known = Declared(
                key=key,
                group=group,
                group_label=label,
                name=entry.name,
                type=hints[entry.name],
                default=entry.default,
                **{"label": entry.name, **meta},
            )
            known.read(entry.default)
            _declared[key] = known
        return cls

    return register


def declared() -> Iterator[Declared]:
    """Every setting, in the order of declaration."""
    return iter(_declared.values())


def find(key: str) -> Declared | None:
    """A setting by `group.field`."""
    return _declared.get(key)


def get(region: Region | None, cls: type[Group]) -> Group:
    """The settings in force in a region: its own values, else those of the nearest region above, else the defaults."""
    values: dict[str, Any] = {}
    group = _groups[cls]
    for overrides in _overrides_towards(region):
        for key, value in overrides.items():
            if key.startswith(f"{group}."):
                known = _declared.get(key)
                if known is not None:
                    values[known.name] = known.read(value)
    return cls(**values)


def inherited(region: Region, key: str) -> tuple[Any, str]:
    """(the value that the region has without its own, the path of the region it comes from or an empty text)."""
    known = _declared[key]
    value, source = known.default, ""
    table = _table()
    for path in _paths_towards(region.path)[:-1]:
        if key in table.get(path, {}):
            value, source = known.read(table[path][key]), path
    return value, source


def in_force(region: Region | None, key: str, own: Mapping[str, Any]) -> Any:
    """The value of one setting in a region, from the regions' own values that the caller has read from the database.

    For whoever may not rely on the table that is remembered for a minute.

    Args:
        region: the region, None: the default.
        key: `group.field`.
        own: path of a region → the value it has for this key.
    """
    known = _declared[key]
    paths = _paths_towards(region.path) if region else []
    given = [own[path] for path in paths if path in own]
    return known.read(given[-1]) if given else known.default


def set_value(*, actor: Actor, region: Region, key: str, value: Any, reason: str = "") -> RegionSetting:
    """Give a region a value of its own.

    Raises:
        BadSetting: nobody declared the setting, or the value does not fit.
        NotAllowed: the region is not the actor's own or below it.
    """
    from accounts.models import RegionSetting
    from zcy import audit
    from zcy.errors import NotAllowed

    known = _declared.get(key)
    if known is None:
        raise BadSetting(_("There is no such setting."), field="key")
    if not actor.covers_region(region):
        raise NotAllowed(_("This region is not yours to decide for."))
    read = known.read(value)
    with transaction.atomic():
        row, _created = RegionSetting.objects.update_or_create(
            region=region,
            key=key,
            defaults={"value": _stored(read), "reason": reason, "changed_by": actor.user},
        )
        audit.record(
            actor=actor,
            action="setting.changed",
            subject=region,
            data={"key": key, "value": _stored(read), "reason": reason},
        )
        forget()
    return row


def forget() -> None:
    """Drop the cached table, now and once the transaction has ended."""
    cache.delete(CACHE_KEY)
    transaction.on_commit(lambda: cache.delete(CACHE_KEY))


def _table() -> dict[str, dict[str, Any]]:
    """Region path → its own values; one query, remembered for a minute."""
    from accounts.models import RegionSetting

    table: dict[str, dict[str, Any]] | None = cache.get(CACHE_KEY)
    if table is None:
        table = {}
        for path, key, value in RegionSetting.objects.values_list("region__path", "key", "value"):
            table.setdefault(path, {})[key] = value
        cache.set(CACHE_KEY, table, CACHE_SECONDS)
    return table


def _paths_towards(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: depth + 1]) + "/" for depth in range(len(parts))]


def _overrides_towards(region: Region | None) -> Iterator[dict[str, Any]]:
    if region is None:
        return
    table = _table()
    for path in _paths_towards(region.path):
        if path in table:
            yield table[path]


def _read(kind: Any, value: Any) -> Any:
    text = str(value).strip()
    if get_origin(kind) is tuple:
        items = (
            value if isinstance(value, list | tuple) else [item for item in text.split(",") if item.strip()]
        )
        return tuple(_read(get_args(kind)[0], item) for item in items)
    try:
        return _READERS[kind](text)
    except (ValueError, InvalidOperation):
        raise BadSetting(_HOW.get(kind, BadSetting.message), field="value") from None


_HOW: Final[Mapping[Any, Any]] = {
    bool: _("Write true or false."),
    int: _("Write a whole number."),
    Decimal: _("Write a number such as 10000.00."),
    float: _("Write a number such as 1.2."),
    date: _("Write a date such as 2026-11-23."),
}


def _truth(text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise ValueError(text)


def _decimal(text: str) -> Decimal:
    number = Decimal(text.replace(",", ""))
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
        raise ValueError(text)
    return number


# What a setting may be; a dataclass that declares another type fails when the process starts.
_READERS: Final[Mapping[Any, Callable[[str], Any]]] = {
    bool: _truth,
    int: int,
    Decimal: _decimal,
    float: lambda text: float(_decimal(text)),
    date: date.fromisoformat,
    str: str,
}


def _bounded(known: Declared, value: Any) -> Any:
    for item in value if isinstance(value, tuple) else (value,):
        if known.least is not None and item < known.least:
            raise BadSetting(_("At least %(least)s, please.") % {"least": known.least}, field="value")
        if known.most is not None and item > known.most:
            raise BadSetting(_("At most %(most)s, please.") % {"most": known.most}, field="value")
    return value


def _stored(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_stored(item) for item in value]
    return str(value) if isinstance(value, Decimal | date) else value
