"""What the Open Inference Protocol's door refuses, and how, and what no client sends."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from onnx import TensorProto, helper

from apps.tensors import serve
from engines.onnx import Session
from tests.engines.onnx.models import identity, save

from .models import xgboost_model
from .onnx_model import halves
from .served import Handler, ask, tabular

INFER = "/v2/models/model/infer"
OCTETS = "application/octet-stream"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def network(folder: Path) -> Handler:
    return serve(Session(halves(folder / "halves.onnx")))


def x(**changes: Any) -> dict[str, Any]:
    """The network's input, changed."""
    return {"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2], **changes}


def in_bytes(document: Any, *contents: bytes, length: str = "", **headers: str) -> dict[str, Any]:
    """A request whose tensors are bytes behind the JSON, for `ask`."""
    head = json.dumps(document).encode()
    sent = {"Inference_Header_Content_Length": length or str(len(head))}
    return {"body": head + b"".join(contents), "content_type": OCTETS, **sent, **headers}


def behind(size: int, **changes: Any) -> dict[str, Any]:
    """The network's input, whose elements are bytes behind the JSON."""
    given = x(parameters={"binary_data_size": size}, **changes)
    return {name: value for name, value in given.items() if name != "data"}


def error(app: Handler, **asked: Any) -> str:
    reply = ask(app, INFER, **asked)
    assert reply.status == 400, reply
    message: str = reply.body["error"]
    return message


@pytest.mark.parametrize("data", [[1, 2], [[1, 2]], [[1.0, 2.0]]])
def test_data_is_one_list_or_lists_as_the_shape_has_them(network: Handler, data: Any) -> None:
    answer = ask(network, INFER, {"inputs": [x(data=data)]}).body
    half, sign = answer["outputs"]
    assert half == {"name": "half", "datatype": "FP32", "shape": [1, 2], "data": [0.5, 1]}
    assert sign == {"name": "sign", "datatype": "INT64", "shape": [1], "data": [1]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (x(name="y"), "inputs: expected x, each once, got y"),
        (x(datatype="FP64"), "x: expected float32 of shape [N, 2], got float64"),
        (x(datatype="FP8"), "inputs[0].datatype: expected one of FP32, "),
        (x(shape=[2, 2]), "x.data: expected 4 elements, of shape [2, 2], got 2"),
        (x(shape=[2, 1]), "x.shape[1]: expected 2, got 1"),
        (x(shape=[2**31] * 33), "inputs[0].shape: expected array of length <= 32"),
        (x(data=[[1], [2]]), "x.data: expected one list, or lists in lists as in [1, 2]"),
        (x(data=[1, "2"]), "x.data[1]: expected float | null, got str"),
        (x(data=[1, 1e39]), "x.data[1]: expected float <= 3.4"),
        (x(shape=[-1, 2]), "inputs[0].shape[0]: expected int >= 0"),
        (x(parameters={"shared_memory_region": "a"}), "the parameter shared_memory_region is not"),
        (x(parameters={"content_type": "base64"}), "content_type base64 is not supported"),
        ({"name": "x", "shape": [1, 2], "datatype": "FP32"}, "x: give data, or binary_data_size"),
        ({"name": "x"}, "inputs[0]: object missing required field shape"),
    ],
)
def test_an_input_that_breaks_the_protocol_is_refused(
    network: Handler, given: Any, said: str
) -> None:
    assert error(network, body={"inputs": [given]}).startswith(said)


def test_only_the_outputs_that_are_asked_for_are_answered(network: Handler) -> None:
    asked = {"inputs": [x()], "outputs": [{"name": "sign"}]}
    assert [one["name"] for one in ask(network, INFER, asked).body["outputs"]] == ["sign"]
    asked["outputs"] = [{"name": "z"}]
    assert error(network, body=asked) == "there is no output z, but half, sign"
    asked["outputs"] = [{"name": "sign"}, {"name": "sign"}]
    assert error(network, body=asked) == "outputs: a name is there twice"
    asked["outputs"] = [{"name": "sign", "parameters": {"classification": 2}}]
    assert error(network, body=asked) == "the parameter classification is not supported"
    refused = {"inputs": [x()], "parameters": {"sequence_id": 3}}
    assert error(network, body=refused) == "the parameter sequence_id is not supported"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            in_bytes({"inputs": [behind(8)]}, bytes(7)),
            "x: binary_data_size: expected at most the 7",
        ),
        (in_bytes({"inputs": [behind(8)]}, bytes(9)), "1 bytes are left after those of"),
        (in_bytes({"inputs": [behind(4)]}, bytes(4)), "x: FP32 of shape [1, 2] has 8 bytes"),
        (in_bytes({"inputs": [behind(8, data=[1, 2])]}, bytes(8)), ""),
        (in_bytes({"inputs": [behind(-1)]}), "x: binary_data_size: expected at most"),
        (in_bytes({"inputs": [x()]}, length="9999"), "Inference-Header-Content-Length: expected"),
        (in_bytes({"inputs": [x()]}, length="9" * 5000), "Inference-Header-Content-Length: exp"),
        (in_bytes({"inputs": [x()]}, length="-1"), "Inference-Header-Content-Length: expected"),
    ],
)
def test_bytes_that_do_not_fit_are_refused(network: Handler, asked: Any, said: str) -> None:
    if said:
        assert error(network, **asked).startswith(said)
    else:
        assert ask(network, INFER, **asked).status == 200


def test_data_and_bytes_at_once_are_refused(network: Handler) -> None:
    given = x(parameters={"binary_data_size": 8})
    assert error(network, **in_bytes({"inputs": [given]}, bytes(8))).startswith("x: give data or")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (struct.pack("<I1sI1s", 1, b"a", 1, b"b"), None),
        (struct.pack("<I1sI1s", 1, b"a", 2, b"b"), "x: expected 2 elements of BYTES"),
        (struct.pack("<I1s", 1, b"a"), "x: expected 2 elements of BYTES"),
        (struct.pack("<I1sI1s", 1, b"a", 1, b"\xff"), "x: an element is not UTF-8"),
        (struct.pack("<I1sI1s", 1, b"a", 1, b"\0"), "x[1]: the character U+0000 is not allowed"),
    ],
)
def test_texts_are_bytes_after_their_lengths(
    folder: Path, content: bytes, said: str | None
) -> None:
    app = serve(Session(identity(folder / "texts.onnx", "string", ["N"])))
    given = behind(len(content), shape=[2], datatype="BYTES")
    asked = in_bytes({"inputs": [given]}, content)
    if said:
        assert error(app, **asked).startswith(said)
    else:
        assert ask(app, INFER, **asked).body["outputs"][0]["data"] == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "datatype", "data", "said"),
    [
        ("uint64", "UINT64", [1, 2**64], f"x[1]: expected uint64 <= {2**64 - 1}"),
        ("string", "BYTES", ["a", None], "x.data[1]: expected text, got null"),
    ],
)
def test_an_element_that_its_datatype_does_not_hold_is_refused(
    folder: Path, kind: str, datatype: str, data: list[Any], said: str
) -> None:
    app = serve(Session(identity(folder / f"{kind}.onnx", kind, ["N"])))
    assert error(app, body={"inputs": [x(shape=[2], datatype=datatype, data=data)]}) == said
    held = {"inputs": [x(shape=[1], datatype=datatype, data=data[:1])]}
    assert ask(app, INFER, held).body["outputs"][0]["data"] == data[:1]


def test_a_model_that_the_protocol_cannot_say_is_refused_by_name(folder: Path) -> None:
    node = helper.make_node("Cast", ["x"], ["y"], to=TensorProto.FLOAT)
    made = save(folder / "narrow.onnx", [node], [("x", "uint4", ["N"])], [("y", "float32", ["N"])])
    app = serve(Session(made))
    said = "x is uint4 of shape [N], which this protocol cannot say: see the model's path"
    assert error(app, body={"inputs": [x()]}) == said
    assert ask(app, "/v2/models/model").body == {"error": said}


def test_nan_is_null_in_json_and_itself_in_bytes(network: Handler) -> None:
    answer = ask(network, INFER, {"inputs": [x(data=[None, 2])]}).body
    assert answer["outputs"][0]["data"] == [None, 1]
    nan = struct.pack("<2f", float("nan"), 2)
    answer = ask(network, INFER, **in_bytes({"inputs": [behind(8)]}, nan)).body
    assert answer["outputs"][0]["data"] == [None, 1]


def test_the_inputs_of_a_model_of_rows_are_told_apart_by_their_shapes(folder: Path) -> None:
    trained = xgboost_model(folder, 0)
    app = tabular(trained.engine, trained.card, folder)
    names = [column.name for column in trained.card.columns]
    many = [x(name=name, shape=[1], data=[5]) for name in names]
    one = x(name="anything", shape=[1, 3], data=[5, 5, 5])
    answers = [ask(app, INFER, {"inputs": given}).body["outputs"] for given in (many, [one])]
    assert answers[0] == answers[1]
    said = error(app, body={"inputs": [many[0], many[1], {**many[2], "shape": [1, 1, 1]}]})
    assert said.startswith("rooms: expected the shape [N] or [N, 1], with the same N for each")
    assert "got age [1], age [1]" in error(app, body={"inputs": [many[0], many[0]]})
    text = x(name="age", shape=[1], datatype="BYTES", data=["5"])
    assert error(app, body={"inputs": [text, *many[1:]]}) == (
        "rows[0].age: expected float | null, got str"
    )
