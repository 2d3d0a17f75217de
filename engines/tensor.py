"""Tensors and the numbers in them: which types there are, and how their bytes become lists."""

import struct
from collections.abc import Iterable, Sequence
from math import prod
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """What a tensor's elements are."""

    name: str  # as numpy spells it
    code: str = ""  # of the struct module; empty for strings
    python: type = float
    minimum: float | None = None  # what the type holds, where JSON could carry more
    maximum: float | None = None

    @property
    def element_bytes(self) -> int:
        """Bytes of one element; 0 for strings, whose length varies."""
        return struct.calcsize(f"<{self.code}")


def _integers(name: str, code: str, minimum: int, maximum: int) -> Kind:
    return Kind(name, code, int, minimum, maximum)


FLOAT32_MAX = 3.4028234663852886e38
# By the number that ONNX gives the type: https://onnx.ai/onnx/api/classes.html, TensorProto.
KINDS = {
    1: Kind("float32", "f", float, -FLOAT32_MAX, FLOAT32_MAX),
    2: _integers("uint8", "B", 0, 2**8 - 1),
    3: _integers("int8", "b", -(2**7), 2**7 - 1),
    4: _integers("uint16", "H", 0, 2**16 - 1),
    5: _integers("int16", "h", -(2**15), 2**15 - 1),
    6: _integers("int32", "i", -(2**31), 2**31 - 1),
    7: _integers("int64", "q", -(2**63), 2**63 - 1),
    8: Kind("string", python=str),
    9: Kind("bool", "?", bool),
    10: Kind("float16", "e", float, -65504.0, 65504.0),
    11: Kind("float64", "d", float),
    12: _integers("uint32", "I", 0, 2**32 - 1),
    13: _integers("uint64", "Q", 0, 2**64 - 1),
}


class Tensor(NamedTuple):
    """Elements in row-major order: little-endian bytes, or a list of strings."""

    shape: tuple[int, ...]
    content: bytes | list[str]


class Port(NamedTuple):
    """An input or an output of a model."""

    name: str
    kind: Kind
    # A size, or the name of one that varies, which may be empty; None: any number of dimensions.
    shape: tuple[int | str, ...] | None

    def __str__(self) -> str:
        """What a caller reads: `float32 of shape [N, 4]`."""
        if self.shape is None:
            return f"{self.kind.name} of any shape"
        sizes = ", ".join(str(size) if size != "" else "?" for size in self.shape)
        return f"{self.kind.name} of shape [{sizes}]"


def pack(kind: Kind, elements: Sequence[Any]) -> bytes:
    """The bytes of elements that the kind holds.

    Raises:
        struct.error: one is beyond what the kind holds.
        OverflowError: the same, of a floating-point kind.
    """
    return struct.pack(f"<{len(elements)}{kind.code}", *elements)


def nested(kind: Kind, tensor: Tensor) -> Any:
    """The tensor as lists in lists, or as one element where it has no dimension."""
    elements: Iterable[Any] = tensor.content
    if isinstance(tensor.content, bytes):
        elements = struct.unpack(f"<{prod(tensor.shape)}{kind.code}", tensor.content)
    level = list(elements)
    for axis in reversed(range(len(tensor.shape))):
        size = tensor.shape[axis]
        count = prod(tensor.shape[:axis])
        level = [level[i * size : (i + 1) * size] for i in range(count)]
    return level[0]
