"""Small files that would keep a decoder busy are refused, or relieved of what nobody needs."""

import zlib
from collections.abc import Callable
from time import perf_counter

import pytest

from serving import BadRequest, TooLarge
from tests.serving.photographs.files import encoded, jpeg_of_scans, noise, png
from tests.serving.photographs.shown import pixels

ARITHMETIC_PROGRESSIVE, LOSSLESS = 0xCA, 0xC3
MOST_SECONDS = 3


def seconds_of(action: Callable[[], object]) -> float:
    started = perf_counter()
    action()
    return perf_counter() - started


@pytest.mark.parametrize("marker", [ARITHMETIC_PROGRESSIVE, LOSSLESS])
def test_a_jpeg_without_huffman_coding_is_refused(marker: int) -> None:
    with pytest.raises(BadRequest, match="without Huffman coding"):
        pixels(jpeg_of_scans(10, frame_marker=marker))


def test_scans_are_limited_by_the_pixels_that_each_goes_over() -> None:
    assert pixels(jpeg_of_scans(60, side=1024))
    with pytest.raises(BadRequest, match="has 60 scans, more than a JPEG of its size needs"):
        pixels(jpeg_of_scans(60, side=7000))


@pytest.mark.parametrize("filling", [b"\xff" * 4_000_000, b"\xff\xe1\0\2" * 400_000])
def test_segments_before_the_first_scan_are_limited(filling: bytes) -> None:
    jpeg = jpeg_of_scans(1)
    with pytest.raises(BadRequest, match="more than 1000 segments"):
        pixels(jpeg[:2] + filling + jpeg[2:])


def test_a_thumbnail_in_a_jpegs_head_is_not_taken_for_the_photograph() -> None:
    jpeg, thumbnail = encoded(noise((300, 200)), "JPEG"), b"\xff\xda" * 600
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    assert pixels(jpeg[:2] + segment + jpeg[2:]) == pixels(jpeg)


@pytest.mark.parametrize("name", ["iCCP", "zTXt"])
def test_packed_chunks_of_a_png_are_not_unpacked(name: str) -> None:
    packed = b"a\0\0" + zlib.compress(bytes(10**6))
    photograph = png((300, 200), 8, 0, b"\7")
    chunk = png((300, 200), 8, 0, b"\7", **{name: packed})
    start = chunk.index(name.encode()) - 4
    bomb = photograph[:33] + chunk[start : start + 12 + len(packed)] * 3000 + photograph[33:]
    assert pixels(bomb) == pixels(photograph)
    assert seconds_of(lambda: pixels(bomb)) < 1


def test_a_photograph_one_pixel_wide_is_refused() -> None:
    with pytest.raises(TooLarge, match="more than 65535 pixels on a side"):
        pixels(png((1, 70_000), 8, 0, b"\7"))


def test_the_costliest_photograph_that_is_taken_leaves_time_for_the_answer() -> None:
    scans = jpeg_of_scans(20, side=7000)
    assert seconds_of(lambda: pixels(scans)) < MOST_SECONDS
