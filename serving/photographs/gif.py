"""Take of a GIF its first frame: Pillow reads what stands before it byte by byte, in Python.

Source: https://www.w3.org/Graphics/GIF/spec-gif89a.txt.
"""

from serving.errors import BadRequest

MAX_HEAD_BYTES = 1_000_000  # before the first frame: colours, comments, profiles
SCREEN_BYTES = 13
FRAME, EXTENSION, CONTROL, END = b",", b"!", b"\xf9", b";"


def first_frame(content: bytes) -> bytes:
    """Leave out what stands before the first frame, but the colours and which is transparent.

    Raises:
        BadRequest: there is no frame, or too much before it.
    """
    colours = content[10:11] + b"\0"
    start = position = SCREEN_BYTES + (3 << (colours[0] & 7) + 1 if colours[0] & 0x80 else 0)
    control = b""
    while position < min(len(content), MAX_HEAD_BYTES):
        kind, label = content[position : position + 1], content[position + 1 : position + 2]
        if kind == FRAME:
            return content[:start] + control + content[position:]
        if kind == END:
            break
        end = _behind(content, position + 2) if kind == EXTENSION else position + 1
        if kind == EXTENSION and label == CONTROL:
            control = content[position:end]
        position = end
    raise BadRequest(f"the photograph is damaged: no frame in its first {MAX_HEAD_BYTES} bytes")


def _behind(content: bytes, position: int) -> int:
    """Find the end of an extension: blocks, each with its length before it, the last one empty."""
    while position < min(len(content), MAX_HEAD_BYTES):
        size = content[position]
        position += 1 + size
        if not size:
            break
    return position
