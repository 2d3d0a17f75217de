"""Models of a few nodes, made with onnx."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

OPSET, IR_VERSION = 21, 10
NUMERIC = [
    *("float16", "float32", "float64"),
    *("int8", "int16", "int32", "int64"),
    *("uint8", "uint16", "uint32", "uint64"),
]
Shape = Sequence[int | str | None] | None
Value = tuple[str, str | int, Shape]  # name, type, shape


def onnx_type(name: str | int) -> int:
    """ONNX's number of a type, such as `float32`; or the number itself."""
    if isinstance(name, int):
        return name
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


def save_graph(path: Path, graph: onnx.GraphProto, opset: int = OPSET) -> None:
    """Write a model of this graph."""
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION), path)


def identity(path: Path, kind: str | int, shape: Shape) -> Path:
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


def product(path: Path, shape: Shape, made: Shape) -> Path:
    """A model that multiplies its matrix x with itself, turned: y has a row for each of x's."""
    nodes = [
        helper.make_node("Transpose", ["x"], ["turned"], perm=[1, 0]),
        helper.make_node("MatMul", ["x", "turned"], ["y"]),
    ]
    return save(path, nodes, [("x", "float32", shape)], [("y", "float32", made)])


def zeros(path: Path, kind: str = "float32") -> Path:
    """A model that makes zeros of the shape, of two sizes, that it is given."""
    value = helper.make_tensor("value", onnx_type(kind), [1], [0])
    node = helper.make_node("ConstantOfShape", ["shape"], ["zeros"], value=value)
    return save(path, [node], [("shape", "int64", [2])], [("zeros", kind, [None, None])])


def _model(path: Path, nodes: Sequence[Any], inputs: Sequence[Any], outputs: Sequence[Any]) -> Path:
    save_graph(path, helper.make_graph(nodes, "test", inputs, outputs))
    return path


def _float(name: str, shape: Shape = (2,)) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def split(path: Path) -> Path:
    """A model that answers each row of its input x, of shape [N, 2], in a sequence `parts`."""
    node = helper.make_node("SplitToSequence", ["x"], ["parts"], axis=0, keepdims=0)
    parts = helper.make_tensor_sequence_value_info("parts", TensorProto.FLOAT, None)
    return _model(path, [node], [_float("x", ["N", 2])], [parts])


def joined(path: Path, kind: int = TensorProto.FLOAT) -> Path:
    """A model that puts the tensors of the sequence `parts` behind one another."""
    node = helper.make_node("ConcatFromSequence", ["parts"], ["y"], axis=0)
    parts = helper.make_tensor_sequence_value_info("parts", kind, [None])
    return _model(path, [node], [parts], [helper.make_tensor_value_info("y", kind, ["N"])])


def optional(path: Path) -> Path:
    """A model whose input is optional."""
    type_ = helper.make_optional_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, [2]))
    nodes = [helper.make_node("OptionalGetElement", ["x"], ["y"])]
    return _model(path, nodes, [helper.make_value_info("x", type_)], [_float("y")])


def zip_map(path: Path, **labels: Any) -> Path:
    """A model that names the numbers of its rows, as scikit-learn's ZipMap does.

    Args:
        path: the file to write.
        labels: `classlabels_int64s` or `classlabels_strings`.
    """
    ((attribute, names),) = labels.items()
    node = helper.make_node("ZipMap", ["x"], ["y"], domain="ai.onnx.ml", **labels)
    key = TensorProto.INT64 if "int64" in attribute else TensorProto.STRING
    value = helper.make_tensor_type_proto(TensorProto.FLOAT, None)
    map_ = helper.make_map_type_proto(key, value)
    named = helper.make_value_info("y", helper.make_sequence_type_proto(map_))
    return _model(path, [node], [_float("x", ["N", len(names)])], [named])


def from_map(path: Path, key: int, **vocabulary: Any) -> Path:
    """A model that makes a row of the map x from `key` to float32, by DictVectorizer."""
    node = helper.make_node("DictVectorizer", ["x"], ["y"], domain="ai.onnx.ml", **vocabulary)
    map_ = helper.make_map_type_proto(key, helper.make_tensor_type_proto(TensorProto.FLOAT, None))
    return _model(path, [node], [helper.make_value_info("x", map_)], [_float("y", [1, None])])


def scales(path: Path) -> Path:
    """A model that answers in `float8e8m0`, which ONNX has for scales alone."""
    return _cast(path, TensorProto.FLOAT, TensorProto.FLOAT8E8M0, round_mode="up")


def as_float32(path: Path, kind: str) -> Path:
    """A model that answers its input x, of a type by ONNX's name such as INT4, in float32."""
    return _cast(path, getattr(TensorProto, kind), TensorProto.FLOAT)


def _cast(path: Path, taken: int, given: int, **attributes: Any) -> Path:
    node = helper.make_node("Cast", ["x"], ["y"], to=given, **attributes)
    x, y = (
        helper.make_tensor_value_info(name, kind, ["N"])
        for name, kind in (("x", taken), ("y", given))
    )
    save_graph(path, helper.make_graph([node], "test", [x], [y]), opset=25)
    return path
