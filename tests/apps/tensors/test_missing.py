"""NaN: null in lists, both ways; what JSON does not have, and base64 does."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import helper

from tests.engines.onnx.models import save

from .calls import Echo, raw, refusal, send
from .conftest import MakeApp


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_null_is_nan_in_and_nan_is_null_out(tmp_path: Path, make_app: MakeApp, kind: str) -> None:
    nodes = [
        helper.make_node("IsNaN", ["x"], ["missing"]),
        helper.make_node("Identity", ["x"], ["y"]),
    ]
    outputs: Any = [("missing", "bool", ["N", 2]), ("y", kind, ["N", 2])]
    if kind == "float64":
        outputs, nodes = outputs[1:], nodes[1:]  # of which ONNX Runtime's IsNaN knows nothing
    app = make_app(save(tmp_path / "m.onnx", nodes, [("x", kind, ["N", 2])], outputs))
    body = send(app, x=[[1, None], [None, -2.5]]).body
    assert body["y"] == [[1, None], [None, -2.5]]
    assert body.get("missing", [[False, True], [True, False]]) == [[False, True], [True, False]]


@pytest.mark.parametrize("kind", ["int8", "int64", "uint64", "bool", "string"])
def test_what_has_no_nan_has_no_missing_value(echo: Echo, kind: str) -> None:
    assert refusal(echo(kind, ["N"]), x=[None]).endswith(", got null")


def test_what_is_not_finite_goes_in_base64_and_is_null_in_lists(
    tmp_path: Path, make_app: MakeApp
) -> None:
    node = helper.make_node("Log", ["x"], ["y"])
    values: Any = ([("x", "float32", ["N"])], [("y", "float32", ["N"])])
    app = make_app(save(tmp_path / "log.onnx", [node], *values))
    array = np.array([np.nan, np.inf, 1], np.float32)
    assert send(app, x=raw(array)).body == {"y": raw(np.array([np.nan, np.inf, 0], np.float32))}
    assert send(app, x=[-1, 0, 1, None]).body == {"y": [None, None, 0, None]}
