"""Uploaded pictures: checked, drawn anew and named by us, so that nothing of the file itself is kept."""

from __future__ import annotations

import io
import secrets
from typing import IO, Final

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps

from zcy.uploads import UploadLimit

MOST_BYTES: Final = 5 * 1024 * 1024
LIMIT: Final = UploadLimit(MOST_BYTES, gettext_lazy("A picture has at most 5 MB."))
MOST_PIXELS: Final = 40_000_000
LEAST_SIDE: Final = 200
SIDE: Final = 1200
FORMATS: Final = ("JPEG", "PNG", "WEBP")


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency: dropped alone, it would leave whatever colour lay under it, mostly black."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    whole = picture.convert("RGBA")
    white = Image.new("RGBA", whole.size, "white")
    return Image.alpha_composite(white, whole).convert("RGB")


def clean_picture(upload: IO[bytes], size: int) -> ContentFile[bytes]:
    """A new WebP of at most 1200 pixels a side, under a random name.

    Raises:
        ValidationError: too big, too small, or no picture of a known kind.
    """
    if size > MOST_BYTES:
        raise ValidationError(LIMIT.too_large)
    try:
        upload.seek(0)
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(_("A picture has at most 40 million pixels."))
            if min(picture.size) < LEAST_SIDE:
                raise ValidationError(_("A picture has at least 200 pixels a side."))
            upright = _on_white(ImageOps.exif_transpose(picture))
    except ValidationError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValidationError(_("Upload a JPEG, PNG or WebP picture.")) from error
    upright.thumbnail((SIDE, SIDE))
    drawn = io.BytesIO()
    # A new image without metadata: no place, no camera, no hidden data.
    Image.frombytes("RGB", upright.size, upright.tobytes()).save(drawn, "WEBP", quality=85)
    return ContentFile(drawn.getvalue(), name=f"{secrets.token_hex(16)}.webp")
