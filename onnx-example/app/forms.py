"""Tensors as JSON has them: the types of a request and an answer, made from a model's ports.

A tensor is lists in lists, or an object with its shape and its bytes in base64. The types check
what types can; what they cannot, such as ragged lists, is checked when a tensor is made.
"""

from collections.abc import Sequence
from itertools import accumulate, chain
from math import prod
from operator import mul
from struct import error as StructError
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from engines.tensor import Kind, Port, Tensor, nested, pack
from serving import BadRequest, TooLarge

MAX_RANK = 8  # of a tensor whose number of dimensions the model leaves open
MAX_INT64 = 2**63 - 1  # msgspec's bounds go no further
MAX_ANSWER_BYTES = 6_291_556  # what Lambda carries


class Raw(msgspec.Struct, forbid_unknown_fields=True):
    """A tensor as base64 of its elements: little-endian, in row-major order."""

    shape: list[Annotated[int, Meta(ge=0, le=2**31)]]
    base64: bytes


def request_type(ports: Sequence[Port]) -> type[msgspec.Struct]:
    """A field for each input; lists have the lengths that the model fixes."""
    types = [_described(port, _lists(_element(port.kind), port.shape)) for port in ports]
    return _struct("Request", ports, types)


def answer_type(ports: Sequence[Port]) -> type[msgspec.Struct]:
    """A field for each output; a number that JSON does not have is null there."""
    types = []
    for port in ports:
        element = float | None if port.kind.python is float else port.kind.python
        rank = None if port.shape is None else ("",) * len(port.shape)
        types.append(_described(port, _lists(element, rank, at_least=0)))
    return _struct("Answer", ports, types)


def _struct(name: str, ports: Sequence[Port], types: Sequence[Any]) -> type[msgspec.Struct]:
    fields = [f"f{index}" for index in range(len(ports))]  # a model's names may be any text
    return msgspec.defstruct(
        name,
        list(zip(fields, types, strict=True)),
        forbid_unknown_fields=True,
        rename=dict(zip(fields, (port.name for port in ports), strict=True)),
    )


def _described(port: Port, lists: Any) -> Any:
    either = lists if port.kind.python is str else lists | Raw
    return Annotated[either, Meta(description=str(port))]


def _element(kind: Kind) -> Any:
    if kind.minimum is None:
        return kind.python
    if kind.python is int and kind.maximum and kind.maximum > MAX_INT64:
        return Annotated[int, Meta(ge=kind.minimum)]
    return Annotated[kind.python, Meta(ge=kind.minimum, le=kind.maximum)]


def _lists(element: Any, shape: Sequence[int | str] | None, at_least: int = 1) -> Any:
    if shape is None:
        made: Any = element
        for _ in range(MAX_RANK):
            made = element | _lists(made, ("",), at_least)
        return made
    for size in reversed(shape):
        fixed = Meta(min_length=size, max_length=size) if isinstance(size, int) else None
        element = Annotated[list[element], fixed or Meta(min_length=at_least)]
    return element


def tensors(ports: Sequence[Port], request: msgspec.Struct) -> list[Tensor]:
    """The tensors of a request that its type has checked.

    Raises:
        BadRequest: a tensor is ragged, or does not fit its port, or one another's shapes.
    """
    values = msgspec.structs.astuple(request)
    made = [_tensor(port, value) for port, value in zip(ports, values, strict=True)]
    _check_shared_sizes(ports, made)
    return made


def _tensor(port: Port, value: Any) -> Tensor:
    if isinstance(value, Raw):
        return _from_raw(port, value)
    shape, elements = _flat(port.name, value)
    if port.kind.python is str:
        _check_text(port.name, shape, elements)
        return Tensor(shape, elements)
    try:
        return Tensor(shape, pack(port.kind, elements))
    except (StructError, OverflowError) as error:
        maximum = port.kind.maximum or 0
        position = next(i for i, element in enumerate(elements) if element > maximum)
        place = _place(port.name, shape, position)
        raise BadRequest(f"{place}: expected {port.kind.name} <= {maximum}") from error


def _from_raw(port: Port, raw: Raw) -> Tensor:
    shape, content, kind = tuple(raw.shape), raw.base64, port.kind
    if port.shape is not None:
        if len(shape) != len(port.shape):
            rule = f"expected {len(port.shape)} numbers, since it is {port}, got {len(shape)}"
            raise BadRequest(f"{port.name}.shape: {rule}")
        for axis, (size, wanted) in enumerate(zip(shape, port.shape, strict=True)):
            if isinstance(wanted, int) and size != wanted:
                raise BadRequest(f"{port.name}.shape[{axis}]: expected {wanted}, got {size}")
    elif len(shape) > MAX_RANK:
        raise BadRequest(f"{port.name}.shape: expected at most {MAX_RANK} numbers")
    expected = prod(shape) * kind.element_bytes
    if len(content) != expected:
        rule = f"expected {expected} bytes, {kind.name} of shape {list(shape)}"
        raise BadRequest(f"{port.name}.base64: {rule}, got {len(content)}")
    if kind.python is bool and content.translate(None, b"\0\1"):
        raise BadRequest(f"{port.name}.base64: each byte of a bool must be 0 or 1")
    return Tensor(shape, content)


def _flat(name: str, value: Any) -> tuple[tuple[int, ...], list[Any]]:
    """The shape of lists in lists, and the elements."""
    shape: tuple[int, ...] = ()
    level = [value]
    while level and isinstance(level[0], list):
        size = len(level[0])
        for position, item in enumerate(level):
            if not isinstance(item, list) or len(item) != size:
                rule = f"expected a list of {size}, as in {_place(name, shape, 0)}"
                raise BadRequest(f"{_place(name, shape, position)}: {rule}")
        shape += (size,)
        level = list(chain.from_iterable(level))
    if list in set(map(type, level)):
        position = next(i for i, item in enumerate(level) if isinstance(item, list))
        rule = f"expected one element, as in {_place(name, shape, 0)}"
        raise BadRequest(f"{_place(name, shape, position)}: {rule}")
    return shape, level


def _check_text(name: str, shape: tuple[int, ...], elements: Sequence[str]) -> None:
    for position, text in enumerate(elements):
        if "\0" in text:  # where ONNX Runtime would end the text
            raise BadRequest(
                f"{_place(name, shape, position)}: the character U+0000 is not allowed"
            )


def _place(name: str, shape: Sequence[int], position: int) -> str:
    """The element at a position in row-major order, as `name[3][4]`."""
    indices = []
    for size in reversed(shape):
        position, index = divmod(position, size)
        indices.append(f"[{index}]")
    return name + "".join(reversed(indices))


def _check_shared_sizes(ports: Sequence[Port], made: Sequence[Tensor]) -> None:
    """Sizes that the model gives one name are equal."""
    first: dict[str, tuple[int, str]] = {}
    for port, tensor in zip(ports, made, strict=True):
        for axis, (wanted, size) in enumerate(zip(port.shape or (), tensor.shape, strict=False)):
            if not isinstance(wanted, str) or not wanted:
                continue
            known, where = first.setdefault(wanted, (size, port.name))
            if size != known:
                rule = f"its size {wanted} is {size} in dimension {axis}, and {known} in {where}"
                raise BadRequest(f"{port.name}: {rule}")


def answer(
    type_: type[msgspec.Struct], ports: Sequence[Port], made: Sequence[Tensor], raw: bool
) -> msgspec.Struct:
    """The answer of the model's outputs, as base64 or as lists; text is always lists.

    Raises:
        TooLarge: Lambda cannot carry it.
    """
    values = []
    for port, tensor in zip(ports, made, strict=True):
        shape, content = list(tensor.shape), tensor.content
        if raw and isinstance(content, bytes):
            least, value = len(content) * 4 // 3, Raw(shape, content)
        else:  # made below, since it is large: an element or a list takes two characters or more
            least, value = 2 * max(accumulate(shape, mul, initial=1)), None
        if least > MAX_ANSWER_BYTES:
            rule = f"of shape {shape} is larger than Lambda carries (6 MB)"
            raise TooLarge(f"{port.name}: {port.kind.name} {rule}")
        values.append(value or nested(port.kind, tensor))
    return type_(*values)
