"""Of a PNG nothing is unpacked or read but what its pixels and its orientation need."""

import zlib

import pytest

from serving import BadRequest
from tests.serving.photographs.files import encoded, png, png_chunk, quarters
from tests.serving.photographs.shown import cpu_seconds_of, cpu_seconds_to_refuse, pixels

PHOTOGRAPH = png((300, 200), 8, 0, b"\7")
HEAD_BYTES = 33  # of a PNG, with its IHDR


def with_chunks(chunks: bytes) -> bytes:
    return PHOTOGRAPH[:HEAD_BYTES] + chunks + PHOTOGRAPH[HEAD_BYTES:]


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("iCCP", b"a\0\0"),
        ("zTXt", b"a\0\0"),
        ("zTXt", b"Raw profile type exif\0\0"),
        ("iTXt", b"XML:com.adobe.xmp\0\1\0\0\0"),
    ],
)
def test_packed_chunks_are_not_unpacked(name: str, head: bytes) -> None:
    chunk = png_chunk(name.encode(), head + zlib.compress(bytes(10**8)))
    bomb = with_chunks(chunk * 30)
    assert pixels(bomb) == pixels(PHOTOGRAPH)
    assert cpu_seconds_of(lambda: pixels(bomb)) < 0.2


def test_exif_whose_entries_all_point_to_the_same_megabytes_is_read_in_no_time() -> None:
    entry = b"\x01\x0e\0\7" + (5_000_000).to_bytes(4, "big") + (800_000).to_bytes(4, "big")
    exif = b"MM\0*\0\0\0\x08\xff\xff" + entry * 65_535 + bytes(5_100_000)
    bomb = with_chunks(png_chunk(b"eXIf", exif))
    assert cpu_seconds_of(lambda: pixels(bomb)) < 0.2


def test_pixels_in_many_small_chunks_are_shown_and_in_too_many_refused() -> None:
    content = encoded(quarters(), "PNG")
    start = content.index(b"IDAT") - 4
    data = content[start + 8 : -16]
    small = b"".join(png_chunk(b"IDAT", data[i : i + 1]) for i in range(len(data)))
    assert pixels(content[:start] + small + content[-12:]) == pixels(content)
    bomb = content[:start] + png_chunk(b"IDAT", b"") * 800_000 + content[start:]
    with pytest.raises(BadRequest, match="has more than 20000 parts"):
        pixels(bomb)
    assert cpu_seconds_to_refuse(bomb) < 0.2
