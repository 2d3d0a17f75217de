"""What a compiled network takes and gives: the build writes it beside the network, as JSON."""

import json
import os
from typing import Any, NamedTuple

from engines.errors import ModelError
from engines.tensor import KINDS, Port

# Those that struct knows; a network is described in no others.
KIND_OF = {kind.name: kind for kind in KINDS.values() if kind.code}


class PortCard(NamedTuple):
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
        kind = KIND_OF[self.kind]
        if self.values:
            kind = kind._replace(minimum=self.values[0], maximum=self.values[1])
        return Port(self.name, kind, self.shape)


class Card(NamedTuple):
    """A network's ports, and what its library was compiled with.

    Attributes:
        torch: the version of PyTorch that compiled it, such as 2.13.
        sizes: the least and the largest of each size that is open.
    """

    torch: str
    inputs: list[PortCard]
    outputs: list[PortCard]
    sizes: dict[str, tuple[int, int]]


def read_card(network: str | os.PathLike[str]) -> Card:
    """Read the card of a network's library.

    Raises:
        ModelError: it is missing, or damaged.
    """
    path = _path(network)
    try:
        with open(path, "rb") as file:
            return _card(json.load(file))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"cannot read {os.path.basename(path)} beside the network: {error!r}: "
            "python3 -m engines.torch.build writes both"
        ) from error


def write_card(card: Card, network: str | os.PathLike[str]) -> None:
    """Write the card of a network's library."""
    sides = {
        side: [port._asdict() for port in getattr(card, side)] for side in ("inputs", "outputs")
    }
    with open(_path(network), "w", encoding="utf-8") as file:
        json.dump({**card._asdict(), **sides}, file)


def _path(network: str | os.PathLike[str]) -> str:
    return f"{os.path.splitext(network)[0]}.json"


def _card(read: Any) -> Card:
    sizes = {name: (least, largest) for name, (least, largest) in read["sizes"].items()}
    return Card(read["torch"], _ports(read["inputs"]), _ports(read["outputs"]), sizes)


def _ports(read: Any) -> list[PortCard]:
    return [_port(**port) for port in read]


def _port(name: str, kind: str, shape: list[int | str], values: list[int] | None) -> PortCard:
    if kind not in KIND_OF:
        raise ValueError(f"no kind of elements is called {kind}")
    least_and_largest = (values[0], values[1]) if values else None
    return PortCard(name, kind, tuple(shape), least_and_largest)
