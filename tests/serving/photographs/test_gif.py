"""Of a GIF nothing is read but its first frame."""

import pytest

from tests.serving.photographs.files import encoded, plain, quarters
from tests.serving.photographs.shown import cpu_seconds_to_refuse, pixel, pixels

GIF = encoded(quarters(), "GIF")
FRAME = GIF.index(b"\x2c\0\0\0\0")


@pytest.mark.parametrize("label", [b"\xfe", b"\xff", b"\x01"])
@pytest.mark.parametrize("block", [b"\1a", b"\xff" + b"a" * 255])
def test_what_stands_before_the_frame_is_left_out(label: bytes, block: bytes) -> None:
    extension = b"!" + label + block * 2000 + b"\0"
    assert pixels(GIF[:FRAME] + extension + GIF[FRAME:]) == pixels(GIF)


@pytest.mark.parametrize("filling", [b"!\xfe" + b"\1a" * 4_000_000 + b"\0", b"!\xfe\0" * 3_000_000])
def test_too_much_before_the_frame_is_refused_in_no_time(filling: bytes) -> None:
    bomb = GIF[:FRAME] + filling + GIF[FRAME:]
    assert cpu_seconds_to_refuse(bomb) < 0.5


def test_the_frame_keeps_its_transparency() -> None:
    image = plain("RGB", (9, 8, 7)).quantize(2)
    assert pixel(encoded(image, "GIF", transparency=0, comment=b"a" * 999)) == (255, 255, 255)


def test_a_gif_whose_frame_has_colours_of_its_own_is_shown() -> None:
    content = encoded(plain("P", 0, (9, 9)), "GIF")
    frame = content.index(b"\x2c\0\0\0\0")
    head, data = content[frame : frame + 9], content[frame + 10 :]
    two_colours = b"\x80\x09\x08\x07\0\0\0"
    assert pixel(content[:10] + b"\0\0\0" + head + two_colours + data) == (9, 8, 7)
