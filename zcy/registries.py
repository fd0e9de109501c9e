"""Registries of the ground floor: what an app adds to the frame that every app shares.

An app fills them in its `AppConfig.ready()`. A registry keeps what is registered in order and refuses
two entries of one name, so that a typing error is found when the process starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

from zcy.formats import number

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text: TypeAlias = str | _StrPromise


class Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class Registry(Generic[T]):
    """Named entries in the order of registration."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, T] = {}

    def register(self, entry: T) -> T:
        """Add an entry.

        Raises:
            ValueError: an entry of this name is there already.
        """
        if entry.name in self._entries:
            raise ValueError(f"two entries named {entry.name!r} in the registry of {self.kind}")
        self._entries[entry.name] = entry
        return entry

    def __iter__(self) -> Iterator[T]:
        return iter(self._entries.values())

    def __getitem__(self, name: str) -> T:
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __len__(self) -> int:
        return len(self._entries)


@dataclass(frozen=True)
class MenuItem:
    """One line of the side menu of a workspace."""

    name: str
    label: Text
    url_name: str
    roles: frozenset[str]
    section: Text
    order: int = 100
    icon: str = "dot"
    # The count beside the label comes from the header counts, by the same name, so that a page needs one query.
    count: str = ""
    # Current only on its very address, because other lines lie below it.
    exact: bool = False


@dataclass(frozen=True)
class TodoItem:
    """What waits for a person: one line of the work list on the home page."""

    label: Text
    count: int
    url: str
    action: Text
    since: datetime | None = None
    due: datetime | None = None
    tone: str = "watch"


@dataclass(frozen=True)
class TodoProvider:
    """Finds what waits for an actor; asked only for people who have one of the roles.

    Without roles it is asked for people who are signed in and hold none.
    """

    name: str
    roles: frozenset[str]
    find: Callable[[Any], Iterable[TodoItem]]
    order: int = 100


@dataclass(frozen=True)
class HeaderCount:
    """A scalar SQL subquery shown as a number in the header or menu.

    `sql(actor)` returns (SQL of a scalar subquery, parameters): all counts of a page are fetched in one statement.
    """

    name: str
    roles: frozenset[str]
    sql: Callable[[Any], tuple[str, list[Any]]]


@dataclass(frozen=True)
class NavigationLink:
    """A link of the public header, for example a hall or a category."""

    label: str
    url: str


@dataclass(frozen=True)
class NavigationProvider:
    """Links of the public header for a region; remembered for a minute by each process, so it may ask the database."""

    name: str
    links: Callable[[int | None], Iterable[NavigationLink]]
    order: int = 100


@dataclass(frozen=True)
class Tile:
    """A figure of a home section drawn by zcy/_home_tiles.html; numbers are written with separators."""

    label: Text
    value: Any
    hint: Text = ""
    href: str = ""
    tone: str = ""

    @property
    def shown(self) -> str:
        return number(self.value) if isinstance(self.value, int) else str(self.value)


@dataclass(frozen=True)
class HomeSection:
    """A part of the home page: `template` is included with what `load(actor)` returns.

    Shown to people who have one of the roles, and with `public` to those who are not signed in.
    """

    name: str
    template: str
    load: Callable[[Any], Mapping[str, Any]]
    roles: frozenset[str] = frozenset()
    public: bool = False
    order: int = 100


@dataclass(frozen=True)
class NightContext:
    """What a nightly part is told.

    `nights` is the gap to be computed, oldest first: one date on an ordinary night, more when nights were missed.
    `shard` of `shards`: the hash range of this part; parts that do not fan out get 0 of 1.
    """

    run_id: int
    first: date
    last: date
    shard: int = 0
    shards: int = 1


@dataclass(frozen=True)
class NightlyPart:
    """One step of the night.

    `run(context)` computes and returns figures for the page (`rows` at least); it is idempotent, runs in its own
    transaction(s) and may be started again at any time. Parts of one `stage` may run side by side; a stage starts
    when the stage before has ended.
    """

    name: str
    label: Text
    stage: int
    run: Callable[[NightContext], Mapping[str, Any]]
    shards: int = 1


@dataclass(frozen=True)
class HistoryStart:
    """Tells the first date on which something happened that nights must look at; None while nothing has."""

    name: str
    find: Callable[[], date | None]


@dataclass(frozen=True)
class HealthCheck:
    """Something that must answer before the platform is ready: returns None, or what is wrong in one sentence."""

    name: str
    check: Callable[[], str | None]
    # A part that is away while the platform goes on without it (the cache) does not make it unready.
    essential: bool = True


@dataclass(frozen=True)
class PeriodicTask:
    """A Celery task that beat starts: either every `seconds`, or at `hour`:`minute` Asia/Shanghai."""

    name: str
    task: str
    seconds: int | None = None
    hour: int | None = None
    minute: int = 0
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PrivateFiles:
    """A folder of the storage whose files only some may see: `admits(actor, name)` says who, by the file's name."""

    name: str
    admits: Callable[[Any, str], bool]


menu: Registry[MenuItem] = Registry("menu items")
todo: Registry[TodoProvider] = Registry("to-do providers")
header_counts: Registry[HeaderCount] = Registry("header counts")
navigation: Registry[NavigationProvider] = Registry("navigation")
home_sections: Registry[HomeSection] = Registry("home sections")
nightly_parts: Registry[NightlyPart] = Registry("nightly parts")
# How the figures that parts return are called on the page of a night, by their key.
figure_words: dict[str, Text] = {}
history_starts: Registry[HistoryStart] = Registry("history starts")
private_files: Registry[PrivateFiles] = Registry("folders of private files")
health: Registry[HealthCheck] = Registry("health checks")
periodic_tasks: Registry[PeriodicTask] = Registry("periodic tasks")
