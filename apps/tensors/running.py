"""A model of tensors: warm before the first request, and its refusals told from its faults."""

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

from engines.errors import RunError
from engines.tensor import Port, Tensor

if TYPE_CHECKING:
    from engines.engine import Engine

# For sizes that the model leaves open, until it takes one: convolutions refuse images of 1 pixel.
WARM_UP_SIZES = (1, 8, 64)
MAX_WARM_UP_ELEMENTS = 10**7
NO_MEMORY = ("memory", "alloc")  # in the messages of ONNX Runtime, whose codes do not tell


class InputsError(ValueError):
    """The model cannot compute these inputs, though it has computed others."""


class Running:
    """An engine, and whether it has ever given an answer."""

    def __init__(self, engine: "Engine") -> None:
        """Run a model once, so that the first request finds everything warm."""
        self._engine = engine
        self._has_answered = False
        self._warm_up()

    def predict(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Compute the outputs from a tensor for each input, in the order of the model.

        Raises:
            InputsError: the model cannot compute these inputs, though it can compute others.
            RunError: any other fault.
        """
        try:
            outputs = self._engine.run(tensors)
        except RunError as error:
            if not self._has_answered or any(word in str(error).lower() for word in NO_MEMORY):
                raise
            shapes = ", ".join(
                f"{port.name} {list(tensor.shape)}"
                for port, tensor in zip(self._engine.inputs, tensors, strict=True)
            )
            raise InputsError(
                f"the model cannot compute these values or shapes: {shapes}"
            ) from error
        self._has_answered = True
        return outputs

    def _warm_up(self) -> None:
        for size in WARM_UP_SIZES:
            tensors = [_zeros(port, size) for port in self._engine.inputs]
            if sum(prod(tensor.shape) for tensor in tensors) > MAX_WARM_UP_ELEMENTS:
                return
            try:
                self.predict(tensors)
            except RunError:
                continue  # zeros need not be a valid input: the first request will tell
            return


def _zeros(port: Port, open_size: int) -> Tensor:
    if port.items:
        return Tensor((1,), [_zeros(port.items, open_size)])
    if port.keys:
        kinds = (port.keys, port.kind)
        return Tensor((2,), [_zeros(Port("", kind, (1,)), 1) for kind in kinds])
    sizes = port.shape if port.shape is not None else ("",)
    shape = tuple(size if isinstance(size, int) else open_size for size in sizes)
    if port.kind.python is str:
        return Tensor(shape, [""] * prod(shape))
    return Tensor(shape, bytes(port.kind.bytes_of(prod(shape))))
