"""Tensors without elements, and what many elements, or the sizes of none, may cost."""

import json
import time
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

import numpy as np
import pytest
from onnx import helper

from tests.engines.onnx.models import product, save, zeros
from tests.model_directory import post

from .calls import APP, README, Echo, raw, refusal, send
from .conftest import MakeApp

NONE = {"shape": [40_000, 0], "base64": ""}


def empty(*shape: int) -> Any:
    return raw(np.zeros(shape, np.float32))


@pytest.mark.timing
def test_sizes_that_cost_a_caller_nothing_cost_hardly_more(
    tmp_path: Path, make_app: MakeApp
) -> None:
    app = make_app(product(tmp_path / "m.onnx", ["N", "K"], ["N", "N"]))
    before, started = getrusage(RUSAGE_SELF).ru_maxrss, time.process_time()
    message = refusal(app, x=NONE)
    assert message == "x.shape[1]: expected at least 1, got 0"
    assert time.process_time() - started < 0.1
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 10_000  # KiB; the product has 6.4 GB


@pytest.mark.timing
@pytest.mark.parametrize("made", [["N", "N"], [None, None], None])
@pytest.mark.parametrize("form", [raw, np.ndarray.tolist])
def test_an_answer_too_large_by_the_shapes_is_refused_before_it_is_computed(
    tmp_path: Path, make_app: MakeApp, made: Any, form: Any
) -> None:
    app = make_app(product(tmp_path / "m.onnx", ["N", "K"], made))
    body = json.dumps({"x": form(np.ones((40_000, 1), np.float32))})
    before, started = getrusage(RUSAGE_SELF).ru_maxrss, time.process_time()
    reply = post(app.handler, body)
    assert reply.status == 413
    assert reply.body["message"] == (
        "y: float32 of shape [40000, 40000] is larger than Lambda carries (6 MB)"
    )
    assert time.process_time() - started < 0.5
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 50_000


def test_what_fits_is_computed(tmp_path: Path, make_app: MakeApp) -> None:
    app = make_app(product(tmp_path / "m.onnx", ["N", "K"], ["N", "N"]))
    assert send(app, x=[[1, 2], [3, 4]]).body == {"y": [[5, 11], [11, 25]]}
    assert send(app, x=raw(np.ones((1086, 1), np.float32))).status == 200
    assert send(app, x=raw(np.ones((1087, 1), np.float32))).status == 413


def test_all_outputs_together_are_what_lambda_carries(tmp_path: Path, make_app: MakeApp) -> None:
    nodes = [helper.make_node("Identity", ["x"], [name]) for name in "yz"]
    outputs = [(name, "float32", ["N"]) for name in "yz"]
    app = make_app(save(tmp_path / "m.onnx", nodes, [("x", "float32", ["N"])], outputs))
    half = np.zeros(600_000, np.float32)
    reply = send(app, x=raw(half))
    assert (reply.status, reply.body["message"][:8]) == (413, "z: float")
    assert send(app, x=raw(half[:580_000])).status == 200


@pytest.mark.timing
def test_an_answer_whose_shape_only_the_values_tell_is_refused_before_it_is_encoded(
    tmp_path: Path, make_app: MakeApp
) -> None:
    app = make_app(zeros(tmp_path / "zeros.onnx"))
    assert send(app, shape=[1, 2]).body == {"zeros": [[0, 0]]}
    started = time.process_time()
    assert send(app, shape=[3000, 3000]).status == 413
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("shape", "lists"),
    [
        ([0], []),
        ([0, 4], []),
        ([2, 0], [[], []]),
        ([2, 0, 4], [[], []]),
        ([1, 2, 0], [[[], []]]),
        ([0, 0], []),
    ],
)
def test_where_the_model_fixes_0_both_forms_have_no_element(
    echo: Echo, shape: list[int], lists: Any
) -> None:
    app = echo("float32", shape)
    assert send(app, x=lists).body == {"y": lists}
    assert send(app, x=empty(*shape)).body == {"y": empty(*shape)}
    assert send(app, x=[*lists, 1]).status == 400


def test_a_model_computes_with_a_size_of_0(tmp_path: Path, make_app: MakeApp) -> None:
    node = helper.make_node("Concat", ["x", "y"], ["z"], axis=1)
    inputs: Any = [("x", "float32", [2, 0]), ("y", "float32", [2, "K"])]
    app = make_app(save(tmp_path / "m.onnx", [node], inputs, [("z", "float32", [2, "K"])]))
    assert send(app, x=[[], []], y=[[1], [2]]).body == {"z": [[1], [2]]}


def test_a_list_of_open_length_may_be_empty_and_a_batch_not(echo: Echo) -> None:
    app = echo("float32", ["N"])
    assert send(app, x=[]).body == {"y": []}
    assert send(app, x=empty(0)).body == {"y": empty(0)}
    app = echo("float32", ["N", 4])
    assert refusal(app, x=[]) == "x: expected array of length >= 1"
    assert refusal(app, x=empty(0, 4)) == "x.shape[0]: expected at least 1, got 0"


def test_a_tensor_of_any_shape_may_be_an_empty_list(echo: Echo) -> None:
    app = echo("float32", None)
    assert send(app, x=[]).body == {"y": []}
    assert send(app, x=empty(0)).body == {"y": empty(0)}
    assert send(app, x=[[]]).status == 400
    assert refusal(app, x=empty(9, 0)) == "x.shape[1]: expected at least 1, got 0"


def test_an_open_size_beside_one_that_is_0_is_told_by_base64_alone(echo: Echo) -> None:
    app = echo("float32", [0, "N"])
    message = "x: lists cannot show all sizes of float32 of shape [0, N], send base64"
    assert refusal(app, x=[]) == message
    assert f"`{message}`" in README
    assert send(app, x=empty(0, 3)).body == {"y": empty(0, 3)}


def test_the_sizes_of_a_tensor_without_elements_are_limited(echo: Echo) -> None:
    app = echo("float32", ["N", 0])
    assert send(app, x=empty(4096, 0)).status == 200
    rule = "the sizes beside 0 may multiply to 4096 at most, got the shape [4097, 0]"
    assert refusal(app, x=empty(4097, 0)) == f"x: {rule}"
    assert refusal(app, x=[[]] * 4097) == f"x: {rule}"
    assert f"`x: {rule}`" in README


def test_the_example_takes_no_batch_of_nothing() -> None:
    assert refusal(APP, measurements=empty(0, 4)) == (
        "measurements.shape[0]: expected at least 1, got 0"
    )
