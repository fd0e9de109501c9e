"""What a rule is: its text, its parameters, and an evaluation over a range of nights at once."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from supervision.vocabulary import Dimension, Outcome, SubjectKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from supervision.models import Warning
    from supervision.rules.regime import Regime, Regimes


def parameter(default: float, *, unit: str, label: Any, tighter: str, regional: bool = True) -> Any:
    """A field of a rule's parameters.

    Args:
        default: the value that is shipped.
        unit: in what it is counted, as written behind the number.
        label: what it limits.
        tighter: `up` or `down`: in which direction more is flagged.
        regional: whether a region may have its own.
    """
    if tighter not in ("up", "down"):
        raise ValueError(tighter)
    return field(
        default=default, metadata={"unit": unit, "label": label, "tighter": tighter, "regional": regional}
    )


@dataclass(frozen=True)
class Parameters:
    """The base of all rules' parameters."""

    @classmethod
    def with_values(cls, values: Mapping[str, Any]) -> Any:
        """The defaults, with some values replaced; each keeps the type of its default."""
        defaults = cls().as_dict()
        return cls(
            **{
                **defaults,
                **{name: type(defaults[name])(value) for name, value in values.items() if name in defaults},
            }
        )

    def as_dict(self) -> dict[str, Any]:
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}


@dataclass
class Finding:
    """A flagged episode of one subject. Amounts in yuan, dates local."""

    subject_kind: SubjectKind
    # Ids of rows here: the order's; or the buyer's and the category's.
    subject: tuple[int, ...]
    night: date
    region_id: int
    version_id: int
    severity: int
    value: float
    threshold: float
    at_stake: Decimal
    evidence: dict[str, Any]
    sample_size: int | None = None
    # From which night's data on it can be known; the night itself unless a later fact decides.
    known_on: date | None = None
    last_night: date | None = None
    nights: int = 1
    order_id: int | None = None
    buyer_id: int | None = None
    supplier_id: int | None = None
    category_id: int | None = None
    # The category belongs to the identity of the episode.
    names_category: bool = False
    unit_error: bool = False
    # What the night counts: the worth of the subject.
    amount: Decimal = Decimal(0)

    @property
    def known(self) -> date:
        return self.known_on or self.night

    @property
    def key(self) -> str:
        """The subject here, as warnings store it."""
        return f"{self.subject_kind}:{';'.join(str(part) for part in self.subject)}"


@dataclass(frozen=True)
class Tally:
    """Subjects of a region and night that were not flagged, or amounts besides those of findings."""

    night: date
    region_id: int
    outcome: Outcome
    amount: Decimal
    reason: str = ""
    count: int = 1


@dataclass(frozen=True)
class RuleContext:
    """What a rule is told: the nights to evaluate, oldest first, and the parameters in force in them.

    With `only` (ids of orders, or pairs of buyer and category) nothing else is looked at: for looking again at
    what has been flagged before.
    """

    first: date
    last: date
    regimes: Regimes
    shard: int = 0
    shards: int = 1
    only: frozenset[tuple[int, ...]] | None = None

    def within(self, night: date) -> bool:
        return self.first <= night <= self.last

    @property
    def only_ids(self) -> list[int] | None:
        """The first part of each subject in `only`; None: everything."""
        return None if self.only is None else sorted({subject[0] for subject in self.only})


class Rule:
    """One rule. Its module's docstring is its definition to the letter."""

    slug: ClassVar[str]
    dimension: ClassVar[Dimension]
    subject_kind: ClassVar[SubjectKind]
    title: ClassVar[_StrPromise]
    description: ClassVar[_StrPromise]
    legal_basis: ClassVar[_StrPromise]
    parameters: ClassVar[type[Parameters]]
    # What `value` and `threshold` are counted in.
    unit: ClassVar[str] = ""
    # How many parts a night may be cut into (by region).
    shards: ClassVar[int] = 1
    # Whether the rule tallies flagged subjects itself, night by night; else each finding counts once.
    counts_flagged: ClassVar[bool] = False

    def evaluate(self, context: RuleContext) -> Iterator[Finding | Tally]:
        """Every subject whose outcome can be known in one of the context's nights."""
        raise NotImplementedError

    def again(self, standing: list[Warning]) -> list[Warning]:
        """Which warnings of earlier nights must be computed anew: severity that grows, data that are corrected."""
        return standing

    def sentence(self, evidence: Mapping[str, Any]) -> str:
        """What is how far from what, in the reader's language; the subject is named beside it."""
        raise NotImplementedError

    def formula(self, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The formula with its numbers, as lines (what, how)."""
        raise NotImplementedError

    @classmethod
    def definition(cls) -> str:
        """The exact definition: the docstring of the rule's module."""
        return inspect.cleandoc(inspect.getmodule(cls).__doc__ or "")

    @classmethod
    def code_hash(cls) -> str:
        """SHA-256 of the rule's file."""
        return hashlib.sha256(inspect.getsource(inspect.getmodule(cls)).encode()).hexdigest()  # type: ignore[arg-type]

    @classmethod
    def tighter(cls, name: str) -> str:
        """`up` or `down`."""
        return str(next(entry.metadata["tighter"] for entry in fields(cls.parameters) if entry.name == name))

    @classmethod
    def regional(cls) -> frozenset[str]:
        """Names of the parameters that a region may set."""
        return frozenset(entry.name for entry in fields(cls.parameters) if entry.metadata["regional"])


def tighter_value(direction: str, one: Any, other: Any) -> Any:
    """Of two values the one that flags more."""
    return max(one, other) if direction == "up" else min(one, other)


def regimes_of(context: RuleContext) -> Iterator[tuple[Regime, date, date]]:
    """The stretches of equal parameters inside the context's nights, each with its first and last night."""
    for regime in context.regimes:
        first, last = max(context.first, regime.first), min(context.last, regime.last)
        if first <= last:
            yield regime, first, last
