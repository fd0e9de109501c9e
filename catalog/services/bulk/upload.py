"""A supplier hands in a file of listings."""

from __future__ import annotations

import hashlib
import uuid
from typing import IO, Any, Final, cast

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.bulk import workbook
from catalog.bulk.errors import BadFile, FileTooLarge
from catalog.bulk.files import kind_of
from catalog.bulk.limits import LISTINGS, LONGEST_NAME, MOST_BYTES
from catalog.models import Category, ListingImport
from catalog.models.bulk import OPEN
from catalog.services.bulk._own import send, supplier_of
from zcy import audit

FOLDER: Final = "imports"


def too_large() -> FileTooLarge:
    """The refusal of a file that is too large; nothing of it needs to be read."""
    return FileTooLarge(str(LISTINGS.too_large))


def upload_import(
    *, actor: Actor, file: UploadedFile[Any], category: Category | None = None
) -> tuple[ListingImport, bool]:
    """Keep the file and have it read in the background; nothing of the catalog changes.

    Args:
        actor: who works for the supplier.
        file: an Excel workbook or CSV, as uploaded.
        category: where goods named by brand and model are looked for; everywhere if there is none.

    Returns:
        (the import, whether it is a new one: the same file is not worked on twice at once).

    Raises:
        NotAllowed: the actor acts for no supplier.
        FileTooLarge, BadFile: the file cannot be taken.
    """
    supplier = supplier_of(actor)
    if file.size is None or file.size > MOST_BYTES:
        raise too_large()
    if not file.size:
        raise BadFile(_("The file is empty. Fill in the template and upload that."))
    kind = kind_of(file.read(4096))
    if kind == "xlsx":
        file.seek(0)
        workbook.check(cast("IO[bytes]", file.file))
    checksum = _checksum(file)
    twins = ListingImport.objects.filter(supplier=supplier, checksum=checksum, state__in=OPEN)
    if twin := twins.first():
        return twin, False
    file.seek(0)
    stored_as = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}.{kind}", file)
    try:
        with transaction.atomic():
            made = ListingImport.objects.create(
                supplier=supplier,
                created_by=actor.user,
                file_name=_name(file),
                stored_as=stored_as,
                checksum=checksum,
                size=file.size,
                category=category,
                language=get_language() or "zh-hans",
            )
            send(made)
            audit.record(
                actor=actor,
                action="listing_import.uploaded",
                subject=made,
                data={"file": made.file_name, "sha256": checksum},
            )
    except IntegrityError:
        default_storage.delete(stored_as)
        if twin := twins.first():  # two clicks on one button
            return twin, False
        raise
    return made, True


def _checksum(file: UploadedFile[Any]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    for block in file.chunks(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _name(file: UploadedFile[Any]) -> str:
    name = "".join(letter for letter in file.name or "" if letter.isprintable())
    return name[-LONGEST_NAME:] or "import"
