"""Tensors and the numbers in them: which types there are, and how their bytes become lists."""

import struct
from collections.abc import Sequence
from math import nan, prod
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """What a tensor's elements are."""

    name: str  # as numpy spells it
    code: str = ""  # of the struct module; empty for strings
    python: type = float
    minimum: float | None = None  # what the type holds, where JSON could carry more
    maximum: float | None = None
    bits: int = 0  # of one element, where it is of a kind that struct does not know

    @property
    def element_bytes(self) -> int:
        """Bytes of one element; 0 for strings, and for kinds that struct does not know."""
        return struct.calcsize(f"<{self.code}")

    def bytes_of(self, elements: int) -> int:
        """Bytes of this many elements, of which several may share one; 0 for strings."""
        return -(-elements * (self.bits or 8 * self.element_bytes) // 8)


def _integers(name: str, code: str, minimum: int, maximum: int) -> Kind:
    return Kind(name, code, int, minimum, maximum)


def _narrow(name: str, bits: int, maximum: float) -> Kind:
    """A kind that `engines.narrow` makes and reads."""
    return Kind(name, "", float, -maximum, maximum, bits)


FLOAT32_MAX = 3.4028234663852886e38
# By the number that ONNX Runtime gives the type: ONNXTensorElementDataType in its C API. Those
# below 24 are ONNX's own: https://onnx.ai/onnx/api/classes.html, TensorProto.
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
    16: _narrow("bfloat16", 16, 3.3895313892515355e38),
    17: _narrow("float8_e4m3fn", 8, 448.0),
    18: _narrow("float8_e4m3fnuz", 8, 240.0),
    19: _narrow("float8_e5m2", 8, 57344.0),
    20: _narrow("float8_e5m2fnuz", 8, 57344.0),
    21: _integers("uint4", "", 0, 15)._replace(bits=4),
    22: _integers("int4", "", -8, 7)._replace(bits=4),
    24: _integers("uint2", "", 0, 3)._replace(bits=2),
    25: _integers("int2", "", -2, 1)._replace(bits=2),
}


class Tensor(NamedTuple):
    """Elements in row-major order: little-endian bytes, or a list of strings.

    Those of a sequence are its tensors; those of a map two tensors, its keys and its values.
    """

    shape: tuple[int, ...]
    content: "bytes | list[str] | list[Tensor]"


class Port(NamedTuple):
    """An input or an output of a model: a tensor, but for a few models a sequence or a map."""

    name: str
    kind: Kind
    # A size, or the name of one that varies, which may be empty; None: any number of dimensions.
    shape: tuple[int | str, ...] | None
    items: "Port | None" = None  # of a sequence: what each is
    keys: Kind | None = None  # of a map, whose values are of the port's own kind

    def __str__(self) -> str:
        """What a caller reads: `float32 of shape [N, 4]`."""
        if self.items:
            return f"sequence of {self.items}"
        if self.keys:
            return f"map from {self.keys.name} to {self.kind.name}"
        if self.shape is None:
            return f"{self.kind.name} of any shape"
        sizes = ", ".join(str(size) if size != "" else "?" for size in self.shape)
        return f"{self.kind.name} of shape [{sizes}]"


def pack(kind: Kind, elements: Sequence[Any]) -> bytes:
    """The bytes of elements that the kind holds; None is NaN, a missing value.

    Raises:
        struct.error: one is beyond what the kind holds.
        OverflowError: the same, of a floating-point kind.
    """
    try:
        return _packed(kind, elements)
    except (struct.error, TypeError):
        if kind.python is not float or None not in elements:
            raise
    return _packed(kind, [nan if element is None else element for element in elements])


def _packed(kind: Kind, elements: Sequence[Any]) -> bytes:
    if kind.bits:
        from engines.narrow import packed

        minimum, maximum = kind.minimum or 0, kind.maximum or 0
        if any(element < minimum or element > maximum for element in elements):
            raise struct.error(f"{kind.name} holds {minimum} to {maximum}")
        return packed(kind.name, kind.bits, elements)
    return struct.pack(f"<{len(elements)}{kind.code}", *elements)


def nested(kind: Kind, tensor: Tensor) -> Any:
    """The tensor as lists in lists, or as one element where it has no dimension."""
    level = _elements(kind, tensor)
    for axis in reversed(range(len(tensor.shape))):
        size = tensor.shape[axis]
        count = prod(tensor.shape[:axis])
        level = [level[i * size : (i + 1) * size] for i in range(count)]
    return level[0]


def _elements(kind: Kind, tensor: Tensor) -> list[Any]:
    if not isinstance(tensor.content, bytes):
        return list(tensor.content)
    count = prod(tensor.shape)
    if kind.bits:
        from engines.narrow import unpacked

        return unpacked(kind.name, kind.bits, tensor.content, count)
    return list(struct.unpack(f"<{count}{kind.code}", tensor.content))
