"""What a model of photographs takes and gives, as `card.json` has it: nothing is left to guess."""

from typing import Literal

from msgspec import Struct
from msgspec.json import decode

from serving.photographs.framing import Way

Color = Literal["RGB", "BGR", "gray"]
Scores = Literal["logits", "probabilities"]


class Image(Struct, forbid_unknown_fields=True):
    """How a photograph becomes the one input: (pixel * scale - mean) / deviation.

    Attributes:
        width: of the input, in pixels.
        height: of the same.
        planar: whether the channels come one after the other, NCHW, not beside each other, NHWC.
        shape: of the input, for one photograph.
        color: the order of the channels.
        resize: what becomes of a photograph of another size; see `Framing`.
        short_side: of `crop`, in pixels; 0 for what just covers the input.
        margin: the grey around what is fitted.
        scale: None where pixels go in as they are, 0 to 255.
        mean: of each channel, in their order.
        deviation: of the same.
    """

    width: int
    height: int
    planar: bool
    shape: list[int]
    color: Color
    resize: Way
    short_side: int
    margin: int
    scale: float | None
    mean: list[float]
    deviation: list[float]


class Labels(Struct, forbid_unknown_fields=True):
    """The names of what one of the outputs scores.

    Attributes:
        output: its place among the outputs.
        names: of its elements, in their order.
        scores: what the elements are.
    """

    output: int
    names: list[str]
    scores: Scores


class ImageCard(Struct, forbid_unknown_fields=True):
    """A model of photographs; without labels its outputs are answered as they are."""

    image: Image
    labels: Labels | None = None
    description: str = ""


def read_card(path: str) -> ImageCard:
    """Read what a build wrote.

    Raises:
        msgspec.DecodeError: it is not a card.
    """
    with open(path, "rb") as file:
        return decode(file.read(), type=ImageCard)
