"""The answer of a model's outputs, and what it may hold: Lambda does not carry more."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from math import prod
from operator import mul
from typing import Any

import msgspec

from apps.tensors.forms import Raw
from engines.tensor import Port, Tensor, nested
from serving import TooLarge

MAX_ANSWER_BYTES = 6_291_556  # what Lambda carries
# The least characters of an element in JSON, with its comma: `0,`, `0.0,`, `true,`, `"",`.
LEAST_CHARACTERS = {int: 2, float: 4, bool: 5, str: 3}
Sized = tuple[Port, Sequence[int]]


def has_base64(ports: Sequence[Port], request: msgspec.Struct) -> bool:
    """Whether an input came in base64, so that the answer does as well."""
    values = msgspec.structs.astuple(request)
    return any(
        isinstance(value, Raw) or (port.items and any(isinstance(item, Raw) for item in value))
        for port, value in zip(ports, values, strict=True)
    )


def check_sizes(ports: Sequence[Port], sizes: Mapping[str, int], raw: bool) -> None:
    """Refuse an answer before it is computed, where the shapes tell how large it becomes.

    Args:
        ports: the outputs.
        sizes: those that the model names, by their names.
        raw: whether the answer is in base64.

    Raises:
        TooLarge: Lambda cannot carry it.
    """
    shapes = []
    for port in ports:
        shape = [sizes.get(size) if isinstance(size, str) else size for size in port.shape or ()]
        known = [size for size in shape if size is not None]
        if port.shape is not None and len(known) == len(shape):
            shapes.append((port, known))
    _check(shapes, raw)


def answer(
    type_: type[msgspec.Struct], ports: Sequence[Port], made: Sequence[Tensor], raw: bool
) -> msgspec.Struct:
    """The answer of the model's outputs, as base64 or as lists; text is always lists.

    Raises:
        TooLarge: Lambda cannot carry it.
    """
    pairs = list(zip(ports, made, strict=True))
    _check((sized for pair in pairs for sized in _tensors(*pair)), raw)
    return type_(*(_value(port, tensor, raw) for port, tensor in pairs))


def _tensors(port: Port, tensor: Tensor) -> Iterator[Sized]:
    """The tensors that an output has: one, or those of a sequence or a map."""
    content: Any = tensor.content
    if port.items:
        for item in content:
            yield from _tensors(port.items, item)
    else:
        yield port, content[1].shape if port.keys else tensor.shape


def _check(tensors: Iterator[Sized] | Sequence[Sized], raw: bool) -> None:
    total = 0
    for port, shape in tensors:
        total += _least_bytes(port, shape, raw)
        if total > MAX_ANSWER_BYTES:
            rule = f"of shape {list(shape)} is larger than Lambda carries (6 MB)"
            raise TooLarge(f"{port.name}: {port.kind.name} {rule}")


def _least_bytes(port: Port, shape: Sequence[int], raw: bool) -> int:
    """What a tensor takes in JSON at least."""
    if raw and port.kind.python is not str:
        return port.kind.bytes_of(prod(shape)) * 4 // 3
    lists = 2 * max(accumulate(shape, mul, initial=1))  # an empty one takes as much
    return max(lists, LEAST_CHARACTERS[port.kind.python] * prod(shape))


def _value(port: Port, tensor: Tensor, raw: bool) -> Any:
    content: Any = tensor.content
    if port.items:
        return [_value(port.items, item, raw) for item in content]
    if port.keys:
        keys, values = content
        return dict(zip(nested(port.keys, keys), nested(port.kind, values), strict=True))
    if raw and isinstance(content, bytes):
        return Raw(list(tensor.shape), content, port.kind.name)
    return nested(port.kind, tensor)
