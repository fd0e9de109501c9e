"""What a check is: it looks at many listings with a fixed number of statements, and says one thing about each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from catalog.checks.settings import CheckSettings
from catalog.models.checks import Finding
from catalog.review_reasons import BY_CODE

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from accounts.models import Organisation
    from catalog.models import Good

    Text = str | _StrPromise


@dataclass(frozen=True)
class Subject:
    """A listing as the checks see it: saved, or still being typed (then `key` is 0 and fields may be missing)."""

    key: int
    good: Good
    # With region and standing loaded.
    supplier: Organisation
    price: Decimal | None = None
    own_public_price: Decimal | None = None
    delivery_days: int | None = None
    delivery_paths: tuple[str, ...] = ()
    note: str = ""
    # The price last approved, by whoever; None where none was.
    approved_price: Decimal | None = None
    settings: CheckSettings = field(default_factory=CheckSettings)


@dataclass(frozen=True)
class CheckResult:
    """What one check says of one listing; doubt and block carry a code of `catalog.review_reasons`."""

    check: str
    finding: Finding
    reason: str = ""
    saw: str = ""

    @property
    def troubles(self) -> bool:
        """Whether something is to be mended or looked at."""
        return self.finding in (Finding.DOUBT, Finding.BLOCK)

    @property
    def field(self) -> str:
        """The field of the form that it concerns; empty for none."""
        return BY_CODE[self.reason].field if self.reason else ""

    @property
    def title(self) -> Text:
        return BY_CODE[self.reason].title if self.reason else ""

    @property
    def remedy(self) -> Text:
        return BY_CODE[self.reason].remedy if self.reason else ""

    @property
    def place(self) -> tuple[str, Text]:
        """Where it is mended, if not in the form: an address and what the link says; both empty elsewhere."""
        reason = BY_CODE.get(self.reason)
        return (reason.place, reason.link) if reason else ("", "")


class Check(ABC):
    """One check, in a file of its own, registered in catalog/checks/__init__.py.

    Attributes:
        code: never renamed: verdicts of the past carry it.
        label: what it looks at.
        description: when it doubts and when it blocks, for suppliers and for the public page.
        fields: fields of the form whose change makes it look anew; empty: it looks at the firm or the good.
        evidence: checks of one evidence stand in for each other: where none of them could be made, a person decides.
    """

    code: ClassVar[str]
    label: ClassVar[Text]
    description: ClassVar[Text]
    fields: ClassVar[frozenset[str]] = frozenset()
    evidence: ClassVar[str] = ""

    @property
    def name(self) -> str:
        """For the registry."""
        return self.code

    def prepare(self, subjects: Sequence[Subject], day: date) -> Any:
        """Load what the check needs for all subjects, in a fixed number of statements."""
        return None

    @abstractmethod
    def look(self, subject: Subject, facts: Any, day: date) -> CheckResult:
        """Judge one subject without a statement."""

    def clear(self, saw: str = "") -> CheckResult:
        return CheckResult(self.code, Finding.CLEAR, saw=saw)

    def unknown(self, saw: str = "") -> CheckResult:
        """It could not be checked, which is not clear."""
        return CheckResult(self.code, Finding.NOT_COMPUTABLE, saw=saw)

    def doubt(self, reason: str, saw: str) -> CheckResult:
        return CheckResult(self.code, Finding.DOUBT, reason, saw)

    def block(self, reason: str, saw: str) -> CheckResult:
        return CheckResult(self.code, Finding.BLOCK, reason, saw)
