"""Pictures for the golden requests of a model of photographs, and what the model sees of them.

Each has a size of which a photograph is neither enlarged nor shrunk on its way to the model, so
that it is known to the last bit what that is; only one that is stretched is resized, by Pillow.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from golden.networks import Array, Port

PICTURES = 12
CUT = 20  # pixels that are cut off, or are a margin, on each of two sides
Card = dict[str, Any]  # the image of a card


def pictures(image: Card) -> Iterator[Image.Image]:
    """Draw pictures, always the same ones: shapes of many colours, and one of noise."""
    chance = np.random.default_rng(0)
    for number in range(PICTURES):
        size = _size(image, number)
        if number == PICTURES - 1:
            yield Image.fromarray(chance.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
        else:
            yield _shapes(size, chance)


def file(picture: Image.Image) -> bytes:
    """Make a file that loses nothing."""
    content = BytesIO()
    picture.save(content, "PNG", optimize=True)
    return content.getvalue()


def seen(image: Card, picture: Image.Image, port: Port) -> Array:
    """Make the input of a picture, in float64 until the last step."""
    framed = _framed(image, picture)
    if image["color"] == "gray":
        channels = np.asarray(framed.convert("L"))[:, :, None]
    else:
        channels = np.asarray(framed)[:, :, :: -1 if image["color"] == "BGR" else 1]
    numbers: Array = channels.astype(np.float64)
    if image["scale"] is not None:
        mean, deviation = np.array(image["mean"]), np.array(image["deviation"])
        numbers = (numbers * image["scale"] - mean) / deviation
        if port.scale:
            limits = np.iinfo(port.type)
            whole = np.rint(numbers / port.scale) + port.zero_point
            numbers = np.clip(whole, limits.min, limits.max)
    if image["planar"]:
        numbers = numbers.transpose(2, 0, 1)
    return np.ascontiguousarray(numbers.reshape(image["shape"]).astype(port.type))


def _size(image: Card, number: int) -> tuple[int, int]:
    """The size of a picture of which no pixel is resized, upright or on its side."""
    width, height = image["width"], image["height"]
    more = 2 * CUT * (number % 3)
    if image["resize"] == "crop" and image["short_side"]:
        width = height = image["short_side"]
    if image["resize"] == "crop":
        return (width + more, height) if number % 2 else (width, height + more)
    if image["resize"] == "stretch":
        return (width + more, height + number)
    less = min(more, 2 * (width // 4), 2 * (height // 4))
    return (width - less, height) if number % 2 else (width, height - less)


def _shapes(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    colours = [tuple(map(int, chance.integers(0, 256, 3))) for _ in range(7)]
    picture = Image.new("RGB", size, colours[0])
    draw = ImageDraw.Draw(picture)
    for colour in colours[1:]:
        left, right = sorted(map(int, chance.integers(0, size[0], 2)))
        upper, lower = sorted(map(int, chance.integers(0, size[1], 2)))
        shape = draw.ellipse if chance.random() < 0.5 else draw.rectangle
        shape((left, upper, right, lower), fill=colour)
    return picture


def _framed(image: Card, picture: Image.Image) -> Image.Image:
    width, height = image["width"], image["height"]
    if image["resize"] == "stretch":
        return picture.resize((width, height), Image.Resampling.BILINEAR)
    if image["resize"] == "crop":
        left, upper = (picture.width - width) // 2, (picture.height - height) // 2
        return picture.crop((left, upper, left + width, upper + height))
    around = Image.new("RGB", (width, height), (image["margin"],) * 3)
    middle = (width - picture.width) // 2, (height - picture.height) // 2
    around.paste(picture, middle if image["resize"] == "fit" else (0, 0))
    return around
