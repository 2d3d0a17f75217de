"""Look at the parts of a file before a decoder spends time on them.

Files of a few kilobytes can keep a decoder busy for minutes: a JPEG with a hundred passes over
millions of pixels, or a PNG with thousands of packed texts that nobody reads.
"""

from itertools import count

from serving.errors import BadRequest

MAX_SEGMENTS = 1000  # before the first scan of a JPEG; cameras write about 20
MAX_SCANS = 500  # a progressive JPEG has about 10; the smallest one costs the decoder 3 ms
MAX_SCANNED_PIXELS = 10**9  # over all scans of a JPEG: about 0.4 s
SCAN = b"\xff\xda"
FRAMES = range(0xC0, 0xD0)  # the markers of frames, with NO_FRAMES among them
NO_FRAMES = (0xC4, 0xC8, 0xCC)
HUFFMAN_FRAMES = (0xC0, 0xC1, 0xC2)  # arithmetic coding takes the decoder fifty times as long
PNG_HEAD = 8
PNG_PARTS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"eXIf", b"IEND")


def check_jpeg(content: bytes) -> None:
    """Refuse a JPEG that costs far more to decode than its size suggests; let truncated ones pass.

    Args:
        content: the file, which begins with 0xFFD8.

    Raises:
        BadRequest: too many segments or scans, or no Huffman coding.
    """
    pixels, first_scan = _frame(content)
    scans = content.count(SCAN, first_scan)
    if scans > MAX_SCANS or (scans > 1 and scans * pixels > MAX_SCANNED_PIXELS):
        raise BadRequest(f"the photograph has {scans} scans, more than a JPEG of its size needs")


def _frame(content: bytes) -> tuple[int, int]:
    """Find the frame's number of pixels, and where the first scan begins."""
    pixels, position = 0, 2
    for segment in count():
        if segment > MAX_SEGMENTS:
            raise BadRequest(f"the photograph has more than {MAX_SEGMENTS} segments")
        marker = content[position + 1 : position + 2]
        if content[position : position + 2] == SCAN or not marker:
            return pixels, position
        if content[position] != 0xFF or marker == b"\xff":  # filling between segments
            position += 1
            continue
        if marker[0] in FRAMES and marker[0] not in NO_FRAMES:
            pixels = _pixels(content[position : position + 9])
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    raise AssertionError("counting has no end")


def _pixels(frame: bytes) -> int:
    if frame[1] not in HUFFMAN_FRAMES:
        raise BadRequest("the photograph is a JPEG without Huffman coding: save it as a usual JPEG")
    return int.from_bytes(frame[5:7], "big") * int.from_bytes(frame[7:9], "big")


def needed_png(content: bytes) -> bytes:
    """Return a PNG without its texts, profiles and other frames: some decoders unpack those.

    Args:
        content: the file; if it is cut off, so is the result.
    """
    parts, seen, position = [content[:PNG_HEAD]], set[bytes](), PNG_HEAD
    while position < len(content):
        kind = content[position + 4 : position + 8]
        end = position + 12 + int.from_bytes(content[position : position + 4], "big")
        if kind in PNG_PARTS and (kind == b"IDAT" or kind not in seen):
            parts.append(content[position:end])
        seen.add(kind)
        position = end
    return b"".join(parts)
