"""Types that numpy does not have, sequences and maps, through the app."""

from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from onnx import TensorProto, helper

from engines.tensor import KINDS
from tests.engines.onnx.models import as_float32, from_map, joined, save, split, zip_map
from tests.serving.recorded import reply_of, request

from .backend import as_base64, as_lists
from .calls import refusal, send
from .conftest import MakeApp

NARROW = [kind for kind in KINDS.values() if kind.bits]


@pytest.mark.parametrize("kind", NARROW, ids=[kind.name for kind in NARROW])
def test_a_narrow_type_becomes_float32_as_ml_dtypes_makes_it(
    tmp_path: Path, make_app: MakeApp, kind: Any
) -> None:
    app = make_app(as_float32(tmp_path / "m.onnx", kind.name.replace("_", "").upper()))
    array = np.array([0, 1, kind.minimum, kind.maximum, 1]).astype(getattr(ml_dtypes, kind.name))
    assert send(app, x=as_lists(array)).body == {"y": array.astype(float).tolist()}
    assert send(app, x=as_base64(array)).body == {"y": as_base64(array.astype(np.float32))}
    assert refusal(app, x=[0, kind.maximum * 2 + 1]).startswith("x[1]: expected ")


def test_classes_by_name_are_a_list_of_objects(tmp_path: Path, make_app: MakeApp) -> None:
    rows = np.array([[0.25, 0.75], [1, np.nan]], np.float32)
    app = make_app(zip_map(tmp_path / "m.onnx", classlabels_strings=["yes", "no"]))
    named = [{"yes": 0.25, "no": 0.75}, {"yes": 1, "no": None}]
    assert send(app, x=[[0.25, 0.75], [1, None]]).body == {"y": named}
    assert send(app, x=as_base64(rows)).body == {"y": named}
    app = make_app(zip_map(tmp_path / "m.onnx", classlabels_int64s=[3, -5]))
    assert send(app, x=[[0.25, 0.75]]).body == {"y": [{"3": 0.25, "-5": 0.75}]}


def test_a_map_is_an_object(tmp_path: Path, make_app: MakeApp) -> None:
    path = from_map(tmp_path / "m.onnx", TensorProto.STRING, string_vocabulary=["a", "b"])
    app = make_app(path)
    assert send(app, x={"b": 2, "unknown": 7}).body == {"y": [[0, 2]]}
    assert send(app, x={}).body == {"y": [[0, 0]]}
    assert send(app, x={"a": None}).body == {"y": [[None, 0]]}
    assert refusal(app, x={"a": "1"}) == "x.a: expected float | null, got str"
    assert refusal(app, x={"a\0": 1}) == "x[0]: the character U+0000 is not allowed"
    path = from_map(tmp_path / "m.onnx", TensorProto.INT64, int64_vocabulary=[7, 9])
    app = make_app(path)
    assert send(app, x={"9": 1.5}).body == {"y": [[0, 1.5]]}
    assert send(app, x={"nine": 1.5}).status == 400
    assert send(app, x={str(2**63): 1.5}).status == 400


def test_a_sequence_is_a_list(tmp_path: Path, make_app: MakeApp) -> None:
    app = make_app(split(tmp_path / "m.onnx"))
    rows = np.array([[1, 2], [3, 4]], np.float32)
    assert send(app, x=rows.tolist()).body == {"parts": [[1, 2], [3, 4]]}
    assert send(app, x=as_base64(rows)).body == {"parts": [*map(as_base64, rows)]}
    app = make_app(joined(tmp_path / "m.onnx"))
    assert send(app, parts=[[1, 2], [3]]).body == {"y": [1, 2, 3]}
    assert send(app, parts=[as_base64(rows[0]), [3]]).body == {
        "y": as_base64(np.array([1, 2, 3], np.float32))
    }
    assert refusal(app, parts=[]) == "parts: expected array of length >= 1"
    message = "parts[1].base64: expected 8 bytes, float32 of shape [2], got 0"
    assert refusal(app, parts=[[1], {"shape": [2], "base64": ""}]) == message


def test_a_sequence_of_text_goes_in(tmp_path: Path, make_app: MakeApp) -> None:
    app = make_app(joined(tmp_path / "m.onnx", TensorProto.STRING))
    assert send(app, parts=[["a"], ["é", "🐧"]]).body == {"y": ["a", "é", "🐧"]}
    assert refusal(app, parts=[["a"], ["b", "\0"]]) == (
        "parts[1][1]: the character U+0000 is not allowed"
    )


def test_a_sequence_whose_tensors_are_too_large_together_is_refused(
    tmp_path: Path, make_app: MakeApp
) -> None:
    app = make_app(split(tmp_path / "m.onnx"))
    rows = as_base64(np.zeros((800_000 // 2, 2), np.float32))
    assert send(app, x=rows).status == 413


@pytest.mark.parametrize("name", ["?", "None", "-1", "unk", "dynamic", ""])
def test_sizes_that_are_unknown_need_not_be_equal(
    tmp_path: Path, make_app: MakeApp, name: str
) -> None:
    node = helper.make_node("GlobalAveragePool", ["x"], ["y"])
    inputs: Any = [("x", "float32", [name, 1, name, name])]
    app = make_app(save(tmp_path / "m.onnx", [node], inputs, [("y", "float32", None)]))
    image = np.arange(12, dtype=np.float32).reshape(1, 1, 3, 4)
    assert send(app, x=image.tolist()).body == {"y": [[[[5.5]]]]}
    assert send(app, x=as_base64(image)).status == 200


def test_the_openapi_document_has_sequences_and_maps(tmp_path: Path, make_app: MakeApp) -> None:
    event = request("rest", None, method="GET", path="/predict/openapi.json")
    app = make_app(zip_map(tmp_path / "m.onnx", classlabels_int64s=[3, 5]))
    schemas = reply_of(app.handler(event, None)).body["components"]["schemas"]
    field = schemas["Answer"]["properties"]["y"]
    assert field["description"] == "sequence of map from int64 to float32"
    assert (field["type"], field["items"]["type"]) == ("array", "object")
    path = from_map(tmp_path / "m.onnx", TensorProto.STRING, string_vocabulary=["a"])
    schemas = reply_of(make_app(path).handler(event, None)).body["components"]["schemas"]
    assert schemas["Request"]["properties"]["x"]["type"] == "object"
