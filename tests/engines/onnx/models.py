"""Models of a few nodes, made with onnx."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

OPSET, IR_VERSION = 17, 8
NUMERIC = [
    *("float16", "float32", "float64"),
    *("int8", "int16", "int32", "int64"),
    *("uint8", "uint16", "uint32", "uint64"),
]
Value = tuple[str, str, Sequence[int | str] | None]  # name, type, shape


def onnx_type(name: str) -> int:
    """ONNX's number of a type, such as `float32`."""
    dtype = np.dtype(object if name == "string" else name)
    return helper.np_dtype_to_tensor_dtype(dtype)


def save(
    path: Path, nodes: Sequence[Any], inputs: Sequence[Value], outputs: Sequence[Value]
) -> Path:
    """Write a model of these nodes."""
    graph = helper.make_graph(nodes, "test", _values(inputs), _values(outputs))
    save_graph(path, graph)
    return path


def _values(side: Sequence[Value]) -> list[onnx.ValueInfoProto]:
    return [
        helper.make_tensor_value_info(name, onnx_type(kind), shape) for name, kind, shape in side
    ]


def save_graph(path: Path, graph: onnx.GraphProto) -> None:
    """Write a model of this graph."""
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", 3)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION), path)


def identity(path: Path, kind: str, shape: Sequence[int | str] | None) -> Path:
    """A model that answers its input x as its output y."""
    node = helper.make_node("Identity", ["x"], ["y"])
    return save(path, [node], [("x", kind, shape)], [("y", kind, shape)])


def addition(path: Path, left: Sequence[int | str], right: Sequence[int | str]) -> Path:
    """A model that adds its inputs a and b, in float32, with numpy's broadcasting."""
    node = helper.make_node("Add", ["a", "b"], ["sum"])
    inputs = [("a", "float32", left), ("b", "float32", right)]
    return save(path, [node], inputs, [("sum", "float32", [""] * max(len(left), len(right)))])


def picky(path: Path) -> Path:
    """A model that takes 77 numbers, but does not say so in its input's shape, `[N]`."""
    nodes = [
        helper.make_node("Constant", [], ["table"], value_ints=[7, 11]),
        helper.make_node("Reshape", ["x", "table"], ["y"]),
    ]
    return save(path, nodes, [("x", "float32", ["N"])], [("y", "float32", [7, 11])])


def sequence(path: Path) -> Path:
    """A model whose output is a sequence of tensors."""
    graph = helper.make_graph(
        [helper.make_node("SequenceConstruct", ["x"], ["parts"])],
        "test",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2])],
        [helper.make_tensor_sequence_value_info("parts", TensorProto.FLOAT, None)],
    )
    save_graph(path, graph)
    return path
