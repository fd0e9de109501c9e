"""Pictures that people have uploaded, under names that we have given them."""

from __future__ import annotations

from typing import Final

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.urls import register_converter
from django.views.decorators.http import require_safe

from zcy.access import public

FOREVER: Final = "public, max-age=31536000, immutable"


class PictureName:
    """A folder and a random name, as `catalog.pictures` gives them: nothing else of the storage can be asked for."""

    regex = r"[a-z]+/[0-9a-f]{32}\.webp"

    def to_python(self, value: str) -> str:
        """The name in the storage."""
        return value

    def to_url(self, value: str) -> str:
        """The name in the address."""
        return value


register_converter(PictureName, "picture")


@public
@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """A picture; its name is never used for another one, so that browsers may keep it."""
    try:
        file = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(file, content_type="image/webp")
    answer["Cache-Control"] = FOREVER
    return answer
