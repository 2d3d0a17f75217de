"""Read a WebP's size, which its decoder makes room for as soon as the file is opened.

Source: https://developers.google.com/speed/webp/docs/riff_container, RFC 6386 for VP8, and
https://developers.google.com/speed/webp/docs/webp_lossless_bitstream_specification for VP8L.
"""

from serving.errors import BadRequest


def size(content: bytes) -> tuple[int, int]:
    """Read the width and height of the first chunk, as the decoder does.

    Raises:
        BadRequest: the first chunk has no size.
    """
    kind, head = content[12:16], content[20:30]
    if kind == b"VP8 " and len(head) == 10 and head[3:6] == b"\x9d\x01\x2a":
        return _number(head[6:8]) & 0x3FFF, _number(head[8:10]) & 0x3FFF
    if kind == b"VP8L" and len(head) >= 5 and head[:1] == b"\x2f":
        bits = _number(head[1:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X" and len(head) == 10:
        return _number(head[4:7]) + 1, _number(head[7:10]) + 1
    raise BadRequest("the photograph is damaged")


def _number(content: bytes) -> int:
    return int.from_bytes(content, "little")
