"""The outputs of a model without labels, by their names, as lists in lists."""

from collections.abc import Sequence
from itertools import accumulate
from operator import mul
from typing import Annotated, Any

import msgspec

from engines.tensor import Port, Tensor, nested
from serving import TooLarge

MAX_ANSWER_BYTES = 6_291_556  # what Lambda carries


class Outputs:
    """Makes the answers of a model's outputs.

    Attributes:
        answer_type: of one photograph, or of several.
    """

    def __init__(self, ports: Sequence[Port]) -> None:
        """Make their type; a number that JSON does not have is null there."""
        self._ports = ports
        fields = [f"f{position}" for position in range(len(ports))]  # names may be any text
        names = {field: port.name for field, port in zip(fields, ports, strict=True)}
        typed = [(field, _type(port)) for field, port in zip(fields, ports, strict=True)]
        doc = {"__doc__": "The model's outputs."}
        self._type = msgspec.defstruct("Outputs", typed, rename=names, namespace=doc)
        self.answer_type: Any = self._type | list[dict[str, Any]]

    def answer(self, tensors: Sequence[Tensor]) -> Any:
        """Make the answer to one photograph.

        Raises:
            TooLarge: Lambda cannot carry it.
        """
        for port, tensor in zip(self._ports, tensors, strict=True):
            # An element or a list takes two characters or more.
            if 2 * max(accumulate(tensor.shape, mul, initial=1)) > MAX_ANSWER_BYTES:
                shape = list(tensor.shape)
                rule = f"{port.kind.name} of shape {shape} is larger than Lambda carries (6 MB)"
                raise TooLarge(f"{port.name}: {rule}")
        lists = (
            nested(port.kind, tensor) for port, tensor in zip(self._ports, tensors, strict=True)
        )
        return self._type(*lists)


def _type(port: Port) -> Any:
    made: Any = float | None if port.kind.python is float else port.kind.python
    for _ in port.shape or ():
        made = list[made]
    return Any if port.shape is None else Annotated[made, msgspec.Meta(description=str(port))]
