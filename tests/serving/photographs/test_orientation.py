import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from serving.photographs.orientation import orientation
from tests.serving.photographs.files import encoded, plain, png, png_chunk, quarters
from tests.serving.photographs.shown import pixel, pixels

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


def raw_profile(exif: bytes) -> bytes:
    """EXIF data as ImageMagick writes them into a PNG's text."""
    digits = exif.hex()
    lines = [digits[start : start + 72] for start in range(0, len(digits), 72)]
    return "\n".join(["", "exif", f"{len(exif):8}", *lines, ""]).encode()


def exif_of(orientation: int, order: str = ">") -> bytes:
    exif = Image.Exif()
    exif.endian = order
    exif[0x010F] = "a camera"
    exif[0x0112] = orientation
    return exif.tobytes()


def xmp_of(orientation: int) -> bytes:
    return f'<rdf:Description tiff:Orientation="{orientation}"/>'.encode()


IN_A_TEXT: dict[str, Callable[[int], tuple[bytes, bytes]]] = {
    "tEXt": lambda o: (b"tEXt", b"Raw profile type exif\0" + raw_profile(exif_of(o))),
    "zTXt": lambda o: (
        b"zTXt",
        b"Raw profile type exif\0\0" + zlib.compress(raw_profile(exif_of(o))),
    ),
    "iTXt": lambda o: (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp_of(o)),
    "packed iTXt": lambda o: (
        b"iTXt",
        b"XML:com.adobe.xmp\0\1\0en\0name\0" + zlib.compress(xmp_of(o)),
    ),
}


@pytest.mark.parametrize("kind", IN_A_TEXT)
@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("behind", [False, True], ids=["before the pixels", "behind the pixels"])
def test_an_orientation_in_a_text_of_a_png_is_heeded(
    kind: str, orientation: int, behind: bool
) -> None:
    turn = TURNED[orientation]
    upright = quarters((330, 281))
    content = encoded(upright if turn is None else upright.transpose(turn), "PNG")
    place = len(content) - 12 if behind else 33
    content = content[:place] + png_chunk(*IN_A_TEXT[kind](orientation)) + content[place:]
    read_by_pillow = Image.open(BytesIO(content))
    read_by_pillow.load()
    assert read_by_pillow.getexif()[0x0112] == orientation
    assert pixel(content, 20, 20) == pytest.approx((255, 0, 0), abs=2)
    assert pixel(content, 200, 20) == pytest.approx((0, 255, 0), abs=2)


@given(exif=st.binary(max_size=40), order=st.sampled_from("<>"), data=st.data())
@settings(max_examples=300)
def test_exif_is_read_as_pillow_reads_it_and_anything_is_read(
    exif: bytes, order: str, data: Any
) -> None:
    assert orientation(exif, exif) in TURNED
    good = bytearray(exif_of(data.draw(st.sampled_from(list(TURNED))), order))
    assert orientation(bytes(good), b"") == read_by_pillow(bytes(good))[0x0112]
    place = data.draw(st.integers(0, len(good) - 1))
    good[place] = data.draw(st.integers(0, 255))
    assert orientation(bytes(good), b"") in TURNED


def read_by_pillow(exif: bytes) -> Image.Exif:
    found = Image.Exif()
    found.load(exif)
    return found


@pytest.mark.parametrize(
    ("xmp", "expected"),
    [
        (b'tiff:Orientation="6"', 6),
        (b"tiff:Orientation = '3'", 3),
        (b"<tiff:Orientation>8</tiff:Orientation>", 8),
        (b'tiff:Orientation="9"', 1),
        (b"tiff:Orientation", 1),
        (b"", 1),
    ],
)
def test_xmp_is_read_where_exif_has_no_orientation(xmp: bytes, expected: int) -> None:
    assert orientation(b"", xmp) == expected
    assert orientation(exif_of(5), xmp) == 5


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_an_orientation_in_xmp_is_heeded_in_each_format(file_format: str) -> None:
    turned = quarters().transpose(Image.Transpose.ROTATE_90)
    if file_format == "PNG":
        content = encoded(turned, "PNG")
        chunk = png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp_of(6))
        content = content[:33] + chunk + content[33:]
    else:
        content = encoded(turned, file_format, xmp=xmp_of(6))
    assert pixel(content, 20, 20) == pytest.approx((255, 0, 0), abs=12)
