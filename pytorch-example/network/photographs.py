"""Describes a network that names what is on photographs, as the app needs it."""

import base64
import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor, frombuffer, nn, tensor

from engines.torch.build.description import Described, Input

Channels = tuple[float, float, float]
# Of ImageNet's photographs: https://docs.pytorch.org/vision/stable/models.html
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
EXAMPLE = Path(__file__).parent.parent / "example.json"


class Percentages(nn.Module):
    """A network with normalisation before it and softmax after it.

    Args:
        network: shape (N, 3, side, side), float32, normalised, to (N, classes), logits.
        side: of the photographs, in pixels.
        mean: of red, green and blue in training, on the scale of 0 to 1.
        deviation: of the same.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, network: nn.Module, side: int, mean: Channels, deviation: Channels) -> None:
        super().__init__()
        self.network = network
        # For a row of pixels: the three numbers of one would not fill a processor's vectors.
        self.register_buffer("mean", tensor(mean).repeat(side))
        self.register_buffer("deviation", tensor(deviation).repeat(side))

    def forward(self, pixels: Tensor) -> Tensor:
        """Shape (N, side, side, 3), uint8, RGB, to (N, classes), percent; each row sums to 100."""
        rows = (pixels.flatten(2) / 255 - self.mean) / self.deviation
        logits: Tensor = self.network(rows.view(pixels.shape).permute(0, 3, 1, 2))
        return 100 * logits.softmax(1)


def classifier(
    network: nn.Module,
    labels: Sequence[str],
    side: int = 224,
    resize: int = 256,
    mean: Channels = IMAGENET_MEAN,
    deviation: Channels = IMAGENET_DEVIATION,
) -> Described:
    """Describe a network for the app, which sends it one photograph at a time.

    It is compiled for one or two: with a number that is open, PyTorch compiles its last layer so
    that a cold start reads 30 MB less of the library.

    Args:
        network: as `Percentages` takes it, with its weights.
        labels: the names of the classes, in the order of the logits.
        side: of the square that the network looks at, in pixels.
        resize: what a photograph's short side becomes before its centre is cut out, in pixels.
        mean: of red, green and blue in training, on the scale of 0 to 1.
        deviation: of the same.
    """
    return Described(
        Percentages(network, side, mean, deviation).eval(),
        inputs={"pixels": Input(torch.uint8, ("photographs", side, side, 3))},
        outputs=["percent"],
        open_sizes={"photographs": (1, 2)},
        samples=[[sample] for sample in photographs(side)],
        card={"side": side, "resize": resize, "labels": list(labels)},
    )


def photographs(side: int) -> Iterator[Tensor]:
    """Plain colours, a gradient, the example's photograph if it has one.

    Yields:
        shape (1, side, side, 3), uint8, RGB.
    """
    shape = (1, side, side, 3)
    for grey in (0, 255):
        yield torch.full(shape, grey, dtype=torch.uint8)
    yield torch.linspace(0, 255, 3 * side * side).to(torch.uint8).view(shape)
    photograph = json.loads(EXAMPLE.read_text())["request"].get("input_image")
    if photograph:
        with Image.open(BytesIO(base64.b64decode(photograph))) as image:
            shown = image.convert("RGB").resize((side, side)).tobytes()
        yield frombuffer(bytearray(shown), dtype=torch.uint8).view(shape)
