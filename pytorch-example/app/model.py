"""What is on a photograph: a network, which `network/` described when the image was built."""

import os

import msgspec
from engine import FILE, Network

from engines.errors import ModelError
from engines.tensor import Tensor, nested
from serving.photographs import Framing

HERE = os.path.dirname(__file__)


class Card(msgspec.Struct):
    """What `network/` says of the network, in card.json."""

    side: int
    resize: int
    labels: tuple[str, ...]


class Model:
    """A network, and what is to be known to use it.

    Attributes:
        framing: which square of a photograph it looks at, and in how many pixels.
        labels: the names of the classes, in the order of the percentages.
        about: describes what runs it, for the model card.
    """

    def __init__(self, network: Network, card: Card) -> None:
        """Put the two together."""
        self._network = network
        self.about = network.about
        self.framing = Framing(card.side, card.side, "crop", card.resize)
        self.labels = card.labels

    def predict(self, pixels: bytes) -> list[float]:
        """Tell how likely each class is.

        Args:
            pixels: shape (height, width, 3), uint8, RGB; the network itself normalises them.

        Returns:
            shape (classes,), percent; the sum is 100.

        Raises:
            RunError: there are more or fewer pixels.
        """
        shape = (1, self.framing.height, self.framing.width, 3)
        (percent,) = self._network.run([Tensor(shape, pixels)])
        percents: list[float] = nested(self._network.outputs[0].kind, percent)[0]
        return percents


def load(folder: str | os.PathLike[str] = HERE) -> Model:
    """Read the model and run it once, which allocates and plans what later runs find there.

    Raises:
        ModelError: the network cannot be loaded, or its classes are not those of the card.
    """
    with open(os.path.join(folder, "card.json"), "rb") as file:
        card = msgspec.json.decode(file.read(), type=Card)
    model = Model(Network(os.path.join(folder, FILE)), card)
    classes = len(model.predict(bytes(card.side * card.side * 3)))
    if classes != len(model.labels):
        raise ModelError(f"card.json has {len(model.labels)} labels, the network {classes} classes")
    return model
