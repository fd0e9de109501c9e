"""Where and in how many days is promised to be delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Region
from catalog.checks.base import Check, CheckResult, Subject


class DeliveryCheck(Check):
    """No area named means everywhere. Delivery on the very day is credible in a single county only."""

    code = "delivery"
    label = gettext_lazy("delivery areas and days")
    description = gettext_lazy(
        "Refuses areas that are no regions of the platform; doubts very long delivery, and delivery on the same day "
        "to more than one county."
    )
    fields = frozenset({"delivery_days", "delivery_areas"})

    def prepare(self, subjects: Sequence[Subject], day: date) -> dict[str, str]:
        """Path → level of the regions that are named."""
        paths = {path for subject in subjects for path in subject.delivery_paths}
        return dict(Region.objects.filter(path__in=paths).values_list("path", "level"))

    def look(self, subject: Subject, facts: dict[str, str], day: date) -> CheckResult:
        unknown = [path for path in subject.delivery_paths if path not in facts]
        if unknown:
            return self.block("delivery_area_unknown", ", ".join(unknown)[:200])
        if subject.delivery_days is None:
            return self.unknown(_("no delivery days stated"))
        days, most = subject.delivery_days, subject.settings.most_delivery_days
        if days > most:
            saw = _("%(days)s days, more than %(most)s") % {"days": days, "most": most}
            return self.doubt("delivery_not_credible", saw)
        one_county = len(subject.delivery_paths) == 1 and facts[subject.delivery_paths[0]] == "county"
        if days == 0 and not one_county:
            return self.doubt("delivery_not_credible", _("on the same day, to more than one county"))
        return self.clear(_("%(days)s days") % {"days": days})
