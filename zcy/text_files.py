"""Text files as Chinese desktops write them: UTF-8 with or without a mark, UTF-16 with one, GB18030; never two in one."""

from __future__ import annotations

import codecs
import io
import re
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from zcy.errors import DomainError

_BLOCK: Final = 1 << 20
# What stands between cells and lines is no second or fourth byte of a character of GB18030.
_BETWEEN: Final = re.compile(rb'[,;\t"\r]')
_CHINESE_IN_UTF8: Final = re.compile(rb"[\xe3-\xe9\xef][\x80-\xbf]{2}")
_IDEOGRAPH: Final = re.compile("[\u4e00-\u9fff]")


class UnreadableText(DomainError):
    """The file is no text in one of the encodings; says which line and what to do.

    Attributes:
        line: the first line that is wrong, from 1; None where no line can be blamed.
    """

    code = "unreadable_text"

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message, field="file")
        self.line = line


def encoding_of(file: BinaryIO) -> str:
    """The encoding of a whole file: `utf-8-sig`, `utf-16` or `gb18030`. Reads it through, and back to its begin.

    Almost every text of UTF-8 can be read as GB18030 too, as other characters. So a file that is not UTF-8 is taken
    for GB18030 only if none of its cells is clearly UTF-8.

    Raises:
        UnreadableText: it is no text, in none of these encodings, or in two of them.
    """
    file.seek(0)
    start = file.read(2)
    marked = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if _decodes(file, "utf-16" if marked else "utf-8"):
        return "utf-16" if marked else "utf-8-sig"
    if marked:
        raise UnreadableText(
            _("The file says that it is UTF-16, and cannot be read as that. Save it anew as “CSV UTF-8”.")
        )
    _refuse_two(file)
    file.seek(0)
    return "gb18030"


def decoded(content: bytes) -> tuple[str, str]:
    """(the text of a file, its encoding).

    Raises:
        UnreadableText: as `encoding_of`.
    """
    encoding = encoding_of(io.BytesIO(content))
    return content.decode(encoding), encoding


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        for block in iter(lambda: file.read(_BLOCK), b""):
            if "\0" in decoder.decode(block):
                raise _no_text()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    file.seek(0)
    return True


def _refuse_two(file: BinaryIO) -> None:
    utf8 = other = False
    file.seek(0)
    for number, line in enumerate(file, 1):
        if b"\0" in line:
            raise _no_text()
        if line.isascii():
            continue
        # Looking at cells is slow, and in a file of GB18030 hardly a line gives cause to.
        doubtful = _CHINESE_IN_UTF8.search(line) or _read(line, "gb18030") is None
        for cell in _BETWEEN.split(line) if doubtful else [line]:
            text, gb = _read(cell, "utf-8"), _read(cell, "gb18030")
            if text is None and gb is None:
                raise _in_neither(number)
            other = other or text is None
            utf8 = utf8 or (text is not None and _is_clear(text, gb))
            if utf8 and other:
                raise _in_two(number)


def _no_text() -> UnreadableText:
    return UnreadableText(_("This is no text in UTF-8 or GB18030. Save the table as CSV."))


def _in_neither(line: int) -> UnreadableText:
    said = _("Line %(line)s is neither UTF-8 nor GB18030. Save the file as “CSV UTF-8” in one encoding.")
    return UnreadableText(said % {"line": line}, line=line)


def _in_two(line: int) -> UnreadableText:
    said = _(
        "From line %(line)s on the file is in another encoding than above: one part is UTF-8, the other GB18030. "
        "Open it in one program, correct what is garbled there, and save the whole as “CSV UTF-8”, "
        "or as CSV in GB18030 (ANSI)."
    )
    return UnreadableText(said % {"line": line}, line=line)


def _read(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_clear(text: str, other: str | None) -> bool:
    """Whether a cell that can be read as UTF-8 and as GB18030 is UTF-8 beyond doubt.

    Chinese in UTF-8 reads as common characters; the same bytes in GB18030 as some that hardly anybody writes. A few
    cells of true GB18030 are valid UTF-8 by chance (联通 is the famous one), but then not as common characters.
    """
    if other is None or text.startswith("\ufeff"):
        return True
    found = "".join(_IDEOGRAPH.findall(text))
    return bool(found) and _is_common(found) and not _is_common(other)


def _is_common(text: str) -> bool:
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
