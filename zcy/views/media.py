"""Pictures and papers that people have uploaded, under names that we have given them."""

from __future__ import annotations

from typing import Final

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.urls import register_converter
from django.views.decorators.http import require_safe

from zcy import registries
from zcy.access import public, signed_in

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


class PaperName(PictureName):
    """A folder and a random name of a scanned paper."""

    regex = r"[a-z]+/[0-9a-f]{32}\.(?:pdf|jpg|png)"


register_converter(PictureName, "picture")
register_converter(PaperName, "paper")
PAPERS: Final = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}


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


@signed_in
@require_safe
def paper(request: HttpRequest, name: str) -> FileResponse:
    """A scanned paper, for those whom the app that keeps it admits; for others it does not exist."""
    folder, _slash, rest = name.partition("/")
    if folder not in registries.private_files:
        raise Http404
    if not registries.private_files[folder].admits(request.actor, name):  # type: ignore[attr-defined]
        raise Http404
    try:
        file = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(file, content_type=PAPERS[rest.rpartition(".")[2]])
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    # Whatever the file may hold, it runs nothing here.
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer
