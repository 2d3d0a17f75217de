"""Files of photographs, good and bad, made in memory."""

import struct
import zlib
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    """An image as a file."""
    file = BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def plain(mode: str, colour: Any, size: tuple[int, int] = (300, 200)) -> Image.Image:
    """An image of one colour."""
    return Image.new(mode, size, colour)


def noise(size: tuple[int, int]) -> Image.Image:
    """An image of a random colour at each pixel, the same for each size."""
    return Image.frombytes("RGB", size, Random(0).randbytes(3 * size[0] * size[1]))


def quarters(size: tuple[int, int] = (320, 280)) -> Image.Image:
    """An image whose four quarters are red, green, blue and white."""
    image = Image.new("RGB", size, (255, 255, 255))
    width, height = size[0] // 2, size[1] // 2
    image.paste((255, 0, 0), (0, 0, width, height))
    image.paste((0, 255, 0), (width, 0, size[0], height))
    image.paste((0, 0, 255), (0, height, width, size[1]))
    return image


def png(size: tuple[int, int], bits: int, colour_type: int, pixel: bytes, **chunks: bytes) -> bytes:
    """A PNG of one colour, of any kind; with an empty pixel it has none."""
    header = struct.pack(">IIBBBBB", *size, bits, colour_type, 0, 0, 0)
    rows = (b"\0" + pixel * size[0]) * size[1] if pixel else b""
    before = b"".join(png_chunk(name.encode(), content) for name, content in chunks.items())
    data = png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + before + data


def png_chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG with its length and its checksum."""
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


def jpeg_of_scans(
    count: int, side: int = 64, frame_marker: int = 0xC2, refining: bool = False
) -> bytes:
    """A progressive JPEG whose scans, after the first, each say that nothing changes.

    A decoder looks at each pixel again where a scan refines what an earlier one said.
    """
    blocks = (side // 8) ** 2
    tables = _segment(0xDB, b"\0" + b"\1" * 64)
    frame = _segment(frame_marker, struct.pack(">BHHB", 8, side, side, 1) + b"\1\x11\0")
    codes = b"".join(
        _segment(0xC4, bytes([table, 1]) + bytes(15) + bytes([symbol]))
        for table, symbol in ((0x00, 0x00), (0x10, 0xE0))
    )
    first = _segment(0xDA, b"\1\1\0\0\0\0") + bytes(blocks // 8)
    bits = b"\x10" if refining else b"\0"
    empty = _segment(0xDA, b"\1\1\0\1\x3f" + bits) + b"\x7f\xfe" * (blocks // 24_000 + 1)
    return b"\xff\xd8" + tables + frame + codes + first + empty * (count - 1) + b"\xff\xd9"


def _segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def webp_of_one_colour(width: int, height: int) -> bytes:
    """A transparent WebP of 34 bytes, without loss: each of its five codes has one symbol, 0."""
    size = (width - 1) | (height - 1) << 14 | 1 << 28
    data = b"\x2f" + struct.pack("<I", size) + b"\x88\x88\x08" + bytes(6)
    return b"RIFF" + struct.pack("<I", 26) + b"WEBPVP8L" + struct.pack("<I", len(data)) + data
