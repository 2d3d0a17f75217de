import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from tests.serving.photographs.files import (
    FORMATS,
    encoded,
    jpeg_of_scans,
    noise,
    plain,
    png,
    quarters,
)
from tests.serving.photographs.shown import farthest, pixel, pixels

GREY = 0x80


def expected(image: Image.Image, resize: int, side: int) -> bytes:
    """What torchvision's Resize and CenterCrop do, with Pillow."""
    width, height = (resize * length // min(image.size) for length in image.size)
    left, top = round((width - side) / 2), round((height - side) / 2)
    resized = image.resize((width, height), Image.Resampling.BILINEAR)
    return resized.crop((left, top, left + side, top + side)).tobytes()


@given(
    width=st.integers(1, 400),
    height=st.integers(1, 400),
    sides=st.sampled_from([(256, 224), (183, 160), (224, 224)]),
)
@settings(max_examples=50, deadline=None)
def test_the_centre_is_the_same_as_of_the_whole_resized(
    width: int, height: int, sides: tuple[int, int]
) -> None:
    image = noise((width, height))
    found = pixels(encoded(image, "PNG"), *sides)
    assert farthest(found, expected(image, *sides)) <= 2  # both are rounded, twice


@pytest.mark.parametrize("file_format", FORMATS)
def test_each_format_shows_the_same(file_format: str) -> None:
    content = encoded(quarters(), file_format)
    places = [(20, 20), (200, 20), (20, 200), (200, 200)]
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]
    for place, colour in zip(places, colours, strict=True):
        assert pixel(content, *place) == pytest.approx(colour, abs=12)


KINDS = {
    "grey JPEG": (encoded(plain("L", GREY), "JPEG"), (GREY,) * 3),
    "CMYK JPEG": (encoded(plain("CMYK", (255, 0, 0, 0)), "JPEG"), (0, 255, 255)),
    "progressive JPEG": (encoded(plain("RGB", (1, 2, 3)), "JPEG", progressive=True), (1, 2, 3)),
    "JPEG of 500 scans": (jpeg_of_scans(500), (GREY,) * 3),
    "PNG with a packed text of 100 MB": (
        png((9, 9), 8, 0, b"\7", zTXt=b"a\0\0" + zlib.compress(bytes(10**8))),
        (7, 7, 7),
    ),
    "black and white PNG": (encoded(plain("1", 1), "PNG"), (255, 255, 255)),
    "grey PNG": (encoded(plain("L", GREY), "PNG"), (GREY,) * 3),
    "grey PNG with alpha": (encoded(plain("LA", (0, GREY)), "PNG"), (127, 127, 127)),
    "PNG with a palette": (encoded(plain("RGB", (9, 8, 7)).quantize(2), "PNG"), (9, 8, 7)),
    "transparent palette": (
        encoded(plain("RGB", (9, 8, 7)).quantize(2), "PNG", transparency=b"\0\0"),
        (255, 255, 255),
    ),
    "PNG with alpha": (encoded(plain("RGBA", (0, 0, 200, GREY)), "PNG"), (127, 127, 227)),
    "PNG, transparent": (encoded(plain("RGBA", (9, 9, 9, 0)), "PNG"), (255, 255, 255)),
    "16-bit grey": (png((9, 9), 16, 0, b"\x80\xff"), (GREY,) * 3),
    "16-bit grey, another transparent": (
        png((9, 9), 16, 0, b"\x80\xff", tRNS=b"\0\x80"),
        (GREY,) * 3,
    ),
    "16-bit colour": (png((9, 9), 16, 2, b"\x80\xff\x40\xff\x20\xff"), (0x80, 0x40, 0x20)),
    "16-bit grey with alpha": (png((9, 9), 16, 4, b"\0\0\x80\0"), (127, 127, 127)),
    "16-bit colour with alpha": (png((9, 9), 16, 6, b"\0" * 6 + b"\x80\0"), (127, 127, 127)),
    "grey PNG, one transparent": (png((9, 9), 8, 0, b"\7", tRNS=b"\0\7"), (255, 255, 255)),
    "PNG, one transparent": (
        png((9, 9), 8, 2, b"\1\2\3", tRNS=b"\0\1\0\2\0\3"),
        (255, 255, 255),
    ),
    "WebP with alpha": (
        encoded(plain("RGBA", (0, 0, 0, GREY)), "WEBP", lossless=True),
        (127, 127, 127),
    ),
    "GIF, transparent": (
        encoded(plain("RGB", (9, 8, 7)).quantize(2), "GIF", transparency=0),
        (255, 255, 255),
    ),
    "one pixel": (encoded(plain("RGB", (9, 8, 7), (1, 1)), "PNG"), (9, 8, 7)),
    "a line across": (encoded(plain("RGB", (9, 8, 7), (60_000, 1)), "PNG"), (9, 8, 7)),
    "a line down": (encoded(plain("RGB", (9, 8, 7), (1, 60_000)), "PNG"), (9, 8, 7)),
}


@pytest.mark.parametrize(("content", "colour"), KINDS.values(), ids=KINDS)
def test_each_kind_has_its_colour_on_white(content: bytes, colour: tuple[int, ...]) -> None:
    assert pixel(content) == pytest.approx(colour, abs=2)


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_of_an_animation_is_taken(file_format: str) -> None:
    frames = [plain("RGB", colour) for colour in ((200, 0, 0), (0, 200, 0), (0, 0, 200))]
    content = encoded(frames[0], file_format, save_all=True, append_images=frames[1:])
    assert pixel(content) == pytest.approx((200, 0, 0), abs=12)


def test_the_first_of_several_photographs_in_a_jpeg_is_taken() -> None:
    first, second = quarters(), plain("RGB", (0, 0, 0))
    content = encoded(first, "MPO", save_all=True, append_images=[second])
    assert farthest(pixels(content), pixels(encoded(first, "JPEG"))) <= 1


def test_a_large_jpeg_is_decoded_at_a_reduced_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    load = JpegImageFile.load

    def note_size(image: JpegImageFile) -> Any:
        sizes.append(image.size)
        return load(image)

    monkeypatch.setattr(JpegImageFile, "load", note_size)
    pixels(encoded(plain("RGB", (9, 8, 7), (1546, 1213)), "JPEG"))
    assert sizes[0] == (773, 607)  # half
