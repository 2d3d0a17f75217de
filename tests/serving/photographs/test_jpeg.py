"""A JPEG's decoder sees what was checked, whatever stands in the head of the file."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL.JpegImagePlugin import JpegImageFile

from serving import BadRequest
from serving.photographs.jpeg import checked_jpeg
from tests.serving.photographs.damaged import MARKERS_WITHOUT_LENGTH, damaged
from tests.serving.photographs.files import encoded, jpeg_of_scans, noise, plain, quarters
from tests.serving.photographs.shown import cpu_seconds_of, pixels

ARITHMETIC, LOSSLESS = 0xCA, 0xC3
MOST_SECONDS = 1
GOOD = {
    "baseline": encoded(quarters((40, 30)), "JPEG"),
    "progressive": encoded(quarters((40, 30)), "JPEG", progressive=True),
    "CMYK": encoded(plain("CMYK", (1, 2, 3, 4), (40, 30)), "JPEG"),
    "twelve scans": jpeg_of_scans(12),
}
# More scans by far than may be, since damage may hide some of them from the decoder.
BOMB, ARITHMETIC_BOMB = jpeg_of_scans(520), jpeg_of_scans(520, frame_marker=ARITHMETIC)


def decoded(content: bytes) -> Any:
    """What Pillow alone makes of a file, if anything."""
    try:
        image = JpegImageFile(BytesIO(content))
        image.load()
    except Exception:
        return None
    return image.size, image.mode, image.tobytes()


@given(data=st.data(), name=st.sampled_from(sorted(GOOD)))
@settings(max_examples=400)
def test_the_decoder_makes_the_same_of_a_head_that_was_written_anew(data: Any, name: str) -> None:
    content = data.draw(damaged(GOOD[name]))
    before = decoded(content)
    if before is not None:
        assert decoded(checked_jpeg(content).content) == before


@given(data=st.data(), bomb=st.sampled_from([BOMB, ARITHMETIC_BOMB]))
@settings(max_examples=400)
def test_whatever_decodes_has_been_counted(data: Any, bomb: bytes) -> None:
    content = data.draw(damaged(bomb))
    if decoded(content) is not None:
        with pytest.raises(BadRequest, match=r"has 5\d\d scans|without Huffman coding"):
            checked_jpeg(content)


@pytest.mark.parametrize("marker", MARKERS_WITHOUT_LENGTH)
@pytest.mark.parametrize("bomb", [jpeg_of_scans(60, side=7000), ARITHMETIC_BOMB])
def test_a_marker_without_a_length_does_not_switch_the_checks_off(
    marker: bytes, bomb: bytes
) -> None:
    for content in (bomb[:2] + marker + bomb[2:], bomb[:2] + marker * 400 + bomb[2:]):
        with pytest.raises(BadRequest, match=r"has 60 scans|without Huffman coding"):
            pixels(content)


@pytest.mark.parametrize("marker", MARKERS_WITHOUT_LENGTH)
def test_a_good_jpeg_with_such_a_marker_is_shown(marker: bytes) -> None:
    jpeg = GOOD["baseline"]
    assert pixels(jpeg[:2] + marker + jpeg[2:]) == pixels(jpeg)


@pytest.mark.parametrize("marker", [ARITHMETIC, LOSSLESS])
def test_a_jpeg_without_huffman_coding_is_refused(marker: int) -> None:
    with pytest.raises(BadRequest, match="without Huffman coding"):
        pixels(jpeg_of_scans(10, frame_marker=marker))


def test_scans_are_limited_by_the_pixels_that_each_goes_over() -> None:
    assert pixels(jpeg_of_scans(60, side=1024))
    with pytest.raises(BadRequest, match="has 60 scans, more than a JPEG of its size needs"):
        pixels(jpeg_of_scans(60, side=7000))


def test_segments_before_the_first_scan_are_limited() -> None:
    jpeg = jpeg_of_scans(1)
    with pytest.raises(BadRequest, match="more than 1000 segments"):
        pixels(jpeg[:2] + b"\xff\xe1\0\2" * 400_000 + jpeg[2:])


def test_tables_before_the_first_scan_are_limited() -> None:
    jpeg = encoded(noise((300, 200)), "JPEG")
    table = b"\xff\xdb\xff\xff" + b"\0" * 65_533
    with pytest.raises(BadRequest, match="more than 65536 bytes of tables"):
        pixels(jpeg[:2] + table * 2 + jpeg[2:])


@pytest.mark.parametrize("filling", [b"\xff", b"\0", b"\xff\0"])
def test_filling_before_a_segment_costs_nothing(filling: bytes) -> None:
    jpeg = GOOD["baseline"]
    filled = jpeg[:2] + b"\xff" + filling * 3_000_000 + jpeg[2:]
    assert pixels(filled) == pixels(jpeg)
    assert cpu_seconds_of(lambda: pixels(filled)) < 0.5


def test_a_thumbnail_in_a_jpegs_head_is_not_taken_for_the_photograph() -> None:
    jpeg, thumbnail = encoded(noise((300, 200)), "JPEG"), b"\xff\xda" * 600
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    assert pixels(jpeg[:2] + segment + jpeg[2:]) == pixels(jpeg)


@pytest.mark.parametrize("length", [b"\0\0", b"\0\1", b"\0\2"])
def test_a_frame_without_a_size_is_refused(length: bytes) -> None:
    jpeg = GOOD["baseline"]
    frame = jpeg.index(b"\xff\xc0") + 2
    with pytest.raises(BadRequest, match=r"the photograph is (damaged|truncated)"):
        pixels(jpeg[:frame] + length + jpeg[frame + 2 :])


@pytest.mark.timing
def test_the_costliest_photograph_that_is_taken_leaves_time_for_the_answer() -> None:
    scans = jpeg_of_scans(20, side=7000, refining=True)
    assert cpu_seconds_of(lambda: pixels(scans)) < MOST_SECONDS
