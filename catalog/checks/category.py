"""The good's category against those that the supplier was admitted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admitted import admitted_categories, covers
from catalog.checks.base import Check, CheckResult, Subject
from catalog.tree import category_tree


class CategoryCheck(Check):
    """A category includes those below it. A supplier of whom no category is kept came in elsewhere: it passes."""

    code = "category"
    label = gettext_lazy("category of the good")
    description = gettext_lazy("Doubts goods of categories that the supplier was not admitted for.")

    def prepare(self, subjects: Sequence[Subject], day: date) -> Mapping[int, frozenset[str]]:
        """One statement."""
        return admitted_categories({subject.supplier.pk for subject in subjects})

    def look(self, subject: Subject, facts: Mapping[int, frozenset[str]], day: date) -> CheckResult:
        codes = facts.get(subject.supplier.pk)
        if codes is None:
            return self.clear(_("no categories registered"))
        node = category_tree().by_id.get(subject.good.category_id)
        if node is None:
            return self.unknown()
        if covers(codes, node):
            return self.clear(node.name)
        return self.doubt("category_not_admitted", f"{node.name} ({node.code})")
