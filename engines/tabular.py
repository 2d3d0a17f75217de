"""What the engines of tabular data share: columns, ports, and the rows of a run."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from engines.errors import RunError
from engines.tensor import Kind, Port, Tensor

Category = str | int | float | bool


class Column(NamedTuple):
    """A column of the rows that a model takes, as the model says."""

    name: str  # empty where the model has none
    kind: Literal["float", "int", "bool", "categorical"]
    # What the codes 0, 1, … of a categorical column stand for; None where the model does not say.
    categories: tuple[Category, ...] | None = None


def input_port(kind: Kind, columns: int) -> Port:
    """The one input of a model of tabular data: rows of numbers, NaN where one is missing."""
    return Port("rows", kind, ("N", columns))


def output_port(kind: Kind, width: int) -> Port:
    """The one output: a number for each row, or `width` numbers where there are more."""
    return Port("predictions", kind, ("N",) if width == 1 else ("N", width))


def row_count(port: Port, columns: int, tensors: Sequence[Tensor]) -> int:
    """Count the rows of the one tensor of a run, whose bytes the library reads unchecked.

    Raises:
        RunError: there is another number of tensors, it has another shape than the port, or
            another number of bytes than its shape.
    """
    if len(tensors) != 1:
        raise RunError(f"the model takes one tensor, {port.name}, got {len(tensors)}")
    shape, content = tensors[0]
    if len(shape) != 2 or shape[1] != columns or shape[0] < 0:
        raise RunError(f"{port.name} is {port}, got the shape {list(shape)}")
    expected = shape[0] * columns * port.kind.element_bytes
    if not isinstance(content, bytes) or len(content) != expected:
        kind = port.kind.name
        raise RunError(f"{port.name} of shape {list(shape)} is {expected} bytes of {kind}")
    return shape[0]
