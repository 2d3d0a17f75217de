"""What a compiled network takes and gives: the build writes it beside the network, as JSON."""

import os

import msgspec

from engines.errors import ModelError
from engines.tensor import KINDS, Kind, Port

KIND_OF = {kind.name: kind for kind in KINDS.values()}


class PortCard(msgspec.Struct, forbid_unknown_fields=True):
    """An input or an output.

    Attributes:
        kind: of the elements, a name of `KINDS`.
        shape: sizes, and names of those that are open.
        values: the least and the largest of whole numbers, where not all that the kind holds are
            taken.
    """

    name: str
    kind: str
    shape: tuple[int | str, ...]
    values: tuple[int, int] | None = None

    def port(self) -> Port:
        """The same for those who run the network."""
        kind: Kind = KIND_OF[self.kind]
        if self.values:
            kind = kind._replace(minimum=self.values[0], maximum=self.values[1])
        return Port(self.name, kind, self.shape)


class Card(msgspec.Struct, forbid_unknown_fields=True):
    """A network's ports, and what its library was compiled with.

    Attributes:
        torch: the version of PyTorch that compiled it, such as 2.13.
        sizes: the least and the largest of each size that is open.
    """

    torch: str
    inputs: list[PortCard]
    outputs: list[PortCard]
    sizes: dict[str, tuple[int, int]]


def card_path(network: str) -> str:
    """Where the card of a network's library lies."""
    return f"{os.path.splitext(network)[0]}.json"


def read_card(network: str) -> Card:
    """Read the card of a network's library.

    Raises:
        ModelError: it is missing, or damaged.
    """
    path = card_path(network)
    try:
        with open(path, "rb") as file:
            return msgspec.json.decode(file.read(), type=Card)
    except (OSError, msgspec.MsgspecError) as error:
        raise ModelError(
            f"cannot read {os.path.basename(path)} beside the network: {error}: "
            "python3 -m engines.torch.build writes both"
        ) from error
