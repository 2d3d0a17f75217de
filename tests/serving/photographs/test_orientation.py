import pytest
from PIL import Image

from tests.serving.photographs.files import encoded, plain, png, quarters
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
