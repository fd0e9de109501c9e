"""How large an uploaded file may be: said before it is sent, and refused without keeping any of it.

A form names the limit of its file with `LimitedFileField`, its view with `takes_file`. A request that announces more
than its view takes is read for what was typed, so that the form comes back as it was; its files are thrown away while
they arrive.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from zcy.errors import DomainError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

View = TypeVar("View", bound=Callable[..., Any])
MEGABYTE: Final = 1024 * 1024
# Of what a form sends besides its files.
FORM_BYTES: Final = MEGABYTE
# Of a view that names no limit: what the proxy lets through, less the rest of the form.
MOST_OF_A_FORM: Final = 24 * MEGABYTE


@dataclass(frozen=True)
class UploadLimit:
    """The bytes of one file of a kind, and the sentence for a larger one that says what is right."""

    most_bytes: int
    too_large: str | _StrPromise


class FilesTooLarge(DomainError):
    """The files of a form are too large together."""

    status = 413
    code = "files_too_large"
    message = _("All files of a form together have at most 24 MB. Upload one of them, save, then the next.")


class _Gone(io.BytesIO):
    def read(self, *args: Any) -> bytes:
        raise FilesTooLarge

    seek = read  # type: ignore[assignment]


class RefusedFile(UploadedFile[Any]):
    """A file of which nothing was kept, with its true name and size."""

    def __init__(self, name: str, content_type: str, size: int) -> None:
        super().__init__(_Gone(), name, content_type, size)


class LimitedFileField(forms.FileField):
    """A file with a limit; the browser tells of a larger one before it sends it."""

    def __init__(self, *, limit: UploadLimit, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> Any:
        """Its size is looked at before its content."""
        if isinstance(data, UploadedFile):
            if data.size is None or data.size > self.limit.most_bytes:
                raise forms.ValidationError(self.limit.too_large, code="too_large")
            if isinstance(data, RefusedFile):
                raise forms.ValidationError(FilesTooLarge.message, code="too_large")
        return super().to_python(data)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The limit for the browser."""
        attrs = super().widget_attrs(widget)
        return attrs | {"data-most-bytes": self.limit.most_bytes, "data-too-large": self.limit.too_large}


class LimitedImageField(LimitedFileField, forms.ImageField):
    """The same for a picture."""


def takes_file(limit: UploadLimit) -> Callable[[View], View]:
    """Declare the limit of the one file that a view takes."""

    def mark(view: View) -> View:
        view.most_upload_bytes = limit.most_bytes  # type: ignore[attr-defined]
        return view

    return mark


class LimitedUploadHandler(FileUploadHandler):
    """Throws the files of a request away that is longer than its view takes; stands before all other handlers."""

    refusing = False

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, str],  # noqa: N803 - the name that Django gives it
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Decide by the length that was announced."""
        self.refusing = content_length > self._most() + FORM_BYTES

    def _most(self) -> int:
        assert self.request is not None
        try:
            match = self.request.resolver_match or resolve(self.request.path_info)
        except Resolver404:
            return 0
        return int(getattr(match.func, "most_upload_bytes", MOST_OF_A_FORM))

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """No other handler hears of a file that is thrown away."""
        super().new_file(*args, **kwargs)
        if self.refusing:
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """On to the next handler, or nowhere."""
        return None if self.refusing else raw_data

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """What stands for the file in the form."""
        if not self.refusing:
            return None
        return RefusedFile(self.file_name or "", self.content_type or "", file_size)
