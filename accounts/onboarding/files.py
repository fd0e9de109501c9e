"""Files of licences: what they are is read from their content, and they are kept as they came, because they prove."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import IO, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image

from accounts.models.licences import FILES_FOLDER
from zcy.uploads import UploadLimit

MOST_BYTES: Final = 10 * 1024 * 1024
LIMIT: Final = UploadLimit(MOST_BYTES, _("A file has at most 10 MB. Scan it with fewer points or in grey."))
MOST_PIXELS: Final = 50_000_000
LEAST_SIDE: Final = 200
PICTURES: Final = {"JPEG": "jpg", "PNG": "png"}
# Marks of a PDF that does something when it is opened. Object streams may hide them: the answer that serves the file
# forbids scripts besides.
ACTIVE: Final = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept: its content, the name it gets in the storage, and its hash."""

    content: bytes
    name: str
    sha256: str


def check_file(upload: IO[bytes], size: int, *, folder: str = FILES_FOLDER) -> CheckedFile:
    """Look into a PDF, JPEG or PNG.

    Args:
        upload: the file.
        size: in bytes.
        folder: of the storage, whose papers the app that registered it shows to whom they concern.

    Raises:
        ValidationError: too big, empty, of another kind, damaged, or made to harm whoever opens it.
    """
    if size > MOST_BYTES:
        raise ValidationError(LIMIT.too_large)
    upload.seek(0)
    content = upload.read(MOST_BYTES + 1)
    if not content:
        raise ValidationError(_("This file is empty."))
    if len(content) > MOST_BYTES:
        raise ValidationError(LIMIT.too_large)
    extension = _pdf(content) if content.startswith(b"%PDF-") else _picture(upload)
    return CheckedFile(
        content, f"{folder}/{secrets.token_hex(16)}.{extension}", hashlib.sha256(content).hexdigest()
    )


def _pdf(content: bytes) -> str:
    if b"%%EOF" not in content[-2048:]:
        raise ValidationError(_("This PDF is cut off. Save it again and upload the whole file."))
    if any(mark in content for mark in ACTIVE):
        raise ValidationError(
            _("This PDF has scripts or files in it. Print it into a new PDF and upload that.")
        )
    if b"/Encrypt" in content:
        raise ValidationError(_("This PDF is locked by a password. Upload one that opens without."))
    return "pdf"


def _picture(upload: IO[bytes]) -> str:
    try:
        upload.seek(0)
        with Image.open(upload, formats=tuple(PICTURES)) as picture:
            # The header says how big the picture would become: looked at before anything is unpacked.
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(_("A picture has at most 50 million pixels."))
            if min(picture.size) < LEAST_SIDE:
                raise ValidationError(_("This picture is too small to be read: at least 200 pixels a side."))
            extension = PICTURES[str(picture.format)]
            picture.load()
    except ValidationError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValidationError(_("Upload a PDF, JPEG or PNG file.")) from error
    return extension
