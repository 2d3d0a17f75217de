"""The numbers that a model takes of a photograph's pixels, without numpy: by tables of bytes."""

from collections.abc import Sequence

from apps.images.card import Image
from apps.images.quantisation import Quantisation
from engines.tensor import Kind, Tensor, pack

LEVELS = range(256)  # of a pixel's channel


class Numbers:
    """Makes the tensor of a photograph's pixels.

    A byte of an element depends on one pixel's channel alone: each of them is looked up for a whole
    channel at once.
    """

    def __init__(self, image: Image, kind: Kind, quantisation: Quantisation | None) -> None:
        """Make the tables.

        Args:
            image: how pixels become numbers.
            kind: of the numbers.
            quantisation: of an input of integers that has one.
        """
        self._image, self._size = image, kind.element_bytes
        self._channels = len(image.mean)
        self._places = [*range(self._channels)]  # of the input's channels among a pixel's
        if image.color == "BGR":
            self._places.reverse()
        self._tables = []
        for channel in range(self._channels):
            packed = pack(kind, _levels(image, channel, kind, quantisation))
            self._tables.append([packed[byte :: self._size] for byte in range(self._size)])

    def tensor(self, pixels: bytes) -> Tensor:
        """Make the input of one photograph.

        Args:
            pixels: shape (height, width, channels), uint8, RGB or grey.
        """
        made = bytearray(len(pixels) * self._size)
        area = len(pixels) // self._channels * self._size
        step = self._size if self._image.planar else self._size * self._channels
        for channel, (place, tables) in enumerate(zip(self._places, self._tables, strict=True)):
            plane = pixels[place :: self._channels]
            start = channel * (area if self._image.planar else self._size)
            end = start + area if self._image.planar else len(made)
            for byte, table in enumerate(tables):
                made[start + byte : end : step] = plane.translate(table)
        return Tensor(tuple(self._image.shape), bytes(made))


def _levels(
    image: Image, channel: int, kind: Kind, quantisation: Quantisation | None
) -> Sequence[float]:
    """The number of each level of a channel."""
    if image.scale is None:
        return LEVELS
    mean, deviation = image.mean[channel], image.deviation[channel]
    numbers = [(level * image.scale - mean) / deviation for level in LEVELS]
    if quantisation is None:
        return numbers
    whole = [round(number / quantisation.scale) + quantisation.zero_point for number in numbers]
    least, most = int(kind.minimum or 0), int(kind.maximum or 0)
    return [min(max(number, least), most) for number in whole]
