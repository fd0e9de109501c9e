"""The files of a market, written row by row."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

COLUMNS: dict[str, str] = {
    "regions": "code name parent",
    "organisations": "id kind name uscc region size legal_person phone address founded_on licence_expires_on "
    "excluded_from excluded_to",
    "shareholdings": "organisation holder share",
    "users": "id organisation role name",
    "logins": "user at ip device",
    "categories": "code name parent unit",
    "goods": "id category brand model name spec unit pack_size labels",
    "listings": "id good supplier price stock min_quantity listed_at delisted_at delivery_days own_public_price",
    "price_changes": "listing at old_price new_price shown_as_discount",
    "reference_prices": "good source price observed_at",
    "thresholds": "region method category ceiling",
    "plans": "id buyer year category amount made_on",
    "inquiries": "id buyer kind category title estimate named_brand published_at deadline opened_at closed_at "
    "cancelled_at awarded_quote previous",
    "quotes": "id inquiry supplier total submitted_at disqualified_reason",
    "orders": "id buyer supplier region method placed_by placed_at plan inquiry contract emergency confirmed_at "
    "cancelled_at cancelled_by promised_on",
    "order_lines": "id order listing good quantity unit_price accessory",
    "deliveries": "order shipped_at delivered_at signed_at",
    "acceptances": "order at by result",
    "payments": "order at amount due_on prepaid",
    "returns": "id order at reason amount",
    "evaluations": "order at by_side stars text",
    "complaints": "id order buyer supplier at replied_at decided_at upheld executed_at severity",
    "holidays": "date kind",
    "labels/labels": "rule subject_kind subject_ids difficulty hard_negative note",
    "labels/faults": "kind subject_kind subject_ids note",
}


class Files:
    """All files of a market, open at once; `counts` says how many rows each has."""

    def __init__(self, folder: Path, *, compress: bool) -> None:
        self.counts = dict.fromkeys(COLUMNS, 0)
        self._writers: dict[str, Any] = {}
        self._handles: list[IO[Any] | gzip.GzipFile] = []
        (folder / "labels").mkdir(parents=True, exist_ok=True)
        for name, columns in COLUMNS.items():
            plain = folder / f"{name}.csv"
            packed = folder / f"{name}.csv.gz"
            squeeze = compress and not name.startswith("labels/")
            (plain if squeeze else packed).unlink(missing_ok=True)
            handle = self._open(packed if squeeze else plain, squeeze)
            writer = csv.writer(handle, lineterminator="\r\n")
            writer.writerow(columns.split())
            self._writers[name] = writer

    def _open(self, path: Path, squeeze: bool) -> IO[str]:
        if not squeeze:
            text = path.open("w", encoding="utf-8", newline="")
            self._handles.append(text)
            return text
        # Neither the time nor the file name goes into the header: equal markets give equal bytes.
        raw = path.open("wb")
        packed = gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=5, mtime=0)
        wrapped = io.TextIOWrapper(packed, encoding="utf-8", newline="")  # type: ignore[arg-type,unused-ignore]
        self._handles += [wrapped, packed, raw]
        return wrapped

    def row(self, name: str, cells: Sequence[Any]) -> None:
        """Write one row."""
        self.counts[name] += 1
        self._writers[name].writerow(cells)

    def rows(self, name: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write many rows."""
        for cells in rows:
            self.row(name, cells)

    def __enter__(self) -> Files:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for handle in self._handles:
            handle.close()
