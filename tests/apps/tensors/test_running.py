import subprocess
import sys
from pathlib import Path

import pytest
from onnx import helper

from apps.tensors.running import Running
from engines.errors import ModelError
from engines.onnx import Session
from tests.engines.onnx.models import Value, optional, picky, save, scales
from tests.model_directory import REPOSITORY

MODEL = REPOSITORY / "onnx-example/app/model.onnx"


def refusal(path: Path) -> str:
    """What is said of a model that cannot be served."""
    with pytest.raises(ModelError) as error:
        Session(path)
    return str(error.value)


def test_a_model_that_is_missing_is_asked_for(tmp_path: Path) -> None:
    assert "model.onnx is missing: copy your model" in refusal(tmp_path / "model.onnx")


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_text("not a model")
    assert "model.onnx cannot be loaded: " in refusal(path)


def test_an_unknown_operator_is_named(tmp_path: Path) -> None:
    node = helper.make_node("Unheard", ["x"], ["y"])
    values = [("x", "float32", [1])], [("y", "float32", [1])]
    assert "Unheard" in refusal(save(tmp_path / "model.onnx", [node], *values))


def test_an_optional_input_is_refused_with_a_way_out(tmp_path: Path) -> None:
    message = refusal(optional(tmp_path / "model.onnx"))
    assert message.startswith("input x is optional, sparse or opaque: have the model take ")


def test_a_type_without_a_form_is_refused_with_a_way_out(tmp_path: Path) -> None:
    message = refusal(scales(tmp_path / "model.onnx"))
    assert message.startswith("output y has elements of ONNX's type 26") and "Cast" in message


def test_the_model_is_run_once_when_it_is_loaded() -> None:
    assert Running(Session(MODEL))._has_answered


def test_a_model_that_zeros_do_not_fit_is_loaded_all_the_same(tmp_path: Path) -> None:
    model = Running(Session(picky(tmp_path / "model.onnx")))
    assert not model._has_answered


def test_a_model_that_one_element_does_not_fit_is_warmed_up_with_more(tmp_path: Path) -> None:
    node = helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[5, 5])
    images: list[Value] = [("x", "float32", ["N", 1, "H", "W"])]
    path = save(tmp_path / "model.onnx", [node], images, [("y", "float32", ["N", 1, "", ""])])
    assert Running(Session(path))._has_answered


def test_the_model_needs_neither_numpy_nor_onnxruntime_s_package_nor_aws() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, app; print(*sys.modules)"],
        cwd=MODEL.parent,
        env={"PYTHONPATH": str(REPOSITORY)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert "engines.onnx.session" in loaded
    assert not {"numpy", "onnxruntime", "onnx", "json", "pathlib", "awslambdaric"} & set(loaded)
