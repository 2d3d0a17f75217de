"""Which part of a photograph a model looks at, and in how many pixels."""

from typing import Literal, NamedTuple

Way = Literal["crop", "stretch", "fit", "fit_corner"]


class Part(NamedTuple):
    """A part of a photograph, what it is resized to, and where that is put."""

    box: tuple[float, float, float, float]  # left, top, right, bottom, in the photograph
    size: tuple[int, int]
    place: tuple[int, int] = (0, 0)


class Framing(NamedTuple):
    """How a photograph of any size becomes one of a fixed size.

    Attributes:
        width: of what the model looks at, in pixels.
        height: of the same.
        way: `crop` the centre, as torchvision's Resize and CenterCrop do; `stretch` all of it;
            `fit` all of it into the middle, or into the upper left as `fit_corner`, with a margin.
        short_side: of `crop`, what the photograph's short side becomes, in pixels, at least the
            width and the height; 0 for what just covers both.
        margin: the grey around what is fitted, 0 for black to 255.
        grey: whether the pixels have one channel, not three.
    """

    width: int
    height: int
    way: Way = "crop"
    short_side: int = 0
    margin: int = 0
    grey: bool = False

    @property
    def least(self) -> tuple[int, int]:
        """The size below which a photograph should not be decoded at a reduced scale."""
        return self.short_side or self.width, self.short_side or self.height

    def part(self, size: tuple[int, int]) -> Part:
        """Find what to resize of a photograph of this size."""
        if self.way == "stretch":
            return Part((0, 0, *size), (self.width, self.height))
        if self.way == "crop":
            return self._centre(size)
        scale = min(self.width / size[0], self.height / size[1])
        width, height = (max(1, round(length * scale)) for length in size)
        place = (self.width - width) // 2, (self.height - height) // 2
        return Part((0, 0, *size), (width, height), place if self.way == "fit" else (0, 0))

    def _centre(self, size: tuple[int, int]) -> Part:
        """Resize the centre alone: of a panorama nothing else is computed."""
        if self.short_side:
            short = min(size)
            width, height = (self.short_side * length // short for length in size)
        else:
            scale = max(self.width / size[0], self.height / size[1])
            width, height = (max(1, round(length * scale)) for length in size)
            width, height = max(width, self.width), max(height, self.height)
        left, top = round((width - self.width) / 2), round((height - self.height) / 2)
        x, y = size[0] / width, size[1] / height
        box = (left * x, top * y, (left + self.width) * x, (top + self.height) * y)
        return Part(box, (self.width, self.height))
