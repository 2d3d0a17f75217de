"""ONNX models with weights in files beside them."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from pipeline.errors import GivenError
from pipeline.given.onnx import is_onnx, weight_files


def saved(folder: Path, location: str, in_branch: bool = False) -> Path:
    """A model whose only weights are in a file, or those of a branch in it."""
    weights = numpy_helper.from_array(np.ones((4, 2), np.float32), "w")
    product = helper.make_node("MatMul", ["x", "w"], ["y"])
    inputs = [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["N", 4])]
    outputs = [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["N", 2])]
    nodes, tensors = [product], [weights]
    if in_branch:
        branch = helper.make_graph([product], "b", [], outputs, [weights])
        inputs.append(helper.make_tensor_value_info("c", onnx.TensorProto.BOOL, []))
        nodes = [helper.make_node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)]
        tensors = []
    graph = helper.make_graph(nodes, "g", inputs, outputs, tensors)
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 20)])
    onnx.save_model(
        model,
        folder / "model.onnx",
        save_as_external_data=True,
        location=location,
        size_threshold=0,
    )
    return folder / "model.onnx"


@pytest.mark.parametrize("in_branch", [False, True])
def test_the_file_of_the_weights_is_found(in_branch: bool, tmp_path: Path) -> None:
    path = saved(tmp_path, "model.onnx.data", in_branch)
    assert is_onnx(path)
    assert weight_files(path) == [tmp_path / "model.onnx.data"]


def test_a_model_with_its_weights_inside_needs_no_file() -> None:
    example = Path(__file__).resolve().parents[3] / "onnx-example" / "app" / "model.onnx"
    assert weight_files(example) == []


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    path = saved(tmp_path, "weights.bin")
    (tmp_path / "weights.bin").unlink()
    with pytest.raises(GivenError, match=r"names the file 'weights\.bin', which must lie in"):
        weight_files(path)


@pytest.mark.parametrize("name", [b"/etc/passwd", b"../passwords"])
def test_a_file_outside_the_folder_is_refused(name: bytes, tmp_path: Path) -> None:
    path = saved(tmp_path, "x" * len(name))
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    with pytest.raises(GivenError, match="leads out of its folder"):
        weight_files(path)
