"""What the app refuses, and with what words."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import helper

from tests.engines.onnx.models import NUMERIC, addition, picky, save
from tests.model_directory import post

from .calls import APP, README, Echo, raw, refusal, send
from .conftest import MakeApp


@pytest.mark.parametrize(
    "body",
    [
        '{"measurements": [[1, 2, "3", 4]]}',
        '{"measurements": [[1, 2, 3]]}',
        '{"measurements": [1]}',
        '{"measurements": [[1, 2, 1e39, 4]]}',
        '{"measurements": NaN}',
        '{"x": 1}',
        '{"measurements": {"shape": [1, 3], "base64": ""}}',
        '{"measurements": {"shape": [1, 4], "base64": "AAAAAAAAAAAAAAAAAAAA"}}',
        '{"measurements": {"shape": [0, 4], "base64": ""}}',
    ],
)
def test_the_readme_has_the_message_of_each_error(body: str) -> None:
    reply = post(APP.handler, body)
    assert reply.status == 400
    assert f"`{reply.body['message']}`" in README


@pytest.mark.parametrize("kind", [kind for kind in NUMERIC if "int" in kind])
def test_a_whole_number_beyond_its_type_is_refused_with_its_place(echo: Echo, kind: str) -> None:
    app = echo(kind, ["N", 2])
    for beyond in (int(np.iinfo(kind).min) - 1, int(np.iinfo(kind).max) + 1):
        assert refusal(app, x=[[0, 0], [0, beyond]]).startswith("x[1][1]: expected ")


@pytest.mark.parametrize(("kind", "beyond"), [("float16", 65536), ("float32", 1e39)])
def test_a_number_beyond_its_type_is_refused_with_its_place(
    echo: Echo, kind: str, beyond: float
) -> None:
    app = echo(kind, [2])
    for sign in (1, -1):
        assert refusal(app, x=[0, sign * beyond]).startswith("x[1]: expected float ")


@pytest.mark.parametrize("kind", [kind for kind in NUMERIC if "int" in kind])
def test_a_fraction_is_no_whole_number(echo: Echo, kind: str) -> None:
    assert refusal(echo(kind, [2]), x=[1, 1.5]).startswith("x[1]: expected int")


def test_lists_and_numbers_mixed_are_refused_with_their_place(echo: Echo) -> None:
    app = echo("float32", None)
    assert refusal(app, x=[1, [2]]) == "x[1]: expected one element, as in x[0]"
    assert refusal(app, x=[[1, 2], 3]) == "x[1]: expected a list of 2, as in x[0]"


def test_ragged_lists_are_refused_with_their_place(echo: Echo) -> None:
    app = echo("float32", ["N", "M", "K"])
    ragged = [[[1], [2]], [[3], [4, 5]]]
    assert refusal(app, x=ragged) == "x[1][1]: expected a list of 1, as in x[0][0]"


def test_sizes_of_one_name_must_be_equal(tmp_path: Path, make_app: MakeApp) -> None:
    app = make_app(addition(tmp_path / "add.onnx", ["N"], ["N"]))
    message = refusal(app, a=[1, 2], b=[1, 2, 3])
    assert message == "b: its size N is 3 in dimension 0, and 2 in a"
    assert f"`{message}`" in README


def test_what_the_model_refuses_is_told_without_its_insides(
    tmp_path: Path, make_app: MakeApp
) -> None:
    app = make_app(addition(tmp_path / "add.onnx", ["N", "M"], ["K"]))
    message = refusal(app, a=[[1, 2, 3], [4, 5, 6]], b=[1, 2, 3, 4])
    assert message == "the model cannot compute these values or shapes: a [2, 3], b [4]"
    assert f"`{message}`" in README
    assert send(app, a=[[1, 2]], b=[3, 4]).body == {"sum": [[4, 6]]}


def test_a_model_that_never_answered_is_at_fault_itself(tmp_path: Path, make_app: MakeApp) -> None:
    app = make_app(picky(tmp_path / "picky.onnx"))
    assert send(app, x=[1, 2, 3]).status == 500
    assert send(app, x=[*range(77)]).status == 200
    assert send(app, x=[1, 2, 3]).status == 400


def test_a_lack_of_memory_is_no_fault_of_the_request(tmp_path: Path, make_app: MakeApp) -> None:
    node = helper.make_node("ConstantOfShape", ["shape"], ["zeros"])
    values = [("shape", "int64", [2])], [("zeros", "float32", ["N", "M"])]
    app = make_app(save(tmp_path / "zeros.onnx", [node], *values))
    assert send(app, shape=[1, 2]).body == {"zeros": [[0, 0]]}
    assert send(app, shape=[10**8, 10**8]).status == 500


def test_an_answer_of_nothing_but_empty_lists_is_too_large_too(
    tmp_path: Path, make_app: MakeApp
) -> None:
    node = helper.make_node("ConstantOfShape", ["shape"], ["zeros"])
    values = [("shape", "int64", [2])], [("zeros", "float32", ["N", "M"])]
    app = make_app(save(tmp_path / "zeros.onnx", [node], *values))
    assert send(app, shape=[3, 0]).body == {"zeros": [[], [], []]}
    assert send(app, shape=[2**31, 0]).status == 413


def test_an_answer_beyond_what_lambda_carries_is_refused(tmp_path: Path, make_app: MakeApp) -> None:
    app = make_app(addition(tmp_path / "add.onnx", ["N", 1], ["M"]))
    column, row = np.zeros((2000, 1), np.float32), np.zeros(2000, np.float32)
    for reply in (
        send(app, a=raw(column), b=raw(row)),
        send(app, a=column.tolist(), b=row.tolist()),
    ):
        assert reply.status == 413
        assert reply.body["message"].startswith("sum: float32 of shape [2000, 2000] is larger")


RAW_FAULTS: dict[str, tuple[Any, str]] = {
    "too few bytes": (
        {"shape": [1, 4], "base64": "AAAA"},
        "measurements.base64: expected 16 bytes",
    ),
    "too many dimensions": ({"shape": [1, 4, 1], "base64": ""}, "measurements.shape: expected 2"),
    "another size": ({"shape": [1, 5], "base64": ""}, "measurements.shape[1]: expected 4, got 5"),
    "a negative size": (
        {"shape": [-1, 4], "base64": ""},
        "measurements.shape[0]: expected int >= 0",
    ),
    "a huge size": ({"shape": [2**31, 4], "base64": ""}, "measurements.base64: expected"),
    "no base64": ({"shape": [1, 4], "base64": "?"}, "measurements.base64: invalid base64"),
    "no shape": ({"base64": ""}, "measurements: object missing required field shape"),
    "another field": (
        {"shape": [0, 4], "base64": "", "n": 1},
        "measurements: object contains unknown",
    ),
}


@pytest.mark.parametrize(("value", "message"), RAW_FAULTS.values(), ids=RAW_FAULTS)
def test_a_fault_of_the_base64_form_is_refused_with_its_place(value: Any, message: str) -> None:
    assert refusal(APP, measurements=value).startswith(message)


def test_a_tensor_of_open_rank_has_eight_dimensions_at_most(echo: Echo) -> None:
    app = echo("float32", None)
    assert send(app, x={"shape": [1] * 8, "base64": "AAAAAA=="}).status == 200
    for shape in ([1] * 9, [2**31] * 300_000):
        message = refusal(app, x={"shape": shape, "base64": "AAAAAA=="})
        assert message == "x.shape: expected at most 8 numbers"
