"""Tensors as JSON has them: the types of a request and an answer, made from a model's ports.

A tensor is lists in lists, or an object with its shape and its bytes in base64. A sequence is a
list of tensors or maps, a map is an object. The types check what types can; the rest, such as
ragged lists, is checked when a tensor is made: see `reading`.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from engines.tensor import Kind, Port

MAX_RANK = 8  # of a tensor whose number of dimensions the model leaves open
MAX_INT64 = 2**63 - 1  # msgspec's bounds go no further


class Raw(msgspec.Struct, forbid_unknown_fields=True):
    """A tensor as base64 of its elements: little-endian, in row-major order.

    A request may leave the type out; an answer has it.
    """

    shape: list[Annotated[int, Meta(ge=0, le=2**31)]]
    base64: bytes
    type: str | msgspec.UnsetType = msgspec.UNSET


def request_type(ports: Sequence[Port]) -> type[msgspec.Struct]:
    """A field for each input; lists have the lengths that the model fixes."""
    types = [
        Annotated[_taken(port), Meta(description=str(port), extra_json_schema=_base64_shapes(port))]
        for port in ports
    ]
    return _struct("Request", ports, types, "The model's inputs, by name.")


def answer_type(ports: Sequence[Port]) -> type[msgspec.Struct]:
    """A field for each output; a number that JSON does not have is null there."""
    types = [Annotated[_given(port), Meta(description=str(port))] for port in ports]
    return _struct("Answer", ports, types, "The model's outputs, by name.")


def _struct(
    name: str, ports: Sequence[Port], types: Sequence[Any], doc: str
) -> type[msgspec.Struct]:
    fields = [f"f{index}" for index in range(len(ports))]  # a model's names may be any text
    return msgspec.defstruct(
        name,
        list(zip(fields, types, strict=True)),
        forbid_unknown_fields=True,
        rename=dict(zip(fields, (port.name for port in ports), strict=True)),
        namespace={"__doc__": doc},
    )


def _taken(port: Port) -> Any:
    """The type of an input's value."""
    if port.items:  # ONNX Runtime makes no sequence of nothing
        return Annotated[list[_taken(port.items)], Meta(min_length=1)]  # type: ignore[misc]
    element = element_type(port.kind)
    if port.keys:
        return dict[element_type(port.keys), element]  # type: ignore[misc]
    lists = _lists(element, port.shape, at_least=1)
    return lists if port.kind.python is str else lists | Raw


def _given(port: Port) -> Any:
    """The type of an output's value."""
    if port.items:
        return list[_given(port.items)]  # type: ignore[misc]
    element: Any = float | None if port.kind.python is float else port.kind.python
    if port.keys:
        return dict[port.keys.python, element]  # type: ignore[name-defined]
    rank = None if port.shape is None else ("",) * len(port.shape)
    lists = _lists(element, rank, at_least=0)
    return lists if port.kind.python is str else lists | Raw


def _base64_shapes(port: Port) -> dict[str, Any]:
    """JSON Schema of the shapes that an input in base64 may have, which no type can say."""
    if port.items or port.keys or port.kind.python is str:
        return {}
    rule: dict[str, Any] = {"maxItems": MAX_RANK}
    if port.shape is not None:
        open_size = {"minimum": 1 if len(port.shape) > 1 else 0}
        sizes = [{"const": size} if isinstance(size, int) else open_size for size in port.shape]
        rule = {"prefixItems": sizes, "minItems": len(sizes), "maxItems": len(sizes)}
    return {"properties": {"shape": rule}}


def element_type(kind: Kind) -> Any:
    """The type of an element, with what its kind holds; None is NaN."""
    limited: Any = kind.python
    if kind.python is int and kind.maximum and kind.maximum > MAX_INT64:
        limited = Annotated[int, Meta(ge=kind.minimum)]
    elif kind.minimum is not None:
        limited = Annotated[kind.python, Meta(ge=kind.minimum, le=kind.maximum)]
    return limited | None if kind.python is float else limited  # None is NaN


def _lists(element: Any, shape: Sequence[int | str] | None, at_least: int) -> Any:
    """Lists in lists. A size that is open is `at_least` so large; one list alone may be empty."""
    if shape is None:
        made = element
        for axis in reversed(range(MAX_RANK)):
            made = element | _list(made, "", at_least if axis else 0)
        return made
    for size in reversed(shape):
        element = _list(element, size, at_least if len(shape) > 1 else 0)
    return element


def _list(element: Any, size: int | str, at_least: int) -> Any:
    length = (
        Meta(min_length=size, max_length=size)
        if isinstance(size, int)
        else Meta(min_length=at_least)
    )
    return Annotated[list[element], length]
