"""Licences' files: checked by their content, and shown only to those whom they concern."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.onboarding import files
from accounts.onboarding.files import check_file
from tests.factories import a_licence, a_registered, a_scan, a_submitted, an_admitted
from tests.factories.accounts import client_of, signed_in

PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def checked(content: bytes) -> files.CheckedFile:
    return check_file(io.BytesIO(content), len(content))


def a_bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has 60,000 × 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")


def test_a_file_is_named_by_what_it_is_and_kept_as_it_came():
    for content, extension in (
        (PDF, "pdf"),
        (a_scan("PNG").getvalue(), "png"),
        (a_scan("JPEG").getvalue(), "jpg"),
    ):
        found = checked(content)
        assert found.name.startswith("licences/")
        assert found.name.endswith(f".{extension}")
        assert found.content == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no pdf",
        b"<html><script>alert(1)</script></html>",
        a_scan("GIF").getvalue(),
        a_scan("PNG").getvalue()[:200],
        a_scan("PNG", (100, 100)).getvalue(),
        a_bomb(),
        PDF[:-8],
        PDF.replace(b"/Catalog", b"/JavaScript"),
        PDF.replace(b"/Catalog", b"/Encrypt"),
    ],
    ids=["empty", "text", "html", "gif", "torn", "tiny", "bomb", "cut off", "script", "locked"],
)
def test_other_files_are_refused(content: bytes):
    with pytest.raises(ValidationError):
        checked(content)


def test_a_big_file_is_refused_before_it_is_read():
    class Unread(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("it was read")

    with pytest.raises(ValidationError):
        check_file(Unread(), files.MOST_BYTES + 1)


@pytest.mark.django_db
def test_a_file_is_served_to_its_owner_and_the_onboarding_staff_only():
    application = a_submitted()
    licence = application.licences.get()
    for client in (client_of(application.applicant), signed_in("onboarding"), signed_in("auditor")):
        answer = client.get(licence.url)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/png"
        assert answer["Cache-Control"] == "private, no-store"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
    strangers = (
        client_of(a_registered().applicant),
        signed_in("supplier_admin"),
        signed_in("purchaser"),
        signed_in("catalog"),
        signed_in("supervisor"),
    )
    assert {client.get(licence.url).status_code for client in strangers} == {404}
    assert Client().get(licence.url).status_code == 302


@pytest.mark.django_db
def test_after_the_approval_the_supplier_sees_its_licence_and_another_one_does_not():
    mine, other = an_admitted(), an_admitted()
    client = client_of(mine.applicant)
    assert client.get(mine.licences.get().url).status_code == 200
    assert client.get(other.licences.get().url).status_code == 404


@pytest.mark.django_db
def test_only_papers_can_be_asked_for():
    client = signed_in("onboarding")
    a_licence(a_registered())
    for name in ("licences/../settings.py", "goods/" + "0" * 32 + ".pdf", "licences/" + "0" * 32 + ".pdf"):
        assert client.get(f"/media/{name}").status_code == 404
