import base64
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import helper

from tests.engines.onnx.models import NUMERIC, addition, picky, save
from tests.model_directory import REPOSITORY, example, import_app, post
from tests.serving.recorded import Reply, reply_of, request

from .conftest import MakeApp

README = (REPOSITORY / "onnx-example/README.md").read_text()
APP = import_app("onnx-example")["app"]
Echo = Callable[..., ModuleType]


def raw(array: NDArray[Any]) -> dict[str, Any]:
    """An array in the base64 form."""
    return {"shape": list(array.shape), "base64": base64.b64encode(array.tobytes()).decode()}


def send(app: ModuleType, **inputs: Any) -> Reply:
    return post(app.handler, json.dumps(inputs))


def refusal(app: ModuleType, **inputs: Any) -> str:
    """The message of the 400 that inputs get."""
    reply = send(app, **inputs)
    assert reply.status == 400, reply.body
    message: str = reply.body["message"]
    return message


def test_the_example_is_answered_as_it_says() -> None:
    expected = example("onnx-example")
    reply = send(APP, **expected["request"])
    assert reply.status == 200
    assert reply.body["species"] == expected["answer"]["species"]
    close = pytest.approx(np.array(expected["answer"]["probabilities"]), abs=expected["tolerance"])
    assert np.array(reply.body["probabilities"]) == close


def test_the_readme_shows_the_real_answers() -> None:
    requests = [example("onnx-example")["request"]]
    requests.append({"measurements": raw(np.array([[39.1, 18.7, 181, 3750]], np.float32))})
    for body in requests:
        assert json.dumps(body) in README
        assert json.dumps(send(APP, **body).body, separators=(",", ":")) in README


@pytest.mark.parametrize(
    "body",
    [
        '{"measurements": [[1, 2, "3", 4]]}',
        '{"measurements": [[1, 2, 3]]}',
        '{"measurements": [1, 2, 3, 4]}',
        '{"measurements": [[1, 2, 1e39, 4]]}',
        '{"measurements": NaN}',
        '{"x": 1}',
        '{"measurements": {"shape": [1, 3], "base64": ""}}',
        '{"measurements": {"shape": [1, 4], "base64": "AAAAAAAAAAAAAAAAAAAA"}}',
    ],
)
def test_the_readme_has_the_message_of_each_error(body: str) -> None:
    reply = post(APP.handler, body)
    assert reply.status == 400
    assert f"`{reply.body['message']}`" in README


@pytest.mark.parametrize("kind", NUMERIC)
def test_both_ends_of_a_type_s_range_come_back_as_they_went(echo: Echo, kind: str) -> None:
    limits: Any = np.finfo(kind) if kind.startswith("f") else np.iinfo(kind)
    array = np.array([[limits.min, 1, limits.max]], dtype=kind)
    app = echo(kind, ["N", 3])
    assert send(app, x=array.tolist()).body == {"y": array.tolist()}
    assert send(app, x=raw(array)).body == {"y": raw(array)}


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


def test_booleans_are_true_and_false_and_no_numbers(echo: Echo) -> None:
    app = echo("bool", ["N"])
    array = np.array([True, False, True])
    assert send(app, x=[True, False, True]).body == {"y": [True, False, True]}
    assert send(app, x=raw(array)).body == {"y": raw(array)}
    assert refusal(app, x=[True, 1]) == "x[1]: expected bool, got int"
    assert (
        refusal(app, x=raw(np.array([0, 2], np.uint8)))
        == "x.base64: each byte of a bool must be 0 or 1"
    )


def test_text_comes_back_as_it_went(echo: Echo) -> None:
    texts = [["", "Straße", "日本"], ["🐧", '"\\', "a\nb"]]
    assert send(echo("string", ["N", 3]), x=texts).body == {"y": texts}


def test_text_has_no_base64_form_and_no_nul(echo: Echo) -> None:
    app = echo("string", ["N", 2])
    assert refusal(app, x={"shape": [1], "base64": ""}) == "x: expected array, got object"
    assert (
        refusal(app, x=[["a", "b"], ["c", "d\0e"]])
        == "x[1][1]: the character U+0000 is not allowed"
    )


def test_a_scalar_is_the_bare_value(echo: Echo) -> None:
    app = echo("float32", [])
    assert send(app, x=1.5).body == {"y": 1.5}
    assert send(app, x=raw(np.array(1.5, np.float32))).body == {"y": raw(np.array(1.5, "f4"))}
    assert refusal(app, x=[1.5]).startswith("x: expected ")


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (1, 2, 3, 4)])
def test_a_model_of_any_shape_takes_each(echo: Echo, shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).standard_normal(shape)
    app = echo("float64", None)
    assert send(app, x=array.tolist()).body == {"y": array.tolist()}
    assert send(app, x=raw(array)).body == {"y": raw(array)}


def test_lists_and_numbers_mixed_are_refused_with_their_place(echo: Echo) -> None:
    app = echo("float32", None)
    assert refusal(app, x=[1, [2]]) == "x[1]: expected one element, as in x[0]"
    assert refusal(app, x=[[1, 2], 3]) == "x[1]: expected a list of 2, as in x[0]"


def test_ragged_lists_are_refused_with_their_place(echo: Echo) -> None:
    app = echo("float32", ["N", "M", "K"])
    ragged = [[[1], [2]], [[3], [4, 5]]]
    assert refusal(app, x=ragged) == "x[1][1]: expected a list of 1, as in x[0][0]"


def test_what_is_not_finite_goes_in_base64_and_is_null_in_lists(
    tmp_path: Path, make_app: MakeApp
) -> None:
    inputs = [("x", "float32", ["N"])]
    app = make_app(
        save(
            tmp_path / "log.onnx",
            [helper.make_node("Log", ["x"], ["y"])],
            inputs,
            [("y", "float32", ["N"])],
        )
    )
    array = np.array([np.nan, np.inf, 1], np.float32)
    assert send(app, x=raw(array)).body == {"y": raw(np.array([np.nan, np.inf, 0], np.float32))}
    assert send(app, x=[-1, 0, 1]).body == {"y": [None, None, 0]}


def test_a_tensor_without_elements_goes_in_base64(echo: Echo) -> None:
    app = echo("float32", ["N", 4])
    empty = raw(np.zeros((0, 4), np.float32))
    assert send(app, x=empty).body == {"y": empty}
    assert refusal(app, x=[]) == "x: expected array of length >= 1"


def test_one_input_in_base64_makes_the_answer_base64(tmp_path: Path, make_app: MakeApp) -> None:
    app = make_app(addition(tmp_path / "add.onnx", ["N"], ["N"]))
    two = np.array([1, 2], np.float32)
    assert send(app, a=[1, 2], b=[1, 2]).body == {"sum": [2, 4]}
    assert send(app, a=raw(two), b=[1, 2]).body == {"sum": raw(two + two)}


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


def test_names_may_be_any_text(tmp_path: Path, make_app: MakeApp) -> None:
    node = helper.make_node("Identity", ["serving/x:0"], ["def"])
    model = save(
        tmp_path / "m.onnx", [node], [("serving/x:0", "int64", [2])], [("def", "int64", [2])]
    )
    app = make_app(model)
    assert send(app, **{"serving/x:0": [1, 2]}).body == {"def": [1, 2]}


def test_the_openapi_document_has_the_types_and_shapes_of_the_model(echo: Echo) -> None:
    event = request("rest", None, method="GET", path="/predict/openapi.json")
    schemas = reply_of(APP.handler(event, None)).body["components"]["schemas"]
    field = schemas["Request"]["properties"]["measurements"]
    assert field["description"] == "float32 of shape [N, 4]"
    assert field["anyOf"][0]["items"]["maxItems"] == 4
    assert {"species", "probabilities"} == schemas["Answer"]["properties"].keys()
    for kind in (*NUMERIC, "bool", "string"):
        assert reply_of(echo(kind, None).handler(event, None)).status == 200
