"""Golden requests of models of tensors: random numbers that the library takes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import helper

from golden.tensors import main
from tests.engines.onnx.models import addition, identity, save_graph


def made(model: Path) -> tuple[list[dict[str, Any]], dict[str, Any], str]:
    """The cases, the golden request and what is told of a model."""
    folder = model.parent / "golden"
    main(["onnx", str(model), str(folder)])
    cases = json.loads((folder / "cases.json").read_bytes())
    example = json.loads((folder / "example.json").read_bytes())
    return cases, example, (folder / "found.txt").read_text()


def test_the_answer_is_the_library_s_and_the_first_request_is_small(tmp_path: Path) -> None:
    model = identity(tmp_path / "model.onnx", "float32", ["N", 4])
    cases, example, found = made(model)
    assert example["request"] == {"x": example["answer"]["y"]}
    assert np.shape(example["request"]["x"]) == (1, 4)
    assert {len(case["request"]["x"]) for case in cases} == {1, 3}
    assert "- `x`: float of shape [N, 4]" in found
    session = onnxruntime.InferenceSession(model)
    array = np.array(cases[-1]["request"]["x"], np.float32)
    (expected,) = session.run(None, {"x": array})
    assert np.array(cases[-1]["answer"]["y"], np.float32) == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["float64", "float16", "int64", "uint8", "bool", "string"])
def test_each_type_is_drawn(kind: str, tmp_path: Path) -> None:
    cases, example, _ = made(identity(tmp_path / "model.onnx", kind, [3]))
    assert example["request"] == {"x": example["answer"]["y"]}
    assert len({json.dumps(case["request"]) for case in cases}) > 1


def test_sizes_of_one_name_are_one_size(tmp_path: Path) -> None:
    cases, _, _ = made(addition(tmp_path / "model.onnx", ["N", 2], ["N", 2]))
    assert all(len(case["request"]["a"]) == len(case["request"]["b"]) for case in cases)


def test_many_elements_go_and_come_in_base64_with_their_type(tmp_path: Path) -> None:
    _, example, _ = made(identity(tmp_path / "model.onnx", "float32", [1, 3, 32, 32]))
    assert example["request"] == {"x": example["answer"]["y"]}
    assert example["request"]["x"]["type"] == "float32"
    assert example["request"]["x"]["shape"] == [1, 3, 32, 32]


def test_a_request_that_lambda_cannot_carry_is_named_with_the_way_out(tmp_path: Path) -> None:
    model = identity(tmp_path / "model.onnx", "float32", [1, 3, 640, 640])
    with pytest.raises(SystemExit, match=r"6\.55 MB in base64, and Lambda carries 6\.29"):
        made(model)


def test_a_model_that_takes_no_random_numbers_asks_for_a_request(tmp_path: Path) -> None:
    node = helper.make_node("Gather", ["t", "x"], ["y"])
    table = helper.make_tensor("t", 1, [2], [1.0, 2.0])
    # No code that is drawn is among them: the first one is 1,000,000.
    far = helper.make_tensor("far", 7, [1], [1_000_000])
    shifted = helper.make_node("Add", ["given", "far"], ["x"])
    given = [helper.make_tensor_value_info("given", 7, [1])]
    answer = [helper.make_tensor_value_info("y", 1, [1])]
    graph = helper.make_graph([shifted, node], "far", given, answer, [table, far])
    save_graph(tmp_path / "model.onnx", graph)
    with pytest.raises(SystemExit, match=r"write example\.json by hand"):
        made(tmp_path / "model.onnx")
