import base64
import json
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from onnx import helper

from tests.engines.onnx.models import NUMERIC, addition, save
from tests.model_directory import example
from tests.serving.recorded import reply_of, request

from .calls import APP, README, Echo, raw, refusal, send
from .conftest import MakeApp


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


@pytest.mark.parametrize("kind", NUMERIC)
def test_both_ends_of_a_type_s_range_come_back_as_they_went(echo: Echo, kind: str) -> None:
    limits: Any = np.finfo(kind) if kind.startswith("f") else np.iinfo(kind)
    array = np.array([[limits.min, 1, limits.max]], dtype=kind)
    app = echo(kind, ["N", 3])
    assert send(app, x=array.tolist()).body == {"y": array.tolist()}
    assert send(app, x=raw(array)).body == {"y": raw(array)}


def test_booleans_are_true_and_false_and_no_numbers(echo: Echo) -> None:
    app = echo("bool", ["N"])
    array = np.array([True, False, True])
    assert send(app, x=[True, False, True]).body == {"y": [True, False, True]}
    assert send(app, x=raw(array)).body == {"y": raw(array)}
    assert refusal(app, x=[True, 1]) == "x[1]: expected bool, got int"
    assert (
        refusal(app, x={**raw(np.array([0, 2], np.uint8)), "type": "bool"})
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


def test_the_type_may_be_left_out_and_must_be_the_model_s(echo: Echo) -> None:
    app, array = echo("float32", ["N"]), np.array([1.5], np.float32)
    without = {name: value for name, value in raw(array).items() if name != "type"}
    assert send(app, x=without).body == {"y": raw(array)}
    wrong = raw(array.view(np.int32))
    assert refusal(app, x=wrong) == "x.type: expected float32, got int32"


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (1, 2, 3, 4)])
def test_a_model_of_any_shape_takes_each(echo: Echo, shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).standard_normal(shape)
    app = echo("float64", None)
    assert send(app, x=array.tolist()).body == {"y": array.tolist()}
    assert send(app, x=raw(array)).body == {"y": raw(array)}


def test_one_input_in_base64_makes_the_answer_base64(tmp_path: Path, make_app: MakeApp) -> None:
    app = make_app(addition(tmp_path / "add.onnx", ["N"], ["N"]))
    two = np.array([1, 2], np.float32)
    assert send(app, a=[1, 2], b=[1, 2]).body == {"sum": [2, 4]}
    assert send(app, a=raw(two), b=[1, 2]).body == {"sum": raw(two + two)}


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
    validator = Draft202012Validator({**field, "components": {"schemas": schemas}})
    for shape, taken in (([2, 4], True), ([0, 4], False), ([2, 3], False), ([4], False)):
        body = {"shape": shape, "base64": base64.b64encode(bytes(4 * prod(shape))).decode()}
        assert validator.is_valid(body) == taken
        assert (send(APP, measurements=body).status == 200) == taken
    assert {"species", "probabilities"} == schemas["Answer"]["properties"].keys()
    for kind in (*NUMERIC, "bool", "string"):
        assert reply_of(echo(kind, None).handler(event, None)).status == 200
