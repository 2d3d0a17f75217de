"""Damage to the head of a JPEG: what may stand there, and what may not."""

from hypothesis import strategies as st

MARKERS_WITHOUT_LENGTH = [b"\xff\x00", b"\xff\x01", *(bytes((0xFF, n)) for n in range(0xD0, 0xD8))]
INSERTED = (
    *MARKERS_WITHOUT_LENGTH,
    *(b"\xff", b"\xff\xff\xff", b"\0", b"between"),
    *(b"\xff\xfe\0\0", b"\xff\xfe\0\2", b"\xff\xe1\0\6\xff\xda", b"\xff\xe0\0\1", b"\xff\xee\0\0"),
    *(
        b"\xff\xda",
        b"\xff\xd9",
        b"\xff\xd8",
        b"\xff\xc8",
        b"\xff\xf0",
        b"\xff\x02",
        b"\xff\xde\0\4ab",
    ),
    *(b"\xff\xde\0\4ab", b"\xff\xdc\0\4\0\x40", b"\xff\xcc\0\2", b"\xff\xdd\0\4\0\1"),
    b"\xff\xc0\0\x0b\x08\0\x10\0\x10\1\1\x11\0",
)


def segment_starts(jpeg: bytes) -> list[int]:
    """Where the segments of a good JPEG start, up to the first scan."""
    starts = [2]
    while jpeg[starts[-1] :][:2] != b"\xff\xda":
        start = starts[-1]
        starts.append(start + 2 + int.from_bytes(jpeg[start + 2 : start + 4], "big"))
    return starts


@st.composite
def damaged(draw: st.DrawFn, jpeg: bytes) -> bytes:
    """A JPEG with things put between and into the segments of its head, and bytes changed there."""
    starts = segment_starts(jpeg)
    content = bytearray(jpeg)
    places = st.sampled_from(starts) | st.integers(2, starts[-1])
    for place in draw(st.lists(places, min_size=1, max_size=4)):
        inserted = draw(st.sampled_from(INSERTED) | st.binary(max_size=6))
        content[place : place + draw(st.sampled_from((0, 0, 0, 1, 2)))] = inserted
    return bytes(content)
