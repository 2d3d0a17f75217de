"""tensorflow-example's app, with the real model where the test data has it."""

import base64
import json
from io import BytesIO
from types import ModuleType

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

import engines.litert
from tests.model_directory import REPOSITORY, example, import_app, post
from tests.shared import shared_file

DIRECTORY = "tensorflow-example"
MODEL = "mobilenet_v2_1.0_224_int8.tflite"
PYTORCH_LABELS = REPOSITORY / "pytorch-example/network/imagenet-labels.txt"


@pytest.fixture(scope="module")
def app() -> ModuleType:
    """The app, beside whose labels the model lies."""
    weights = str(shared_file(MODEL))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines.litert, "Model", lambda path, own=engines.litert.Model: own(weights))
        return import_app(DIRECTORY)["app"]


def by_package(content: bytes) -> list[float]:
    """Percentages of all 1,001 classes, by LiteRT's package from what Pillow decodes."""
    image = Image.open(BytesIO(content)).convert("RGB")
    width, height = (256 * length // min(image.size) for length in image.size)
    resized = image.resize((width, height), Image.Resampling.BILINEAR)
    left, top = round((width - 224) / 2), round((height - 224) / 2)
    interpreter = Interpreter(str(shared_file(MODEL)))
    interpreter.allocate_tensors()
    square = np.asarray(resized.crop((left, top, left + 224, top + 224)))
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], square[None])
    interpreter.invoke()
    (details,) = interpreter.get_output_details()
    scores = interpreter.get_tensor(details["index"])[0].astype(float)
    percents: list[float] = (100 * scores * details["quantization"][0]).tolist()
    return percents


def test_the_example_s_answer_is_that_of_litert_s_package(app: ModuleType) -> None:
    golden = example(DIRECTORY)
    percents = by_package(base64.b64decode(golden["request"]["input_image"]))
    place = max(range(1001), key=percents.__getitem__)
    assert golden["answer"] == [[app.labels[place - 1], percents[place]]]
    assert post(app.handler, json.dumps(golden["request"])).body == golden["answer"]


def test_labels_below_the_least_percentage_are_left_out(app: ModuleType) -> None:
    content = base64.b64encode(shared_file("dog.jpg").read_bytes()).decode()
    answer = post(app.handler, json.dumps({"input_image": content, "n_predictions": 1000})).body
    assert answer[0][0] == "Samoyed, Samoyede"
    assert 1 < len(answer) < 20
    assert min(percent for _, percent in answer) >= app.LEAST_PERCENT


def test_what_the_model_is_unsure_of_gets_no_label(
    app: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "LEAST_PERCENT", 99.9)
    content = base64.b64encode(shared_file("dog.jpg").read_bytes()).decode()
    assert post(app.handler, json.dumps({"input_image": content})).body == []


def test_the_labels_are_those_of_pytorch_example() -> None:
    def labels(text: str) -> list[str]:
        return [line for line in text.splitlines() if not line.startswith("#")]

    own = (REPOSITORY / DIRECTORY / "app/labels.txt").read_text()
    assert labels(own) == labels(PYTORCH_LABELS.read_text())
    assert len(labels(own)) == 1000
