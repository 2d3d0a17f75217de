"""A trained network, and what must be done to a photograph before it."""

from dataclasses import dataclass

from torch import Tensor, nn, tensor

Channels = tuple[float, float, float]


@dataclass(frozen=True)
class Trained:
    """What `compile` makes a model of.

    Attributes:
        network: shape (N, 3, side, side), float32, normalised, to (N, classes), logits.
        labels: the names of the classes, in the order of the logits.
        side: of the photographs, in pixels.
        resize: what a photograph's short side becomes before its centre is cut out, in pixels.
        mean: of red, green and blue in training, on the scale of 0 to 1.
        deviation: of the same.
    """

    network: nn.Module
    labels: tuple[str, ...]
    side: int
    resize: int
    mean: Channels
    deviation: Channels


class Percentages(nn.Module):
    """The network with normalisation before it and softmax after it."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, trained: Trained) -> None:
        super().__init__()
        self.network = trained.network
        # For a row of pixels: the three numbers of one would not fill a processor's vectors.
        self.register_buffer("mean", tensor(trained.mean).repeat(trained.side))
        self.register_buffer("deviation", tensor(trained.deviation).repeat(trained.side))

    def forward(self, pixels: Tensor) -> Tensor:
        """Shape (N, side, side, 3), uint8, RGB, to (N, classes), percent; each row sums to 100."""
        rows = (pixels.flatten(2) / 255 - self.mean) / self.deviation
        logits: Tensor = self.network(rows.view(pixels.shape).permute(0, 3, 1, 2))
        return 100 * logits.softmax(1)
