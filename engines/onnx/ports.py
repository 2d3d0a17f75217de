"""What a loaded model says of its inputs and outputs."""

import ctypes
from ctypes import c_char_p, c_int, c_size_t
from typing import Any

from engines.errors import ModelError
from engines.onnx.api import CONTAINER_CALLS, Api
from engines.onnx.values import sizes
from engines.tensor import KINDS, Port

TENSOR, SEQUENCE, MAP = 1, 2, 3  # ONNXType
# What exporters write for a size that they do not know. Two sizes of one name are equal, by ONNX's
# rules; two of these names are not. A name without a letter, such as `?` or `-1`, is none either.
NO_NAMES = {
    *("any", "dyn", "dynamic", "free", "n/a", "na", "nan", "nil", "none", "null", "open"),
    *("undef", "undefined", "unk", "unknown", "var", "variable"),
}


def ports(api: Api, session: Any, allocator: Any, side: str) -> list[Port]:
    """The ports of a side, `Input` or `Output`, in the model's order.

    Raises:
        ModelError: one is of a type that is not served.
    """
    count = api.get(f"SessionGet{side}Count", session, of=c_size_t)
    found = []
    for index in range(count):
        address = api.get(f"SessionGet{side}Name", session, index, allocator)
        name = ctypes.string_at(address).decode()
        api.call("AllocatorFree", allocator, address)
        with api.held("TypeInfo", f"SessionGet{side}TypeInfo", session, index) as info:
            found.append(port(api, name, f"{side.lower()} {name}", info))
    return found


def port(api: Api, name: str, place: str, info: Any) -> Port:
    """The port of a type.

    Args:
        api: ONNX Runtime's functions.
        name: the port's.
        place: what to call it in an error.
        info: a pointer to the type.

    Raises:
        ModelError: the type is not served.
    """
    type_ = api.get("GetOnnxTypeFromTypeInfo", info, of=c_int)
    if type_ in (SEQUENCE, MAP):
        api.add(CONTAINER_CALLS)
        return (_sequence if type_ == SEQUENCE else _map)(api, name, place, info)
    if type_ != TENSOR:
        raise ModelError(
            f"{place} is optional, sparse or opaque: have the model take and give tensors, "
            "sequences of tensors, or maps"
        )
    tensor_info = api.get("CastTypeInfoToTensorInfo", info)
    number = api.get("GetTensorElementType", tensor_info, of=c_int)
    if number not in KINDS:
        served = ", ".join(kind.name for kind in KINDS.values())
        raise ModelError(
            f"{place} has elements of ONNX's type {number}: add a Cast to the model, "
            f"to one of {served}"
        )
    return Port(name, KINDS[number], _declared_shape(api, tensor_info))


def _sequence(api: Api, name: str, place: str, info: Any) -> Port:
    type_ = api.get("CastTypeInfoToSequenceTypeInfo", info)
    with api.held("TypeInfo", "GetSequenceElementType", type_) as inner:
        items = port(api, name, f"each item of {place}", inner)
    if items.items:
        raise ModelError(f"{place} is a sequence of sequences: give the inner ones as outputs")
    return Port(name, items.kind, None, items=items)


def _map(api: Api, name: str, place: str, info: Any) -> Port:
    type_ = api.get("CastTypeInfoToMapTypeInfo", info)
    key = api.get("GetMapKeyType", type_, of=c_int)
    with api.held("TypeInfo", "GetMapValueType", type_) as inner:
        if api.get("GetOnnxTypeFromTypeInfo", inner, of=c_int) != TENSOR or key not in KINDS:
            raise ModelError(f"{place} is a map of other things than numbers or text")
        values = port(api, name, f"each value of {place}", inner)
    return Port(name, values.kind, None, keys=KINDS[key])


def _declared_shape(api: Api, info: Any) -> tuple[int | str, ...] | None:
    if not api.has_shape(info):
        return None
    found = sizes(api, info)
    names = (c_char_p * len(found))()
    api.call("GetSymbolicDimensions", info, names, len(found))
    return tuple(
        size if size >= 0 else _name((name or b"").decode())
        for size, name in zip(found, names, strict=True)
    )


def _name(written: str) -> str:
    """The name of a size that varies; empty where that is no name of one size."""
    named = any(map(str.isalpha, written)) and written.strip(" <>()[]").lower() not in NO_NAMES
    return written if named else ""
