"""Where and in how many days is promised to be delivered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from accounts.models import Region, SupplierProfile
from catalog.checks.base import Check, CheckResult, Subject
from zcy.said import said


@dataclass(frozen=True)
class _Facts:
    """Path → (level, name) of the regions that are named; paths of the whole platform; paths by supplier."""

    named: Mapping[str, tuple[str, str]]
    everywhere: Sequence[str]
    registered: Mapping[int, Collection[str]]


class DeliveryCheck(Check):
    """No area named means everywhere. Delivery on the very day is credible in a single county only.

    What a supplier registered holds where it named any delivery region when it came in; a region includes those below.
    """

    code = "delivery"
    label = gettext_lazy("delivery areas and days")
    description = gettext_lazy(
        "Refuses areas that are no regions of the platform; doubts areas beyond the supplier's registered delivery "
        "regions, very long delivery, and delivery on the same day to more than one county."
    )
    fields = frozenset({"delivery_days", "delivery_areas"})

    def prepare(self, subjects: Sequence[Subject], day: date) -> _Facts:
        """Two statements."""
        paths = {path for subject in subjects for path in subject.delivery_paths}
        named: dict[str, tuple[str, str]] = {}
        everywhere: list[str] = []
        rows = Region.objects.filter(Q(path__in=paths) | Q(parent__isnull=True))
        for path, level, name, parent in rows.values_list("path", "level", "name", "parent_id"):
            named[path] = (level, name)
            if parent is None:
                everywhere.append(path)
        registered: dict[int, list[str]] = {}
        regions = SupplierProfile.delivery_regions.through.objects.filter(
            supplierprofile_id__in={subject.supplier.pk for subject in subjects}
        )
        for supplier, path in regions.values_list("supplierprofile_id", "region__path"):
            registered.setdefault(supplier, []).append(path)
        return _Facts(named, everywhere, registered)

    def look(self, subject: Subject, facts: _Facts, day: date) -> CheckResult:
        unknown = [path for path in subject.delivery_paths if path not in facts.named]
        if unknown:
            return self.block("delivery_area_unknown", ", ".join(unknown)[:200])
        if beyond := self._beyond(subject, facts):
            return self.doubt("delivery_area_not_registered", beyond)
        if subject.delivery_days is None:
            return self.unknown(said(_("no delivery days stated")))
        days, most = subject.delivery_days, subject.settings.most_delivery_days
        if days > most:
            saw = said(_("%(days)s days, more than %(most)s"), days=days, most=most)
            return self.doubt("delivery_not_credible", saw)
        one_county = (
            len(subject.delivery_paths) == 1 and facts.named[subject.delivery_paths[0]][0] == "county"
        )
        if days == 0 and not one_county:
            return self.doubt("delivery_not_credible", said(_("on the same day, to more than one county")))
        return self.clear(said(_("%(days)s days"), days=days))

    @staticmethod
    def _beyond(subject: Subject, facts: _Facts) -> str:
        """The promised areas that lie in no registered region, in words; empty where none does or none is registered."""
        registered = tuple(facts.registered.get(subject.supplier.pk, ()))
        if not registered:
            return ""
        promised = subject.delivery_paths or facts.everywhere
        outside = [facts.named[path][1] for path in promised if not path.startswith(registered)]
        if outside and not subject.delivery_paths:
            return said(_("no area chosen, which means everywhere"))
        return "、".join(outside)[:200]
