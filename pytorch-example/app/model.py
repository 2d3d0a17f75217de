"""What is on a photograph: MobileNetV2, which `export/` compiled and described."""

import os

import msgspec
from engine import FILE, Network

from engines.threads import vcpus

HERE = os.path.dirname(__file__)


class Card(msgspec.Struct):
    """What `export/` says of the network, in card.json."""

    side: int
    resize: int
    labels: tuple[str, ...]


class Model:
    """A network, and what is to be known to use it.

    Attributes:
        side: of the square photographs that it takes, in pixels.
        resize: what a photograph's short side becomes, in pixels, before its centre is cut out.
        labels: the names of the classes, in the order of the percentages.
    """

    def __init__(self, network: Network, card: Card) -> None:
        """Puts the two together."""
        self._network = network
        self.side, self.resize, self.labels = card.side, card.resize, card.labels

    def predict(self, pixels: bytes) -> list[float]:
        """Tells how likely each class is.

        Args:
            pixels: shape (side, side, 3), uint8, RGB; the network itself normalises them.

        Returns:
            shape (classes,), percent; the sum is 100.

        Raises:
            NetworkError: there are more or fewer pixels.

        Source: MobileNetV2, Sandler et al. 2018, arXiv:1801.04381.
        """
        return self._network.run(pixels)


def load(folder: str | os.PathLike[str] = HERE) -> Model:
    """Reads the model and runs it once, which allocates and plans what later runs find there."""
    with open(os.path.join(folder, "card.json"), "rb") as file:
        card = msgspec.json.decode(file.read(), type=Card)
    shape = (1, card.side, card.side, 3)
    model = Model(Network(os.path.join(folder, FILE), shape, vcpus()), card)
    model.predict(bytes(model.side * model.side * 3))
    return model
