"""The network as ONNX Runtime runs it: Dockerfile.onnx puts this in place of app/engine.py."""

import os
from collections.abc import Sequence
from math import prod

from engines.onnx import Session
from engines.tensor import Tensor

FILE = "network.onnx"


class NetworkError(RuntimeError):
    """The network cannot take what it is given."""


class Network:
    """An exported network, held for as long as the process lives: uint8 in, float32 out."""

    def __init__(self, path: str | os.PathLike[str], shape: Sequence[int], threads: int) -> None:
        """Loads what `export/` exported.

        Args:
            path: an `.onnx` file.
            shape: of the input that it was exported for.
            threads: of a run, at least 1.

        Raises:
            OnnxRuntimeError: the file is missing, or is not a model.
        """
        self._shape = tuple(shape)
        self._session = Session(path, threads)

    def run(self, values: bytes) -> list[float]:
        """Runs the network.

        Args:
            values: uint8, in C order, as many as the network's shape says.

        Returns:
            the output's numbers, in C order.

        Raises:
            NetworkError: there are more or fewer values.
        """
        if len(values) != prod(self._shape):
            raise NetworkError(f"{len(values)} values are not of the shape {self._shape}")
        (output,) = self._session.run([Tensor(self._shape, values)])
        return list(memoryview(output.content).cast("f"))  # type: ignore[arg-type]  # not strings
