"""What the engines of tabular data share: their ports, the rows of a run, and their library."""

import ctypes
import os
import sys
from collections.abc import Sequence

from engines.errors import ModelError, RunError
from engines.tensor import Kind, Port, Tensor


def input_port(kind: Kind, columns: int) -> Port:
    """The one input of a model of tabular data: rows of numbers, NaN where one is missing."""
    return Port("rows", kind, ("N", columns))


def output_port(kind: Kind, row_shape: tuple[int, ...]) -> Port:
    """The one output: a number for each row, of shape (), or several, of shape (k,)."""
    return Port("predictions", kind, ("N", *row_shape))


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


def load_library(package: str, library: str) -> ctypes.CDLL:
    """Load the library of a package.

    Raises:
        ModelError: it is not installed, or a library that it needs is not.
    """
    path = library_file(package, library)
    try:
        return ctypes.CDLL(path)
    except OSError as error:
        rule = "install that, in a Dockerfile with apt-get (libgomp.so.1 is in libgomp1)"
        raise ModelError(f"{package} cannot be loaded: {error}: {rule}") from error


def library_file(package: str, library: str) -> str:
    """Find a library in its Python package, without importing that, or where conda-forge has it.

    Args:
        package: its name.
        library: the name of its file, without the suffix.

    Raises:
        ModelError: it is not installed.
    """
    # By hand: importing importlib.util takes longer than all of the rest here.
    folders = [os.path.join(folder, package, "lib") for folder in sys.path]
    for folder in (*folders, os.path.join(sys.prefix, "lib")):
        for suffix in (".so", ".dylib"):  # the latter on macOS
            if os.path.exists(path := os.path.join(folder, library + suffix)):
                return path
    raise ModelError(f"{package} is not installed: pip install -r requirements.txt")
