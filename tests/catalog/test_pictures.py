"""Uploaded pictures: what is refused, what is left of a file, and who hands it out."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from PIL import Image

from catalog.pictures import clean_picture
from tests.catalog.factories import a_good


def a_file(image: Image.Image, kind: str, **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def drawn(data: bytes) -> Image.Image:
    return Image.open(clean_picture(io.BytesIO(data), len(data)))


def refusal(data: bytes, size: int | None = None) -> str:
    with pytest.raises(ValidationError) as refused:
        clean_picture(io.BytesIO(data), size or len(data))
    return str(refused.value.messages[0])


def a_bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says that it is huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_nothing_of_the_file_is_left_but_what_it_shows() -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    exif[0x9286] = "taken at the director's home"
    jpeg = (
        a_file(Image.new("RGB", (400, 300), "red"), "JPEG", exif=exif)
        + b"<script>alert(1)</script>PK\x03\x04"
    )
    file = clean_picture(io.BytesIO(jpeg), len(jpeg))
    kept = file.read()
    assert kept[:4] == b"RIFF"
    for secret in (b"camera", b"director", b"script", b"PK\x03\x04"):
        assert secret not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert len(str(file.name)) == 32 + len(".webp")


def test_a_picture_lying_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    assert drawn(a_file(Image.new("RGB", (400, 300), "red"), "JPEG", exif=exif)).size == (300, 400)


def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    red, green, blue = drawn(a_file(clear, "PNG")).convert("RGB").getpixel((150, 150))  # type: ignore[misc]
    assert min(red, green, blue) > 250


def test_a_large_picture_is_made_smaller() -> None:
    assert drawn(a_file(Image.new("RGB", (3000, 1500)), "PNG")).size == (1200, 600)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (10_000, 9_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(width: int, height: int) -> None:
    assert refusal(a_bomb(width, height))


def test_what_is_no_picture_of_a_known_kind_is_refused() -> None:
    whole = a_file(Image.new("RGB", (300, 300)), "PNG")
    for data in (
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        a_file(Image.new("RGB", (300, 300)), "GIF"),
        a_file(Image.new("RGB", (300, 300)), "TIFF"),
        whole[:60],
        whole[:-30][: len(whole) // 2],
        b"%PDF-1.7",
        b"\x00" * 1000,
        b"",
    ):
        assert refusal(data)


def test_too_small_and_too_heavy() -> None:
    assert refusal(a_file(Image.new("RGB", (199, 400)), "PNG"))
    assert refusal(a_file(Image.new("RGB", (300, 300)), "PNG"), size=5 * 1024 * 1024 + 1)


@pytest.mark.django_db
def test_the_picture_of_a_good_is_on_its_page_and_handed_out(client: Client) -> None:
    good = a_good()
    data = a_file(Image.new("RGB", (300, 300), "red"), "PNG")
    file = clean_picture(io.BytesIO(data), len(data))
    good.picture.save(file.name or "", file)
    address = f"/media/{good.picture.name}"
    assert f'src="{address}"' in client.get(f"/goods/{good.pk}/").content.decode()
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]
    assert Image.open(io.BytesIO(b"".join(answer))).size == (300, 300)


@pytest.mark.parametrize(
    "name",
    [
        "goods/../../etc/passwd",
        "goods/%2e%2e/x.webp",
        "goods/x.webp",
        f"goods/{'0' * 32}.webp",
        f"goods/{'0' * 32}.svg",
    ],
)
def test_nothing_else_of_the_storage_is_handed_out(client: Client, name: str) -> None:
    assert client.get(f"/media/{name}").status_code == 404
