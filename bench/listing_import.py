"""The Excel import: rows validated and written per second, and the memory of the processes that do it.

`python -m bench.listing_import ROWS` works on the database that the environment names, makes a supplier and goods of
its own there, and prints one line of JSON. The work is done by processes of their own, as by Celery's, so that their
peaks are theirs alone; the clock runs from the worker's taking the import to its end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
ROWS: Final = 50_000
HEADER: Final = (
    "good", "brand", "model", "name", "price", "stock", "min_quantity", "delivery_days", "delivery_areas",
    "warranty_months", "own_public_price", "note",
)  # fmt: skip
# What a worker does, with the peak of its own memory and of the process that reads the workbook for it, in MB.
_WORKER: Final = """
import json, re, resource, sys, time
from pathlib import Path
import django
django.setup()
from django.db import connection
from catalog.services import bulk
connection.ensure_connection()
def peak():
    # Not ru_maxrss: it begins with what the process that started this one had.
    return round(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024, 1)
before = peak()
began = time.perf_counter()
done = bulk.work(int(sys.argv[1]))
seconds = time.perf_counter() - began
print(json.dumps({"done": done, "seconds": seconds, "before_mb": before, "peak_mb": peak(),
                  "reader_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1)}))
"""


def measure(rows: int = ROWS, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Import a workbook of new listings, the same again, and one in which every price has changed.

    Args:
        rows: of each workbook.
        environment: of the process that measures; says which database (ZCY_LOCAL or DATABASE_URL, settings).

    Returns:
        For each of `new`, `again` and `changed`: seconds to read and judge, to write, and rows per second of both
        together; `worker_mb`, the worker's peak, with `worker_before_mb`, what it has without work; `reader_mb`, the
        peak of the process that unpacks the workbook.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench.listing_import", str(rows)],
        cwd=ROOT,
        env=None if environment is None else dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"bench: the listing import failed:\n{done.stderr[-3000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def main(rows: int) -> dict[str, Any]:
    """Measure in this process and its workers."""
    import django

    django.setup()
    actor, goods = _a_supplier(), _some_goods(rows)
    figures: dict[str, Any] = {"rows": rows}
    peaks: list[dict[str, Any]] = []
    for name, raised in (("new", 0), ("again", 0), ("changed", 1)):
        figures[name] = _one(actor, goods, raised, peaks)
    figures["worker_mb"] = max(item["peak_mb"] for item in peaks)
    figures["worker_before_mb"] = min(item["before_mb"] for item in peaks)
    figures["reader_mb"] = max(item["reader_mb"] for item in peaks)
    return figures


def _one(
    actor: Any, goods: list[tuple[int, str]], raised: int, peaks: list[dict[str, Any]]
) -> dict[str, Any]:
    from django.core.files.uploadedfile import TemporaryUploadedFile

    from catalog.services import bulk

    file = TemporaryUploadedFile("listings.xlsx", "", 0, None)
    assert file.file is not None
    _write_workbook(file.file, goods, raised)
    file.size = file.file.seek(0, os.SEEK_END)
    file.seek(0)
    began = time.perf_counter()
    with _unsent():
        task, _new = bulk.upload_import(actor=actor, file=file)
    uploaded = time.perf_counter() - began
    peaks.append(_worker(task.pk))
    file.close()
    task.refresh_from_db()
    read, written = peaks[-1]["seconds"], 0.0
    if task.new + task.changed:
        with _unsent():
            bulk.confirm_import(
                actor=actor, import_id=task.pk, mode="good", submit=True, key=task.confirm_key
            )
        peaks.append(_worker(task.pk))
        written = peaks[-1]["seconds"]
        task.refresh_from_db()
    assert task.state == "done", (task.state, task.message)
    assert task.new + task.changed + task.same == len(goods), (task.new, task.changed, task.same, task.errors)
    return {
        "upload_seconds": round(uploaded, 2),
        "read_seconds": round(read, 2),
        "write_seconds": round(written, 2),
        "rows_per_second": round(len(goods) / (read + written)),
    }


@contextmanager
def _unsent() -> Iterator[None]:
    """What is asked of the workers is taken back: a platform that runs on this database must not be quicker."""
    from django.db import transaction

    from zcy.models import OutboxMessage

    with transaction.atomic():
        yield
        OutboxMessage.objects.filter(task="catalog.tasks.work_on_import").delete()


def _worker(import_id: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", _WORKER, str(import_id)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    assert found["done"], "somebody else has the import"
    return found


def _write_workbook(file: IO[bytes], goods: list[tuple[int, str]], raised: int) -> None:
    import xlsxwriter

    with tempfile.TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        sheet = book.add_worksheet()
        for line, row in enumerate(_rows(goods, raised)):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, place, value)
                else:
                    sheet.write_number(line, place, value)
        book.close()


def _rows(goods: list[tuple[int, str]], raised: int) -> Iterator[tuple[Any, ...]]:
    """Half of the goods are named by number, half by brand and model."""
    yield HEADER
    for number, (pk, model) in enumerate(goods):
        price = 50 + number % 5000 + raised + number % 100 / 100
        named = (str(pk) if number % 2 else "", "测速牌", model, f"测速商品 {number}")
        yield (
            *named,
            round(price, 2),
            number % 300,
            1,
            3,
            "everywhere",
            12,
            round(price * 1.1, 2),
            "现货，含税含运费",
        )


def _a_supplier() -> Any:
    from accounts.actor import actor_of
    from accounts.models import Membership, Organisation, Region, User

    mark = f"{time.time_ns()}"
    region = Region.objects.order_by("-path").first()
    if region is None:
        region = Region.objects.create(code="330106", name="西湖区", level="county", path="330106/")
    supplier = Organisation.objects.create(kind="supplier", name=f"测速供应商 {mark}", region=region)
    user = User(username=f"bench{mark}")
    user.set_unusable_password()
    user.save()
    Membership.objects.create(user=user, organisation=supplier, role="supplier_admin")
    return actor_of(user)


def _some_goods(rows: int) -> list[tuple[int, str]]:
    """Goods of a category of its own, found by their model keys as others are."""
    from catalog.models import Brand, Category, Good
    from catalog.segmentation import model_key

    mark = f"{time.time_ns() % 10**9}"
    category = Category.objects.create(code=f"BENCH{mark}", name="测速", path=f"BENCH{mark}/", unit="台")
    brand, _new = Brand.objects.get_or_create(name="测速牌")
    made: list[tuple[int, str]] = []
    for start in range(0, rows, 5_000):
        goods = Good.objects.bulk_create(
            Good(
                category=category,
                brand=brand,
                name=f"测速商品 {number}",
                model=f"CS-{mark}-{number}",
                model_key=model_key(f"CS-{mark}-{number}"),
                unit="台",
            )
            for number in range(start, min(start + 5_000, rows))
        )
        made += [(good.pk, good.model) for good in goods]
    return made


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)))
