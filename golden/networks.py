"""What a library's own package says of a network: the arrays that it gives for arrays."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

Array = np.ndarray[Any, Any]


class Port(NamedTuple):
    """An input or an output.

    Attributes:
        name: as the model has it.
        type: of the elements, as numpy spells it.
        shape: a size, or None where one is open.
        scale: of what the integers of a quantised tensor stand for; 0 where it is not quantised.
        zero_point: the integer that stands for 0.
    """

    name: str
    type: str
    shape: tuple[int | None, ...]
    scale: float = 0.0
    zero_point: int = 0


class Network(Protocol):
    """A model that its library's own package has loaded."""

    inputs: list[Port]
    outputs: list[Port]

    def run(self, arrays: Sequence[Array]) -> list[Array]:
        """Compute the outputs, in the order of `outputs`, from an array for each of `inputs`."""
        ...
