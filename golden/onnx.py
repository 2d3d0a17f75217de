"""ONNX Runtime's own package: its `InferenceSession`."""

from collections.abc import Sequence
from typing import Any

import onnxruntime

from golden.networks import Array, Port

LOG_NOTHING = 4
# Of the types that numpy spells otherwise.
TYPES = {"float": "float32", "double": "float64"}


def session(path: str) -> Any:
    """Load an `.onnx` file, for `golden.tensors`."""
    onnxruntime.set_default_logger_severity(LOG_NOTHING)  # refusals are expected there
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


class Network:
    """A model, loaded by the package."""

    def __init__(self, path: str) -> None:
        """Load an `.onnx` file."""
        self._session = session(path)
        self.inputs = [_port(port) for port in self._session.get_inputs()]
        self.outputs = [_port(port) for port in self._session.get_outputs()]

    def run(self, arrays: Sequence[Array]) -> list[Array]:
        """Compute the outputs from an array for each input."""
        named = {port.name: array for port, array in zip(self.inputs, arrays, strict=True)}
        computed: list[Array] = self._session.run(None, named)
        return computed


def _port(port: onnxruntime.NodeArg) -> Port:
    element = port.type.removeprefix("tensor(").removesuffix(")")
    shape = tuple(size if isinstance(size, int) else None for size in port.shape or [])
    return Port(port.name, TYPES.get(element, element), shape)
