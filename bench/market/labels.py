"""The labels: what was planted, in a folder that no importer and no detector reads."""

from __future__ import annotations

from bench.market.writer import Files

DIFFICULTIES = ("easy", "medium", "hard")


class Labels:
    """Writes labels/labels.csv and labels/faults.csv."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def planted(self, rule: str, kind: str, ids: list[str], difficulty: str, note: str) -> None:
        """A case that the rule must find."""
        self.files.row("labels/labels", (rule, kind, ";".join(sorted(ids)), difficulty, "false", note))

    def negative(self, rule: str, kind: str, ids: list[str], note: str) -> None:
        """A hard negative: it looks like an offence and is none."""
        self.files.row("labels/labels", (rule, kind, ";".join(sorted(ids)), "", "true", note))

    def fault(self, kind: str, order: str, note: str) -> None:
        """An error of unit or tax: flagged by the price rule's definition, meant by nobody."""
        self.files.row("labels/faults", (kind, "order", order, note))
