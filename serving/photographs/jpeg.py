"""Write a JPEG's head anew, so that its decoder sees exactly what was checked.

Pillow reads the head for the photograph's size, libjpeg for its pixels, and in a damaged head they
find different things. The head that is written here has whole segments, one behind the other, and
no more of them than a decoder needs.

Source: ITU-T T.81, annex B. Markers are found as in `next_marker` of libjpeg-turbo's jdmarker.c.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from serving.errors import BadRequest

MAX_SEGMENTS = 1000  # before the first scan; cameras write about 20
MAX_TABLE_BYTES = 65_536  # before the first scan; cameras write about 700
MAX_SCANS = 500  # a progressive JPEG has about 10
MAX_SCANNED_PIXELS = 10**9  # over all scans: about 0.5 s on a vCPU

# What lies between segments is skipped, and FF 00 with it. Of several FF the last one counts.
MARKER = re.compile(rb"\xff([^\x00\xff])")
START, END, SCAN = 0xD8, 0xD9, 0xDA
WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}  # TEM, RST0 to RST7
HUFFMAN_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive
# Lossless frames, and arithmetic coding: it takes a decoder several times as long.
OTHER_FRAMES = {0xC3, *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)}
TABLES = {0xC4, 0xDB, 0xDD, 0xE0, 0xEE}  # DHT, DQT, DRI; which colours: JFIF's and Adobe's segments
APP1 = 0xE1
UNUSED = {0xCC, 0xDC, *range(0xE1, 0xEE), 0xEF, 0xFE}  # DAC, DNL, what applications add, comments
EXIF, XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"


class Jpeg(NamedTuple):
    """A JPEG as its decoder sees it, and what is to be known before that."""

    content: bytes
    pixels: int
    components: int
    progressive: bool
    scans: int
    exif: bytes
    xmp: bytes


def checked_jpeg(content: bytes) -> Jpeg:
    """Refuse a JPEG that costs far more to decode than its size suggests; write its head anew.

    Args:
        content: the file, which begins with 0xFFD8; a file that ends behind its head passes.

    Raises:
        BadRequest: too many segments, tables or scans, no Huffman coding, no frame or two frames.
    """
    *head, (_, scans_start, _) = _segments(content)
    segments = [(marker, content[start:end]) for marker, start, end in head]
    frame = _frame([segment for marker, segment in segments if marker in HUFFMAN_FRAMES])
    height, width = int.from_bytes(frame[5:7], "big"), int.from_bytes(frame[7:9], "big")
    found = Jpeg(
        b"".join([content[:2], *_tables(segments), frame, content[scans_start:]]),
        pixels=height * width,
        components=frame[9],
        progressive=frame[1] == 0xC2,
        # Each scan has these two bytes. They may stand elsewhere too, but hardly ever do.
        scans=content.count(bytes((0xFF, SCAN)), scans_start),
        exif=_first(segments, EXIF),
        xmp=_first(segments, XMP),
    )
    _check_scans(found)
    return found


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the marker, start and end of each segment, up to that of the first scan."""
    position = 2
    for _ in range(MAX_SEGMENTS):
        found = MARKER.search(content, position)
        if not found:
            raise BadRequest("the photograph is truncated")
        marker, position = found[1][0], found.end()
        if marker in WITHOUT_LENGTH:
            continue
        _check_marker(marker)
        position += max(2, int.from_bytes(content[position : position + 2], "big"))
        yield marker, found.start(), position
        if marker == SCAN:
            return
    raise BadRequest(f"the photograph has more than {MAX_SEGMENTS} segments")


def _check_marker(marker: int) -> None:
    if marker in OTHER_FRAMES:
        raise BadRequest("the photograph is a JPEG without Huffman coding: save it as a usual JPEG")
    if marker != SCAN and marker not in HUFFMAN_FRAMES | TABLES | UNUSED:
        raise BadRequest("the photograph is damaged")


def _frame(frames: list[bytes]) -> bytes:
    """Take the one frame, whole, with its size and its components."""
    if len(frames) != 1 or len(frames[0]) < 10:
        raise BadRequest("the photograph is damaged")
    return frames[0]


def _tables(segments: list[tuple[int, bytes]]) -> list[bytes]:
    tables = [segment for marker, segment in segments if marker in TABLES]
    if sum(map(len, tables)) > MAX_TABLE_BYTES:
        raise BadRequest(f"the photograph has more than {MAX_TABLE_BYTES} bytes of tables")
    return tables


def _first(segments: list[tuple[int, bytes]], name: bytes) -> bytes:
    """Take what the first segment of an application holds behind its name."""
    for marker, segment in segments:
        if marker == APP1 and segment.startswith(name, 4):
            return segment[4 + len(name) :]
    return b""


def _check_scans(jpeg: Jpeg) -> None:
    too_many = jpeg.scans > 1 and jpeg.scans * jpeg.pixels > MAX_SCANNED_PIXELS
    if too_many or jpeg.scans > MAX_SCANS:
        raise BadRequest(
            f"the photograph has {jpeg.scans} scans, more than a JPEG of its size needs"
        )
