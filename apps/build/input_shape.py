"""Where the channels, the width and the height are in the shape of an input."""

from typing import NamedTuple

from engines.errors import ModelError
from engines.tensor import Port

CHANNELS = (1, 3)


class Layout(NamedTuple):
    """An image's axes; sizes that the model leaves open are None."""

    planar: bool
    channels: int
    width: int | None
    height: int | None
    batched: bool

    def shape(self, width: int, height: int) -> list[int]:
        """The shape of one photograph."""
        sizes = [self.channels, height, width] if self.planar else [height, width, self.channels]
        return [1, *sizes] if self.batched else sizes


def looks_like_image(port: Port) -> bool:
    """Tell whether an input may be an image, by its shape."""
    return bool(_layouts(port))


def find_layout(port: Port, told: str | None) -> Layout:
    """Find the axes of an image.

    Args:
        port: the input.
        told: NCHW or NHWC, where the user says it.

    Raises:
        ModelError: the shape is not that of an image, or of both orders.
    """
    layouts = _layouts(port)
    if told:
        layouts = [layout for layout in layouts if layout.planar == (told == "NCHW")]
    if not layouts:
        order = f" in the order {told}" if told else ""
        raise ModelError(
            f"columns.json says image, but {port.name} is {port}: an image{order} has 1 or 3"
            " channels, first or last, beside its height and width, and one photograph at a time"
        )
    if len(layouts) > 1:
        raise ModelError(
            f"{port.name} is {port}, which may have its channels first or last: say it in"
            ' columns.json, as in {"image": {"layout": "NCHW"}}'
        )
    return layouts[0]


def _layouts(port: Port) -> list[Layout]:
    shape = port.shape or ()
    if len(shape) == 4 and (shape[0] == 1 or isinstance(shape[0], str)):
        first, second, third = shape[1:]
    elif len(shape) == 3:
        first, second, third = shape
    else:
        return []
    planar, beside = (first, second, third), (third, first, second)
    return [
        Layout(order is planar, order[0], _fixed(order[2]), _fixed(order[1]), len(shape) == 4)
        for order in (planar, beside)
        if order[0] in CHANNELS and isinstance(order[0], int)
    ]


def _fixed(size: int | str) -> int | None:
    return size if isinstance(size, int) else None
