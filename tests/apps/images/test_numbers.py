"""Pixels as the numbers of each kind, against numpy."""

from typing import Any, Literal, NamedTuple

import numpy as np
import pytest

from apps.images.card import Image
from apps.images.numbers import Numbers
from engines.tensor import KINDS

WIDTH, HEIGHT = 5, 7
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
BY_NAME = {kind.name: kind for kind in KINDS.values()}


class Quantised(NamedTuple):
    scale: float
    zero_point: int


def image(color: Literal["RGB", "BGR", "gray"], planar: bool, scale: float | None) -> Image:
    channels = 1 if color == "gray" else 3
    sizes = [channels, HEIGHT, WIDTH] if planar else [HEIGHT, WIDTH, channels]
    return Image(
        *(WIDTH, HEIGHT, planar, [1, *sizes], color, "stretch", 0, 0, scale),
        mean=MEAN[:channels],
        deviation=DEVIATION[:channels],
    )


def expected(pixels: Any, of: Image, kind: str, quantised: Quantised | None) -> Any:
    channels = len(of.mean)
    array = pixels.reshape(HEIGHT, WIDTH, channels)[:, :, :: -1 if of.color == "BGR" else 1]
    numbers = array.astype("f8")
    if of.scale is not None:
        numbers = (numbers * of.scale - np.array(of.mean)) / np.array(of.deviation)
    if quantised:
        limits = np.iinfo(kind)
        numbers = np.rint(numbers / quantised.scale) + quantised.zero_point
        numbers = numbers.clip(limits.min, limits.max)
    return (numbers.transpose(2, 0, 1) if of.planar else numbers).astype(kind)


@pytest.mark.parametrize("planar", [True, False])
@pytest.mark.parametrize("color", ["RGB", "BGR", "gray"])
@pytest.mark.parametrize(
    ("kind", "scale", "quantised"),
    [
        ("float32", 1 / 255, None),
        ("float16", 1 / 255, None),
        ("float64", 1 / 127.5, None),
        ("uint8", None, None),
        ("int32", None, None),
        ("uint8", 1 / 255, Quantised(0.02, 120)),
        ("int8", 1 / 255, Quantised(0.01, -3)),  # some levels are beyond the kind
        ("int16", 1 / 255, Quantised(0.001, 0)),
    ],
)
def test_the_tensor_is_numpy_s(
    kind: str,
    scale: float | None,
    quantised: Quantised | None,
    color: Literal["RGB", "BGR", "gray"],
    planar: bool,
) -> None:
    of = image(color, planar, scale)
    count = WIDTH * HEIGHT * len(of.mean)
    pixels = np.random.default_rng(0).integers(0, 256, count, dtype="u1")
    made = Numbers(of, BY_NAME[kind], quantised).tensor(pixels.tobytes())
    wanted = expected(pixels, of, kind, quantised)
    assert made.shape == (1, *wanted.shape)
    assert made.content == wanted.tobytes()
