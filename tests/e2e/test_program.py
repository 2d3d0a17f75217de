"""A program of PyTorch on the local AWS, with no code: one of photographs."""

import json
import urllib.request
import uuid
from pathlib import Path

import numpy as np
import pytest
import torch

from golden.networks import Port
from golden.pictures import file, pictures, seen
from tests.e2e.runs import deploy, post
from tests.engines.torch.programs.models import convolutions
from tests.local.instance import Instance

pytestmark = pytest.mark.docker
IMAGE = {"color": "RGB", "resize": "stretch", "scale": "1/255"}
CARD = {"width": 16, "height": 16, "planar": True, "shape": [1, 3, 16, 16], "short_side": 0}
PLAIN = {"margin": 0, "mean": [0.0] * 3, "deviation": [1.0] * 3}
LABELS = ["ant", "bee", "cat", "dog", "elk"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Convolutions with an open batch, and what is to be said of their input."""
    path = convolutions(tmp_path_factory.mktemp("my models") / "small animals.pt2")
    told: dict[str, object] = {
        "image": IMAGE,
        "labels": LABELS,
        "scores": "logits",
        "output": "scores",
    }
    told["description"] = str(uuid.uuid4())  # a file that is known is not told of
    path.with_name("columns.json").write_text(json.dumps(told))
    return path


def test_a_program_becomes_an_api_of_photographs(instance: Instance, model: Path) -> None:
    ran = deploy(instance, "-r", "-p", str(model), "-d", "-t")
    assert "small animals.pt2 is a program of PyTorch" in ran.stderr
    assert f"PyTorch {torch.__version__} wrote the program" in ran.stderr
    assert "The size `batch` is 1 to 15" in ran.stderr
    url = ran.stdout.splitlines()[0]
    card = {**IMAGE, **CARD, **PLAIN, "scale": 1 / 255}
    picture = list(pictures(card))[-1]
    given = torch.from_numpy(seen(card, picture, Port("image", "float32", (None, 3, 16, 16))))
    program = torch.export.load(model).module()
    with torch.inference_mode():
        (chances,) = 100 * program(given, 2.0)["scores"].softmax(1).numpy()
    headers = {"Content-Type": "image/png"}
    with urllib.request.urlopen(urllib.request.Request(url, file(picture), headers)) as reply:
        answer = json.loads(reply.read())
    name, percent = answer[0]
    assert name == LABELS[int(np.argmax(chances))]
    assert percent == pytest.approx(float(max(chances)), rel=1e-4)
    assert post(url, {"input_image": "AAAA"})[0] == 400
    deploy(instance, "-x", "-y", str(model))
