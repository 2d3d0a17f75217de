"""A new file of the model in an image that is there, on the local AWS."""

import hashlib
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.model import Model

pytestmark = pytest.mark.docker
ERUPTION = {"eruption_minutes": 3.6}


def new_line(model: Model, intercept: float, folder: Path) -> Path:
    """Write another line.json beside the model, and the example that fits it."""
    line = json.loads((model.directory / "app" / "line.json").read_text())
    line["intercept"] = intercept
    folder.mkdir(exist_ok=True)
    (folder / "line.json").write_text(json.dumps(line))
    example = json.loads((model.directory / "example.json").read_text())
    minutes = example["request"]["eruption_minutes"]
    example["answer"]["waiting_minutes"] = intercept + line["slope"] * minutes
    (model.directory / "example.json").write_text(json.dumps(example))
    return folder / "line.json"


def layers(model: Model) -> list[str]:
    """The digests of the layers of the live image, from the repository."""
    words = ("ecr", "batch-get-image", "--repository-name", f"{model.name}-dev")
    found = model.aws(*words, "--image-ids", f"imageDigest={model.state().live_digest}")
    return [part["digest"] for part in json.loads(found["images"][0]["imageManifest"])["layers"]]


def test_a_new_file_is_live_without_a_build_and_the_rest_of_the_image_is_the_same(
    new_model: Callable[..., Model], tmp_path: Path
) -> None:
    model = new_model("swapped model")
    model.deploy()
    below, before = layers(model), model.post(ERUPTION)
    file = new_line(model, 40.0, tmp_path / "first")

    said = model.deploy("-m", str(file), "-d", "-t")
    assert "docker build" not in said and "docker push" not in said
    assert model.post(ERUPTION) != before
    assert layers(model)[:-1] == below
    with urllib.request.urlopen(f"{model.api_url}/model") as answer:
        files = {one["name"]: one["sha256"] for one in json.load(answer)["files"]}
    assert files["line.json"] == hashlib.sha256(file.read_bytes()).hexdigest()

    again = model.deploy("-m", str(file), "-d")
    assert "unchanged" in again and "No changes to deploy" in again
    model.deploy("-m", str(new_line(model, 50.0, tmp_path / "second")), "-d", "-t")
    assert layers(model)[:-1] == below  # the first new layer is not below the second
    model.deploy("-d", "-i", model.releases()[0])
    assert model.post(ERUPTION) == before


def test_a_file_that_answers_otherwise_or_has_another_name_changes_nothing(
    new_model: Callable[..., Model], tmp_path: Path
) -> None:
    model = new_model("kept model")
    model.deploy()
    state = model.state()
    file = new_line(model, 40.0, tmp_path / "new")
    new_line(model, 41.0, tmp_path / "other")  # and its example
    ran = model.pipeline("-m", str(file), "-d")
    assert ran.returncode == 1 and "Nothing was released" in ran.stderr
    named = file.rename(file.with_name("lines.json"))
    ran = model.pipeline("-m", str(named), "-d")
    assert ran.returncode == 1 and "0 files called lines.json; it has line.json" in ran.stderr
    assert model.state() == state
    missing = model.pipeline("-m", str(file), "-d")
    assert missing.returncode == 2 and "-m takes the model's new file" in missing.stderr
