"""Which encoding a file is in: Chinese files are taken as they are, and none that is two at once."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from django.utils.translation import override

from zcy.text_files import UnreadableText, decoded, encoding_of

ROOT: Final = Path(__file__).resolve().parents[2]
HEADER: Final = "型号,单价,备注\r\n"
# The last ones are valid UTF-8 when written in GB18030.
CHINESE: Final = (
    "得力 0012",
    "全新正品",
    "联想ThinkPad",
    "镕喆",
    "許榮華",
    "𠮷野家",
    "é級",
    "联通",
    "联通,联通",
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


def refusal(content: bytes) -> UnreadableText:
    with pytest.raises(UnreadableText) as caught:
        encoding_of(io.BytesIO(content))
    return caught.value


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("gb18030", "gb18030")],
)
def test_text_in_one_encoding_is_read_as_it_was_written(encoding: str, name: str) -> None:
    text = HEADER + "".join(f"{words},1,\r\n" for words in CHINESE)
    assert decoded(text.encode(encoding)) == (text, name)


def test_big_endian_utf_16_is_known_by_its_mark() -> None:
    assert decoded(b"\xfe\xff" + HEADER.encode("utf-16-be")) == (HEADER, "utf-16")


@pytest.mark.parametrize("begun", [0, 3])
@pytest.mark.parametrize(("first", "then"), [("gb18030", "utf-8"), ("utf-8", "gb18030")])
def test_a_file_in_two_encodings_is_refused_with_the_line(first: str, then: str, begun: int) -> None:
    above = (HEADER + "得力,1,\r\n" * begun).encode(first)
    error = refusal(above + "晨光,2,全新正品\r\n".encode(then) + b"A,3,\r\n")
    assert error.line == begun + 2
    assert f"From line {begun + 2} on" in str(error)
    assert "save the whole as “CSV UTF-8”" in str(error)
    assert error.field == "file"


@pytest.mark.parametrize("note", ["全新正品", "包邮", "含税A", "2年质保,上门"])
def test_a_cell_is_enough_to_be_refused(note: str) -> None:
    content = (HEADER + "得力,1,").encode("gb18030") + note.encode() + b"\r\n"
    assert refusal(content).line == 2


def test_a_file_marked_as_utf_8_is_not_taken_for_gb18030() -> None:
    assert refusal(HEADER.encode("utf-8-sig") + "得力,1,\n".encode("gb18030")).line == 2
    assert refusal(b"\xef\xbb\xbfmodel,price\n" + "得力,1\n".encode("gb18030")).line == 2


def test_a_line_in_no_encoding_is_named_and_a_binary_file_is_none() -> None:
    error = refusal((HEADER + "得力,1,\n").encode("gb18030") + b"\xff\xff,1,\n")
    assert error.line == 3
    assert "Line 3 is neither UTF-8 nor GB18030" in str(error)
    assert "no text" in str(refusal(b"PK\x03\x04\x00\x00\xff"))
    assert "no text" in str(refusal("型号\n".encode("utf-16-le")))
    assert "UTF-16" in str(refusal("型号".encode("utf-16") + b"\x00"))


def test_lines_are_counted_where_an_editor_counts_them() -> None:
    quoted = '"两\r\n行",1,\r\n'.encode("gb18030")
    assert refusal(HEADER.encode("gb18030") + quoted + "晨光,1,全新正品\r\n".encode()).line == 4


def words_of_the_catalog() -> set[str]:
    """Every stretch of Chinese in the data that the catalog comes with and in the translations, and its pieces."""
    # pinyin.txt is no text: it sets rare characters side by side.
    files = [path for path in (ROOT / "catalog/data").iterdir() if path.suffix in (".csv", ".json")]
    files += [*(ROOT / "tests/catalog/data").glob("*.csv")]
    files += (ROOT / "locale").rglob("*.po")
    text = "\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file())
    return {
        words[begin : begin + length]
        for words in re.findall("[\u4e00-\u9fff]+", text)
        for length in (*range(1, 7), len(words))
        for begin in range(len(words) - length + 1)
    }


def test_no_name_in_gb18030_is_mistaken_for_utf_8() -> None:
    words = words_of_the_catalog()
    assert len(words) > 10_000
    content = (HEADER + "".join(f"{name},1,\n" for name in sorted(words))).encode("gb18030")
    assert encoding_of(io.BytesIO(content)) == "gb18030"
