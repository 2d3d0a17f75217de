import gc
import json
import re
import subprocess
import sys
import zlib
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from serving import BadRequest, TooLarge
from tests.model_directory import REPOSITORY
from tests.pytorch_example.files import FORMATS, encoded, jpeg_of_scans, noise, plain, png, quarters
from tests.pytorch_example.stand_in import MODULES

PHOTOGRAPH = MODULES["photograph"]
SIDE = 224
SMALL = {name: encoded(quarters((40, 30)), name) for name in FORMATS}
GREY = 0x80


def pixels(content: bytes, resize: int = 256, side: int = SIDE) -> bytes:
    found: bytes = PHOTOGRAPH.pixels(content, resize, side)
    assert len(found) == side * side * 3
    return found


def pixel(content: bytes, x: int = SIDE // 2, y: int = SIDE // 2) -> tuple[int, ...]:
    """A pixel of what the model sees."""
    return tuple(pixels(content)[3 * (SIDE * y + x) :][:3])


def expected(image: Image.Image, resize: int, side: int) -> bytes:
    """What torchvision's Resize and CenterCrop do, with Pillow."""
    width, height = (resize * length // min(image.size) for length in image.size)
    left, top = round((width - side) / 2), round((height - side) / 2)
    resized = image.resize((width, height), Image.Resampling.BILINEAR)
    return resized.crop((left, top, left + side, top + side)).tobytes()


def farthest(some: bytes, others: bytes) -> int:
    """The largest difference between two photographs' channels."""
    return max(abs(one - other) for one, other in zip(some, others, strict=True))


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


# How to turn an upright photograph so that the EXIF value turns it back.
TURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", TURNED)
def test_a_photograph_is_turned_as_its_exif_says(orientation: int, file_format: str) -> None:
    upright = quarters((330, 281))
    turn = TURNED[orientation]
    turned = upright if turn is None else upright.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(turned, file_format, exif=exif)
    for x, y in ((20, 20), (200, 20), (20, 200), (200, 200)):
        wanted = pixel(encoded(upright, "PNG"), x, y)
        assert pixel(content, x, y) == pytest.approx(wanted, abs=12)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0nonsense", b"\xff" * 99]
)
def test_a_photograph_with_broken_exif_is_taken_as_it_is(exif: bytes) -> None:
    content = encoded(quarters(), "JPEG", exif=exif)
    assert pixels(content) == pixels(encoded(quarters(), "JPEG"))


@pytest.mark.parametrize(
    "content",
    [
        encoded(plain("RGB", (9, 8, 7)), "PNG", exif=b"nonsense"),
        encoded(plain("RGB", (9, 8, 7)), "WEBP", exif=b"nonsense"),
        png((9, 9), 8, 2, b"\x09\x08\x07", tEXt=b"Raw profile type exif\0\nexif\n 1\nnonsense"),
    ],
    ids=["PNG", "WebP", "ImageMagick's PNG"],
)
def test_broken_exif_of_other_formats_is_not_heeded_either(content: bytes) -> None:
    assert pixel(content) == pytest.approx((9, 8, 7), abs=2)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert pixel(encoded(quarters(), "JPEG", exif=exif), 20, 20) == pixel(
        encoded(quarters(), "JPEG"), 20, 20
    )


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


@pytest.mark.parametrize("size", [(50_001, 1000), (100_000, 100_000), (2**31 - 1, 2**31 - 1)])
def test_a_png_of_more_than_50_megapixels_is_refused_by_its_head(size: tuple[int, int]) -> None:
    numbers = f"has {size[0]} x {size[1]} pixels, at most 50 megapixels"
    with pytest.raises(TooLarge, match=numbers):
        pixels(png(size, 8, 2, b""))


def test_a_jpeg_of_more_than_50_megapixels_is_refused_by_its_head() -> None:
    content = bytearray(SMALL["JPEG"])
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(TooLarge, match="65535 x 65535"):
        pixels(bytes(content))


def test_a_webp_of_more_than_50_megapixels_is_refused_before_there_is_room_made() -> None:
    content = bytearray(encoded(plain("RGB", 0), "WEBP"))
    start = content.index(b"\x9d\x01\x2a") + 3
    content[start : start + 4] = b"\xff\x3f\xff\x3f"
    with pytest.raises(TooLarge, match="has more pixels, at most 50 megapixels"):
        pixels(bytes(content))


def test_a_gif_of_more_than_50_megapixels_is_refused_by_its_head() -> None:
    content = SMALL["GIF"][:6] + b"\xff\xff\xff\xff" + SMALL["GIF"][10:]
    with pytest.raises(TooLarge, match="65535 x 65535"):
        pixels(content)


def test_a_gif_whose_frame_is_larger_than_it_says_is_refused() -> None:
    content = bytearray(encoded(plain("L", 0, (9, 9)), "GIF"))
    frame = content.index(b"\x2c\0\0\0\0\x09\0\x09\0")
    content[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    with pytest.raises((TooLarge, BadRequest)):
        pixels(bytes(content))


def test_a_photograph_of_50_megapixels_is_taken() -> None:
    assert pixel(encoded(plain("L", 7, (10_000, 5_000)), "PNG")) == (7, 7, 7)


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


def test_only_the_plugin_of_jpeg_is_imported_at_the_start() -> None:
    code = "import json, sys, photograph; print(json.dumps(sorted(sys.modules)))"
    environment = {"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'pytorch-example/app'}"}
    command = [sys.executable, "-c", code]
    loaded = json.loads(subprocess.check_output(command, env=environment))
    plugins = [name for name in loaded if name.startswith("PIL.") and name.endswith("Plugin")]
    assert plugins == ["PIL.JpegImagePlugin"]
    assert not {"http.client", "ssl", "numpy", "torch"} & set(loaded)
