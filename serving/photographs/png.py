"""Write a PNG anew, with what its pixels need, and find what tells how to turn it.

Pillow unpacks texts and profiles, and reads the chunks of pixels one by one in Python.

Source: https://www.w3.org/TR/png-3/. Texts of EXIF data are ImageMagick's: magick/profile.c.
"""

from typing import NamedTuple
from zlib import decompressobj, error

from serving.errors import BadRequest

MAX_CHUNKS = 20_000  # of 8 kB each, as libpng writes them, that is 160 MB
MAX_TEXT_BYTES = 262_144  # unpacked; EXIF data have 64 kB, twice as long in hexadecimal
HEAD_BYTES = 8
NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
EXIF, XMP = b"Raw profile type exif", b"XML:com.adobe.xmp"


class Png(NamedTuple):
    """A PNG without its texts, profiles and other frames; its EXIF and XMP data."""

    content: bytes
    exif: bytes
    xmp: bytes


def needed_png(content: bytes) -> Png:
    """Take of a PNG what its pixels and its orientation need; if it is cut off, so is the result.

    Raises:
        BadRequest: it has more than `MAX_CHUNKS`.
    """
    kept, first = [content[:HEAD_BYTES]], dict[bytes, bytes]()
    for name, chunk in _chunks(content):
        if name in NEEDED and (name == b"IDAT" or name not in first):
            kept.append(chunk)
        if name in TEXTS:
            name = chunk[8:].partition(b"\0")[0]
        first.setdefault(name, chunk)
    exif = first[b"eXIf"][8:-4] if b"eXIf" in first else _raw_profile(_text(first.get(EXIF, b"")))
    return Png(b"".join(kept), exif, _text(first.get(XMP, b"")))


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    """List the chunks by their names, each with its length, name and checksum."""
    found: list[tuple[bytes, bytes]] = []
    position = HEAD_BYTES
    while position < len(content):
        if len(found) == MAX_CHUNKS:
            raise BadRequest(f"the photograph has more than {MAX_CHUNKS} parts")
        end = position + 12 + int.from_bytes(content[position : position + 4], "big")
        found.append((content[position + 4 : position + 8], content[position:end]))
        position = end
    return found


def _text(chunk: bytes) -> bytes:
    """Read a text; empty if it is packed and larger than `MAX_TEXT_BYTES`, or broken."""
    rest = chunk[8:-4].partition(b"\0")[2]  # behind the name
    kind, packed = chunk[4:8], chunk[4:8] == b"zTXt"
    if kind == b"zTXt":
        rest = rest[1:]  # the method, of which there is one
    elif kind == b"iTXt":
        packed = rest[:1] == b"\1"
        rest = rest[2:].split(b"\0", 2)[-1]  # behind the language and the translated name
    return _unpacked(rest) if packed else rest


def _unpacked(text: bytes) -> bytes:
    unpacking = decompressobj()
    try:
        unpacked = unpacking.decompress(text, MAX_TEXT_BYTES)
    except error:
        return b""
    return unpacked if unpacking.eof else b""


def _raw_profile(text: bytes) -> bytes:
    """Read EXIF data that stand in a text: an empty line, a name, a length, hexadecimal digits."""
    digits = b"".join(text.split(b"\n")[3:])
    try:
        return bytes.fromhex(digits[:MAX_TEXT_BYTES].decode("ascii"))
    except ValueError:
        return b""
