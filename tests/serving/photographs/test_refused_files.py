import gc
import re
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, WebPImagePlugin

from serving import BadRequest, TooLarge
from tests.serving.photographs.files import (
    FORMATS,
    encoded,
    jpeg_of_scans,
    noise,
    plain,
    png,
    quarters,
)
from tests.serving.photographs.shown import pixels

SMALL = {name: encoded(quarters((40, 30)), name) for name in FORMATS}

NOT_TAKEN = {
    "nothing": b"",
    "text": b"a dog",
    "a page": b"<!DOCTYPE html><img src=dog.jpg>",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "PDF": b"%PDF-1.7",
    "a WAV": b"RIFF\0\0\0\0WAVEfmt ",
    **{name: encoded(quarters(), name) for name in ("BMP", "TIFF", "PPM", "ICO", "TGA", "EPS")},
}


@pytest.mark.parametrize("content", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_what_is_not_one_of_the_four_formats_is_refused(content: bytes) -> None:
    with pytest.raises(BadRequest, match=r"is empty|is not a JPEG, PNG, WebP or GIF file"):
        pixels(content)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_refused(name: str, share: float) -> None:
    content = encoded(noise((300, 300)), name)
    with pytest.raises(BadRequest, match=r"the photograph is (truncated|damaged)"):
        pixels(content[: int(share * len(content))])


LYING = {
    "PNG by its first bytes alone": SMALL["PNG"][:8] + SMALL["JPEG"],
    "JPEG by its first bytes alone": b"\xff\xd8\xff" + b"text" * 100,
    "GIF by its first bytes alone": b"GIF89a" + SMALL["PNG"],
    "WebP by its first bytes alone": b"RIFF\0\0\0\0WEBP" + SMALL["JPEG"],
    "nothing but the first bytes": b"\xff\xd8\xff",
    "a PNG of no pixels": png((0, 0), 8, 2, b""),
    "a PNG without its pixels": png((30, 30), 8, 2, b""),
    "a PNG of a colour type that does not exist": png((30, 30), 8, 5, b""),
    "a wrong checksum": SMALL["PNG"][:20] + b"\xff" + SMALL["PNG"][21:],
    "a JPEG of 501 scans": jpeg_of_scans(501),
}


@pytest.mark.parametrize("content", LYING.values(), ids=LYING)
def test_a_file_that_lies_is_refused(content: bytes) -> None:
    with pytest.raises(BadRequest, match=r"^the photograph (is|has)"):
        pixels(content)


@pytest.mark.parametrize("size", [(20_001, 1000), (100_000, 100_000), (2**31 - 1, 2**31 - 1)])
def test_a_png_of_too_many_pixels_is_refused_by_its_head(size: tuple[int, int]) -> None:
    numbers = f"has {size[0]} x {size[1]} pixels, the limit is 20 megapixels for a PNG"
    with pytest.raises(TooLarge, match=numbers):
        pixels(png(size, 8, 2, b""))


def test_a_jpeg_of_too_many_pixels_is_refused_by_its_head() -> None:
    content = bytearray(SMALL["JPEG"])
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(TooLarge, match="65535 x 65535"):
        pixels(bytes(content))


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("alpha", [False, True])
def test_a_webp_of_too_many_pixels_is_refused_before_there_is_room_made(
    lossless: bool, alpha: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each of the three kinds; the size stands where Pillow finds it."""
    content = encoded(plain("RGBA" if alpha else "RGB", 9, (5001, 4000)), "WEBP", lossless=lossless)
    assert Image.open(BytesIO(content)).size == (5001, 4000)
    monkeypatch.delattr(WebPImagePlugin.WebPImageFile, "_open")
    with pytest.raises(TooLarge, match="has 5001 x 4000 pixels, the limit is 20 megapixels"):
        pixels(content)


def test_a_gif_of_too_many_pixels_is_refused_by_its_head() -> None:
    content = SMALL["GIF"][:6] + b"\xff\xff\xff\xff" + SMALL["GIF"][10:]
    with pytest.raises(TooLarge, match="65535 x 65535"):
        pixels(content)


def test_a_gif_whose_frame_is_larger_than_it_says_is_refused() -> None:
    content = bytearray(encoded(plain("L", 0, (9, 9)), "GIF"))
    frame = content.index(b"\x2c\0\0\0\0\x09\0\x09\0")
    content[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    with pytest.raises((TooLarge, BadRequest)):
        pixels(bytes(content))


@given(data=st.data(), name=st.sampled_from(FORMATS))
@settings(max_examples=400, deadline=None)
def test_a_file_with_changed_bytes_has_pixels_or_is_refused(data: Any, name: str) -> None:
    content = bytearray(SMALL[name])
    places = st.integers(0, len(content) - 1)
    for place, value in data.draw(st.dictionaries(places, st.integers(0, 255), max_size=8)).items():
        content[place] = value
    end = data.draw(st.none() | places)
    try:
        pixels(bytes(content[:end]))
    except (BadRequest, TooLarge) as refused:
        assert re.match("the photograph (is|has)", str(refused))


@given(head=st.sampled_from([content[:12] for content in SMALL.values()]), rest=st.binary())
@settings(deadline=None)
def test_any_bytes_behind_a_good_head_have_pixels_or_are_refused(head: bytes, rest: bytes) -> None:
    try:
        pixels(head + rest)
    except (BadRequest, TooLarge) as refused:
        assert re.match("the photograph (is|has)", str(refused))


def test_after_a_bad_file_a_good_one_shows_as_before() -> None:
    before = [pixels(content) for content in SMALL.values()]
    for content in (*LYING.values(), *NOT_TAKEN.values()):
        with pytest.raises(BadRequest):
            pixels(content)
    assert [pixels(content) for content in SMALL.values()] == before


def test_nothing_is_left_to_the_garbage_collector() -> None:
    def decode_all() -> None:
        for content in (*SMALL.values(), *LYING.values()):
            try:
                pixels(content)
            except BadRequest:
                continue

    decode_all()
    gc.collect()
    gc.disable()
    try:
        counts = []
        for _ in range(5):
            decode_all()
            images = [item for item in gc.get_objects() if isinstance(item, Image.Image)]
            counts.append(len(images))
    finally:
        gc.enable()
    assert [later - earlier for earlier, later in pairwise(counts)] == [0] * 4
