"""Tensors made of a request that its type has checked."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from math import prod
from struct import error as StructError
from typing import Any

import msgspec
from msgspec import UNSET

from apps.tensors.forms import MAX_RANK, Raw
from engines.tensor import Kind, Port, Tensor, pack
from serving import BadRequest

# Of a tensor without elements, whose sizes cost a caller no bytes, but may cost much to compute.
MAX_SIZES_WITHOUT_ELEMENTS = 4096


def tensors(ports: Sequence[Port], request: msgspec.Struct) -> list[Tensor]:
    """A tensor for each port.

    Raises:
        BadRequest: a tensor is ragged, or does not fit its port.
    """
    values = msgspec.structs.astuple(request)
    return [_tensor(port, port.name, value) for port, value in zip(ports, values, strict=True)]


def named_sizes(ports: Sequence[Port], made: Sequence[Tensor]) -> Mapping[str, int]:
    """The sizes that the model names, by their names.

    Raises:
        BadRequest: those of one name are not equal.
    """
    first: dict[str, tuple[int, str]] = {}
    for port, tensor in zip(ports, made, strict=True):
        for axis, (wanted, size) in enumerate(zip(port.shape or (), tensor.shape, strict=False)):
            if not isinstance(wanted, str) or not wanted:
                continue
            known, where = first.setdefault(wanted, (size, port.name))
            if size != known:
                rule = f"its size {wanted} is {size} in dimension {axis}, and {known} in {where}"
                raise BadRequest(f"{port.name}: {rule}")
    return {name: size for name, (size, _) in first.items()}


def checked(port: Port, shape: tuple[int, ...], content: bytes | list[str]) -> Tensor:
    """A tensor whose elements are there already, of the port's kind.

    Raises:
        BadRequest: the port does not take its shape, or its text.
    """
    _check_shape(port, port.name, shape)
    _check_sizes(port.name, shape)
    if isinstance(content, list):
        _check_text(port.name, shape, content)
    return Tensor(shape, content)


def packed(kind: Kind, place: str, shape: tuple[int, ...], elements: list[Any]) -> Tensor:
    """A tensor of elements that its kind's type has checked; `place` is where they stand.

    Raises:
        BadRequest: one is beyond what the type can say, or a text that no engine takes.
    """
    if kind.python is str:
        _check_text(place, shape, elements)
        return Tensor(shape, elements)
    try:
        return Tensor(shape, pack(kind, elements))
    except (StructError, OverflowError) as error:
        maximum = kind.maximum or 0
        position = next(i for i, element in enumerate(elements) if element > maximum)
        where = _element(place, shape, position)
        raise BadRequest(f"{where}: expected {kind.name} <= {maximum}") from error


def check_bounds(bounds: Mapping[str, tuple[int, int]], sizes: Mapping[str, int]) -> None:
    """Compare the sizes that a model names with the least and the largest that it takes.

    Raises:
        BadRequest: one is beyond.
    """
    for name, (least, largest) in bounds.items():
        size = sizes.get(name, least)
        if not least <= size <= largest:
            raise BadRequest(f"the size {name} must be {least} to {largest}, got {size}")


def _tensor(port: Port, place: str, value: Any) -> Tensor:
    """The tensor of a value; `place` is where it stands in the request."""
    if port.items:
        items = [
            _tensor(port.items, f"{place}[{position}]", item) for position, item in enumerate(value)
        ]
        return Tensor((len(items),), items)
    if port.keys:
        keys = packed(port.keys, place, (len(value),), list(value))
        values = packed(port.kind, place, (len(value),), list(value.values()))
        return Tensor((2,), [keys, values])
    if isinstance(value, Raw):
        return _from_raw(port, place, value)
    shape, elements = _flat(port, place, value)
    _check_sizes(place, shape)
    return packed(port.kind, place, shape, elements)


def _check_text(place: str, shape: tuple[int, ...], elements: Sequence[str]) -> None:
    for position, text in enumerate(elements):
        if "\0" in text:  # where ONNX Runtime would end the text
            where = _element(place, shape, position)
            raise BadRequest(f"{where}: the character U+0000 is not allowed")


def _from_raw(port: Port, place: str, raw: Raw) -> Tensor:
    shape, content, kind = tuple(raw.shape), raw.base64, port.kind
    if raw.type not in (UNSET, kind.name):
        raise BadRequest(f"{place}.type: expected {kind.name}, got {raw.type}")
    _check_shape(port, place, shape)
    _check_sizes(place, shape)
    expected = kind.bytes_of(prod(shape))
    if len(content) != expected:
        rule = f"expected {expected} bytes, {kind.name} of shape {list(shape)}"
        raise BadRequest(f"{place}.base64: {rule}, got {len(content)}")
    if kind.python is bool and content.translate(None, b"\0\1"):
        raise BadRequest(f"{place}.base64: each byte of a bool must be 0 or 1")
    return Tensor(shape, content)


def _check_shape(port: Port, place: str, shape: tuple[int, ...]) -> None:
    """A shape is one that the port takes, and that lists could have."""
    if port.shape is None and len(shape) > MAX_RANK:
        raise BadRequest(f"{place}.shape: expected at most {MAX_RANK} numbers")
    declared = ("",) * len(shape) if port.shape is None else port.shape
    if len(shape) != len(declared):
        rule = f"expected {len(declared)} numbers, since it is {port}, got {len(shape)}"
        raise BadRequest(f"{place}.shape: {rule}")
    for axis, (size, wanted) in enumerate(zip(shape, declared, strict=True)):
        if isinstance(wanted, int):
            if size != wanted:
                raise BadRequest(f"{place}.shape[{axis}]: expected {wanted}, got {size}")
        elif size == 0 and len(shape) > 1:
            raise BadRequest(f"{place}.shape[{axis}]: expected at least 1, got 0")


def _check_sizes(place: str, shape: tuple[int, ...]) -> None:
    if 0 in shape and prod(size or 1 for size in shape) > MAX_SIZES_WITHOUT_ELEMENTS:
        rule = f"the sizes beside 0 may multiply to {MAX_SIZES_WITHOUT_ELEMENTS} at most"
        raise BadRequest(f"{place}: {rule}, got the shape {list(shape)}")


def _flat(port: Port, place: str, value: Any) -> tuple[tuple[int, ...], list[Any]]:
    """The shape of lists in lists, and the elements."""
    shape: tuple[int, ...] = ()
    level = [value]
    while level and isinstance(level[0], list):
        size = len(level[0])
        for position, item in enumerate(level):
            if not isinstance(item, list) or len(item) != size:
                rule = f"expected a list of {size}, as in {_element(place, shape, 0)}"
                raise BadRequest(f"{_element(place, shape, position)}: {rule}")
        shape += (size,)
        level = list(chain.from_iterable(level))
    if list in set(map(type, level)):
        position = next(i for i, item in enumerate(level) if isinstance(item, list))
        rule = f"expected one element, as in {_element(place, shape, 0)}"
        raise BadRequest(f"{_element(place, shape, position)}: {rule}")
    return shape + tuple(_sizes_after_0(port, place, len(shape))), level


def _sizes_after_0(port: Port, place: str, rank: int) -> Iterator[int]:
    """The sizes that lists cannot show, since they end at one of no element."""
    for size in (port.shape or ())[rank:]:
        if not isinstance(size, int):
            raise BadRequest(f"{place}: lists cannot show all sizes of {port}, send base64")
        yield size


def _element(place: str, shape: Sequence[int], position: int) -> str:
    """The place of an element, by its position in row-major order, as `name[3][4]`."""
    indices = []
    for size in reversed(shape):
        position, index = divmod(position, size)
        indices.append(f"[{index}]")
    return place + "".join(reversed(indices))
