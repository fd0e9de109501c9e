"""docs/exchange/market-csv.md says what the code reads and writes: a sender has nothing else to go by."""

from __future__ import annotations

import re

import pytest

from bench.market.sizes import SIZES
from bench.market.writer import COLUMNS as GENERATED
from credit.export import COLUMNS as CREDIT
from exchange.market.files import FILES, NOT_READ_YET, MarketFile
from supervision.export import COLUMNS as WARNINGS
from zcy.embedded.paths import PROJECT_ROOT

TEXT = (PROJECT_ROOT / "docs" / "exchange" / "market-csv.md").read_text(encoding="utf-8")


def documented() -> dict[str, str]:
    """File → what the table says of its columns."""
    return dict(re.findall(r"^\| (\w+)\.csv \| (.*) \|$", TEXT, re.MULTILINE))


def columns(cell: str) -> dict[str, tuple[bool, str]]:
    """Column → whether it is required and which file it refers to."""
    plain = re.sub(r"\([^()]*\)", "", cell)
    listed = re.split(r"[,;:]", plain)
    found = {}
    for part in listed:
        match = re.fullmatch(r"\s*(\w+)(\*?)\s*(?:→ (\w+))?\s*", part)
        if match:
            found[match[1]] = (match[2] == "*", match[3] or "")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_columns_of_a_file_are_documented_as_they_are_read(file: MarketFile) -> None:
    stated = columns(documented()[file.name])
    for column in file.columns:
        required, refers = stated[column.name]
        assert required is column.required, column.name
        assert refers == column.reference or column.reference == "", column.name
        for code in column.codes:
            assert code in documented()[file.name] or column.name == "method", (column.name, code)


def test_every_file_is_documented_and_those_that_are_not_read_are_named() -> None:
    assert set(documented()) == {file.name for file in FILES} | set(NOT_READ_YET)
    paragraph = next(
        part for part in TEXT.split("\n- ") if part.startswith("Part of the format, and not read")
    )
    assert set(re.findall(r"`(\w+)\.csv`", paragraph)) == set(NOT_READ_YET)


def test_the_generator_writes_the_documented_columns_in_their_order() -> None:
    for name, line in GENERATED.items():
        if not name.startswith("labels/"):
            stated = columns(documented()[name])
            assert [column for column in stated if column in line.split()] == line.split(), name


def test_columns_of_both_exports_are_documented_in_their_order() -> None:
    for command, wanted in (("export_warnings", WARNINGS), ("export_credit", CREDIT)):
        paragraph = TEXT[TEXT.index(f"`{command}` writes") :].split("\n\n", 1)[0]
        words = re.findall(r"\w+", re.sub(r"\([^()]*\)", "", paragraph).partition(": ")[2])
        assert [word for word in dict.fromkeys(words) if word in wanted] == list(wanted)


def test_sizes_are_those_of_the_generator() -> None:
    rows = re.findall(r"^\| ([SMEL]) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|", TEXT, re.MULTILINE)
    stated = {name: [int(cell.replace(",", "")) for cell in cells] for name, *cells in rows}
    for name, size in SIZES.items():
        assert stated[name] == [size.goods, size.listings, size.suppliers, size.buyers]
