"""Sequences and maps: ONNX Runtime's values made of them, and read.

Imported when a model takes or gives one, as scikit-learn's classifiers with their ZipMap do.
"""

from ctypes import c_size_t, c_void_p
from typing import Any

from engines.onnx.api import Api
from engines.onnx.values import Values
from engines.tensor import Port, Tensor

SEQUENCE, MAP = 2, 3  # ONNXType


def make(api: Api, values: Values, port: Port, tensor: Tensor) -> Any:
    """Make a value for a port of any type; release it.

    Raises:
        RunError: ONNX Runtime cannot make it.
    """
    if not port.items and not port.keys:
        return values.make(port.kind, tensor)
    ports = [port.items] * len(tensor.content) if port.items else [_keys(port), _values(port)]
    made: list[Any] = []
    content: Any = tensor.content
    try:
        for part_port, part in zip(ports, content, strict=True):
            made.append(make(api, values, part_port, part))
        pointers = (c_void_p * len(made))(*made)
        return api.get("CreateValue", pointers, len(made), SEQUENCE if port.items else MAP)
    finally:
        for value in made:
            api.release("Value", value)


def read(api: Api, values: Values, port: Port, value: Any) -> Tensor:
    """Copy what a value of a port's type has."""
    if not port.items and not port.keys:
        return values.read(value)
    count = api.get("GetValueCount", value, of=c_size_t)
    ports = [port.items] * count if port.items else [_keys(port), _values(port)]
    content = []
    for index, part in enumerate(ports):
        with api.held("Value", "GetValue", value, index, values.allocator) as item:
            content.append(read(api, values, part, item))
    return Tensor((len(content),), content)


def _keys(port: Port) -> Port:
    return Port(port.name, port.keys or port.kind, ("",))


def _values(port: Port) -> Port:
    return Port(port.name, port.kind, ("",))
