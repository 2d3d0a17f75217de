"""Each way to make one size of photographs of any, against Pillow's own functions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from serving.photographs import Framing, pixels
from serving.photographs.framing import Way
from tests.serving.photographs.files import encoded, noise
from tests.serving.photographs.shown import farthest

BILINEAR = Image.Resampling.BILINEAR
SIZES = st.tuples(st.integers(1, 300), st.integers(1, 300))
TARGETS = st.sampled_from([(64, 64), (96, 48), (40, 120)])
CLOSE = 2  # both are rounded, twice


def seen(image: Image.Image, framing: Framing) -> bytes:
    return pixels(encoded(image, "PNG"), framing)


@given(SIZES, TARGETS)
@settings(max_examples=40, deadline=None)
def test_stretching_is_resizing(size: tuple[int, int], target: tuple[int, int]) -> None:
    image = noise(size)
    assert seen(image, Framing(*target, "stretch")) == image.resize(target, BILINEAR).tobytes()


@given(SIZES, TARGETS, st.integers(0, 255))
@settings(max_examples=40, deadline=None)
def test_fitting_leaves_a_margin_of_one_grey(
    size: tuple[int, int], target: tuple[int, int], margin: int
) -> None:
    image = noise(size)
    width, height = fitted = ImageOps.contain(image, target, BILINEAR).size
    ratio = min(target[0] / size[0], target[1] / size[1])
    wanted = max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))
    assert max(abs(one - other) for one, other in zip(fitted, wanted, strict=True)) <= 1
    resized = image.resize(wanted, BILINEAR)
    for way in ("fit", "fit_corner"):
        expected = Image.new("RGB", target, (margin,) * 3)
        middle = (target[0] - wanted[0]) // 2, (target[1] - wanted[1]) // 2
        expected.paste(resized, middle if way == "fit" else (0, 0))
        assert seen(image, Framing(*target, way, margin=margin)) == expected.tobytes()
    assert width <= target[0] and height <= target[1]


@given(st.tuples(st.integers(60, 300), st.integers(60, 300)), TARGETS)
@settings(max_examples=40, deadline=None)
def test_cropping_without_a_short_side_is_close_to_what_just_covers(
    size: tuple[int, int], target: tuple[int, int]
) -> None:
    gradient = Image.linear_gradient("L").resize(size, BILINEAR)
    image = Image.merge("RGB", (gradient, gradient.rotate(180), gradient))
    expected = ImageOps.fit(image, target, BILINEAR).tobytes()
    assert farthest(seen(image, Framing(*target)), expected) <= 6  # a pixel's step is 4 or less


def test_a_grey_framing_has_one_channel_as_pillow_weighs_the_colours() -> None:
    image = noise((30, 20))
    framing = Framing(30, 20, "stretch", grey=True)
    assert seen(image, framing) == image.convert("L").tobytes()


@pytest.mark.parametrize("way", ["crop", "stretch", "fit"])
def test_a_large_jpeg_is_decoded_at_a_reduced_scale_and_looks_the_same(way: Way) -> None:
    image = Image.linear_gradient("L").resize((1600, 900), BILINEAR).convert("RGB")
    framing = Framing(160, 96, way)
    jpeg = pixels(encoded(image, "JPEG"), framing)
    assert farthest(jpeg, seen(image, framing)) <= 8
