"""Files of every kind and of none: encodings, sizes, bombs, formulas; each refusal says what would be right."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from catalog.bulk import workbook
from catalog.bulk.cells import marked, number_of, text_of, whole_of
from catalog.bulk.errors import BadFile, FileTooLarge
from catalog.bulk.files import kind_of, open_rows
from catalog.bulk.limits import MOST_BYTES
from catalog.models import ImportState
from catalog.services import bulk
from tests.catalog.bulk import HEADER, a_file, csv_bytes, read, some_goods, uploaded, verdicts, xlsx_bytes
from tests.catalog.factories import a_client_of, a_supplier_actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TITLES = ("型号", "单价")


def rows_in(tmp_path: Path, content: bytes, kind: str = "csv") -> list[tuple[int, list[str]]]:
    path = tmp_path / "file"
    path.write_bytes(content)
    return list(open_rows(path, kind)[1])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_each_encoding_of_a_chinese_desktop_is_recognised(tmp_path: Path, encoding: str) -> None:
    content = csv_bytes(
        TITLES, ("激光打印机", "19.90"), ("𠮷野" if encoding != "gbk" else "吉野", "2"), encoding=encoding
    )
    assert rows_in(tmp_path, content)[0] == (2, ["激光打印机", "19.90"])


def test_a_file_of_two_encodings_names_the_line(tmp_path: Path) -> None:
    content = csv_bytes(TITLES, ("得力", 1)) + "激光\xff".encode() + b"\xff\xff,3\r\n"
    with pytest.raises(BadFile, match="Line 3"):
        rows_in(tmp_path, content)


def test_a_row_that_another_program_added_is_refused_before_it_garbles_anything(tmp_path: Path) -> None:
    titles = ("型号", "单价", "备注")
    content = (
        csv_bytes(titles, ("得力 0012", 1, ""), encoding="gb18030") + "得力 0013,2,全新正品\r\n".encode()
    )
    with pytest.raises(BadFile, match="From line 3 on"):
        rows_in(tmp_path, content)


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_header_decides_what_stands_between_cells(tmp_path: Path, delimiter: str) -> None:
    content = f"型号{delimiter}单价\r\nA1{delimiter}5\r\n".encode()
    assert rows_in(tmp_path, content) == [(2, ["A1", "5"])]


def test_numbers_of_rows_are_those_of_the_spreadsheet_and_empty_rows_are_left_out(tmp_path: Path) -> None:
    assert [number for number, _cells in rows_in(tmp_path, b"model,price\n\nA,1\n,,\nB,2\n")] == [3, 5]
    content = xlsx_bytes(("model", "price"), ("A", 1), (), ("B", 2.5))
    assert rows_in(tmp_path, content, "xlsx") == [(2, ["A", "1"]), (4, ["B", "2.5"])]


def test_an_open_quotation_mark_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="quotation mark"):
        rows_in(tmp_path, b'model,price\n"A,1\n' + b"x,2\n" * 50_000)


@pytest.mark.parametrize(
    ("start", "said"),
    [(b"", "empty"), (b"\xef\xbb\xbf\r\n,,", "empty"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 9, "xlsx"),
     (b"%PDF-1.7", "no table"), (b"\x89PNG\r\n", "no table"), (b"\x1f\x8b\x08", "no table")],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_its_first_bytes(start: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        kind_of(start)


@pytest.mark.parametrize(
    ("header", "said"),
    [(("colour", "size"), "template"), (("price", "stock"), "which good"), (("model", "brand"), "what is to change"),
     (("model", "price", "单价"), "stands twice")],
)  # fmt: skip
def test_a_header_that_cannot_be_meant_is_refused(tmp_path: Path, header: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadFile, match=said):
        rows_in(tmp_path, csv_bytes(header, ("a", 1, 2)))


def test_more_rows_and_columns_than_are_taken_are_refused(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("catalog.bulk.files.MOST_ROWS", 3)
    with pytest.raises(BadFile, match="at most 3 rows"):
        rows_in(tmp_path, csv_bytes(TITLES, *[("a", 1)] * 4))
    with pytest.raises(BadFile, match="200 columns"):
        rows_in(tmp_path, csv_bytes([*TITLES, *map(str, range(300))], ("a", 1)))


# --- Bombs ---


def remade(content: bytes, part: str, change: Any) -> bytes:
    """A workbook with one of its parts changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return made.getvalue()


def test_a_zip_that_unpacks_to_too_much_is_refused_by_its_contents(monkeypatch: Any) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _block in range(420):
                part.write(b"\x00" * (1 << 20))
    assert len(bomb.getvalue()) < 1_000_000
    with pytest.raises(BadFile, match="unpacks to more"):
        bulk.upload_import(actor=a_supplier_actor(), file=a_file(bomb.getvalue(), "a.xlsx"))


@pytest.mark.parametrize("bomb", ["a cell in the last corner", "one long text for all cells"])
def test_a_small_sheet_that_needs_gigabytes_ends_its_reader_and_not_the_worker(bomb: str) -> None:
    content, sheet = xlsx_bytes(("model", "price"), ("A", 1)), "xl/worksheets/sheet1.xml"
    if bomb == "a cell in the last corner":
        content = remade(content, sheet, lambda text: text.replace(b'r="B2"', b'r="XFD1048576"'))
    else:
        rows = b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>'
        cells = b"".join(rows % (number, number) for number in range(3, 20_000))
        content = remade(content, sheet, lambda text: text.replace(b"</sheetData>", cells + b"</sheetData>"))
        long = b"m" * 1_000_000
        content = remade(content, "xl/sharedStrings.xml", lambda text: text.replace(b"model", long))
    made, _new = bulk.upload_import(actor=a_supplier_actor(), file=a_file(content, "a.xlsx"))
    assert read(made).state == ImportState.FAILED
    assert "unpacks to more" in made.message


def test_damaged_protected_and_foreign_archives_are_told_apart() -> None:
    content = xlsx_bytes(("model", "price"), ("A", 1))
    with pytest.raises(BadFile, match="damaged"):
        workbook.check(io.BytesIO(content[: len(content) // 2]))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", b"<w/>")
    with pytest.raises(BadFile, match="no Excel workbook"):
        workbook.check(other)
    locked = bytearray(content)
    at = locked.rindex(b"PK\x01\x02")
    locked[at + 8] |= 1
    with pytest.raises(BadFile, match="password"):
        workbook.check(io.BytesIO(bytes(locked)))
    broken = remade(content, "xl/worksheets/sheet1.xml", lambda text: text[:-40] + b"<<<")
    made, _new = bulk.upload_import(actor=a_supplier_actor(), file=a_file(broken, "a.xlsx"))
    assert "damaged" in read(made).message


class Unread(io.BytesIO):
    """A body of which nothing may be read."""

    def read(self, *args: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def test_300_mb_are_refused_before_any_of_them_is_read() -> None:
    browser = a_client_of(a_supplier_actor())
    announced: Any = {"CONTENT_LENGTH": str(300 * 1024 * 1024), "wsgi.input": Unread()}
    answer = browser.generic(
        "POST",
        "/supplier/imports/upload/",
        b"",
        "multipart/form-data; boundary=x",
        **announced,
    )
    assert answer.status_code == 413
    assert "50 MB" in answer.content.decode()


def test_a_file_that_is_a_little_too_large_is_refused_with_its_page() -> None:
    file = a_file(b"model,price\n")
    file.size = MOST_BYTES + 1
    with pytest.raises(FileTooLarge):
        bulk.upload_import(actor=a_supplier_actor(), file=file)


# --- Cells ---


@pytest.mark.parametrize(
    ("typed", "number"),
    [("19.9", "19.9"), ("1,234.50", "1234.50"), ("¥12", "12"), ("12元", "12"), ("１２.５", "12.5"), ("1e3", "1000"),
     ("-3", "-3"), ("abc", None), ("", None), ("1,23", None), ("NaN", None), ("Infinity", None), ("1.2.3", None),
     ("0x10", None), ("٣", None)],
)  # fmt: skip
def test_numbers_as_people_type_them(typed: str, number: str | None) -> None:
    assert number_of(typed) == (None if number is None else Decimal(number))


def test_whole_numbers() -> None:
    assert (whole_of("3"), whole_of("3.0"), whole_of("3.5"), whole_of("9" * 30)) == (3, 3, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "＝1",
        "'=1",
        "''=1",
        "'",
        "' =1",
        "plain",
        "'quoted'",
        " =1",
        "-",
        "a\n=b",
    ],
)
def test_what_is_written_is_no_formula_and_is_read_back_as_it_was(text: str) -> None:
    written = marked(text)
    assert not written.lstrip().startswith(("=", "+", "-", "@", "\t", "＝"))
    assert text_of(written) == text.strip()


def test_a_formula_in_a_cell_is_its_result_and_never_comes_back_live() -> None:
    actor, goods = a_supplier_actor(), some_goods(2)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, title in enumerate((*HEADER, "Remark")):
            sheet.write_string(0, place, title)
        for line, (good, price) in enumerate(((goods[0], 12.5), (goods[1], 0)), 1):
            sheet.write_number(line, 0, good.pk)
            sheet.write_formula(line, 1, "=10+2.5", None, price)
            sheet.write_number(line, 2, 1)
            sheet.write_number(line, 3, 1)
            sheet.write_string(line, 4, '=HYPERLINK("http://x.example","click")')
    made, _new = bulk.upload_import(actor=actor, file=a_file(content.getvalue(), "a.xlsx"))
    read(made)
    assert verdicts(made) == {2: "new", 3: "error"}
    assert made.rows.get(number=2).price == Decimal("12.50")
    browser = a_client_of(actor)
    address = f"/supplier/imports/{made.pk}/errors/?format="
    text = b"".join(browser.get(address + "csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "\"'=HYPERLINK" in text
    book_bytes = b"".join(browser.get(address + "xlsx").streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(book_bytes)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
    assert sheets
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_a_header_that_is_a_formula_is_harmless_in_the_file_of_error_rows() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    made = uploaded(actor, (*HEADER, "=cmd|' /C calc'!A0"), (goods[0].pk, 0, 1, 1, "x"))
    answer = a_client_of(actor).get(f"/supplier/imports/{made.pk}/errors/?format=csv")
    first = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0]  # type: ignore[attr-defined]
    assert ",'=cmd" in first
