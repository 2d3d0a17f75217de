"""A small network of two outputs."""

from pathlib import Path

from onnx import TensorProto, helper, save


def halves(path: Path) -> Path:
    """Answers rows of two numbers with their halves, and a 1 for each row."""
    nodes = [
        helper.make_node("Mul", ["x", "point5"], ["half"]),
        helper.make_node("ReduceSum", ["x", "axes"], ["sum"], keepdims=0),
        helper.make_node("Abs", ["sum"], ["size"]),
        helper.make_node("Div", ["size", "size"], ["ratio"]),
        helper.make_node("Cast", ["ratio"], ["sign"], to=TensorProto.INT64),
    ]
    constants = [
        helper.make_tensor("point5", TensorProto.FLOAT, [], [0.5]),
        helper.make_tensor("axes", TensorProto.INT64, [1], [1]),
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 2])]
    outputs = [
        helper.make_tensor_value_info("half", TensorProto.FLOAT, ["N", 2]),
        helper.make_tensor_value_info("sign", TensorProto.INT64, ["N"]),
    ]
    graph = helper.make_graph(nodes, "halves", inputs, outputs, constants)
    opsets = [helper.make_opsetid("", 17)]
    save(helper.make_model(graph, opset_imports=opsets, ir_version=9), path)
    return path
