"""What LiteRT's own Python package computes, beside what the engine does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from engines.litert import Model
from engines.tensor import Tensor


def by_package(path: Path, arrays: Sequence[NDArray[Any]], threads: int = 1) -> list[NDArray[Any]]:
    """Run a model with the package's Interpreter, the inputs resized to the arrays."""
    interpreter = Interpreter(str(path), num_threads=threads)
    for details, array in zip(interpreter.get_input_details(), arrays, strict=True):
        if list(details["shape"]) != list(array.shape):
            interpreter.resize_tensor_input(details["index"], array.shape, strict=True)
    interpreter.allocate_tensors()
    for details, array in zip(interpreter.get_input_details(), arrays, strict=True):
        interpreter.set_tensor(details["index"], array)
    interpreter.invoke()
    return [
        interpreter.get_tensor(details["index"]) for details in interpreter.get_output_details()
    ]


def drawn(model: Model, seed: int = 0, open_size: int = 1) -> list[NDArray[Any]]:
    """Draw an array for each input of a model."""
    generator = np.random.default_rng(seed)
    made = []
    for port in model.inputs:
        shape = [size if isinstance(size, int) else open_size for size in port.shape or ()]
        kind = np.dtype(port.kind.name)
        least = 0 if kind.kind in "ub" else -100
        made.append(generator.uniform(least, 100, shape).astype(kind))
    return made


def tensors(arrays: Sequence[NDArray[Any]]) -> list[Tensor]:
    """Make the engine's tensors of arrays."""
    return [Tensor(array.shape, array.tobytes()) for array in arrays]
