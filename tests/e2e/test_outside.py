"""A model whose file is outside its image, on the local AWS."""

import hashlib
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.model import Model
from tests.e2e.test_swap import new_line

pytestmark = pytest.mark.docker
NewModel = Callable[..., Model]
ERUPTION = {"eruption_minutes": 3.6}
OUTSIDE = {"SWAP": "s3", "ALLOW_DIRTY": "yes"}


def loads_by_model_file(model: Model) -> None:
    """Let the app take its model from where MODEL_URI says."""
    app = model.directory / "app" / "model.py"
    text = app.read_text().replace("import os\n", "import os\n\nfrom serving import model_file\n")
    path = 'os.path.join(os.path.dirname(__file__), "line.json")'
    assert path in text
    app.write_text(text.replace(path, f"model_file.model_file({path})"))


def card(url: str) -> dict[str, str]:
    """The files of the model card, with their digests."""
    with urllib.request.urlopen(f"{url}/model") as answer:
        return {one["name"]: one["sha256"] for one in json.load(answer)["files"]}


def test_a_new_file_is_live_with_the_same_image_goes_back_and_on_to_prod(
    new_model: NewModel, tmp_path: Path
) -> None:
    model = new_model("outside model")
    loads_by_model_file(model)
    model.deploy(ALLOW_DIRTY="yes")
    digest, before = model.state().live_digest, model.post(ERUPTION)
    file = new_line(model, 40.0, tmp_path / "a folder")

    said = model.deploy("-m", str(file), "-d", "-t", **OUTSIDE)
    assert "docker build" not in said and "docker push" not in said
    after = model.post(ERUPTION)
    assert after == {"waiting_minutes": pytest.approx(40.0 + 10.7296 * 3.6, abs=0.01)} != before
    assert model.state().live_digest == digest
    assert card(model.api_url)["line.json"] == hashlib.sha256(file.read_bytes()).hexdigest()
    again = model.deploy("-m", str(file), "-d", **OUTSIDE)
    assert "unchanged" in again and "No changes to deploy" in again

    promoted = model.pipeline("-s", "prod", "-r", "-i", "dev", "-d", "-t", AUTH="none", **OUTSIDE)
    assert promoted.returncode == 0, promoted.stderr
    assert json.loads(promoted.stdout.splitlines()[-1]) == after
    words = ("lambda", "get-function-configuration", "--function-name", f"{model.name}-prod")
    variables = model.aws(*words, "--qualifier", "live")["Environment"]["Variables"]
    assert variables["MODEL_URI"].startswith(f"s3://{model.name}-prod-")

    model.deploy("-d", "-i", "previous", "-t", ALLOW_DIRTY="yes")
    assert model.post(ERUPTION) == before and model.state().live_digest == digest
    ran = model.pipeline("-p", ALLOW_DIRTY="yes")  # the file in the image, with another's example
    assert ran.returncode == 1 and "the newest release has its model from s3://" in ran.stderr


def test_a_file_that_is_not_what_was_released_never_goes_live(
    new_model: NewModel, tmp_path: Path
) -> None:
    model = new_model("broken object")
    loads_by_model_file(model)
    settings = {**OUTSIDE, "DEPLOYMENT": "checked"}
    model.deploy("-r", "-p", "-d", **settings)
    before = model.post(ERUPTION)
    model.deploy("-m", str(new_line(model, 40.0, tmp_path / "new")), **settings)
    bucket = model.outputs(f"{model.name}-registry-dev")["BucketName"]
    listed = model.aws("s3api", "list-objects-v2", "--bucket", bucket)
    (key,) = (one["Key"] for one in listed["Contents"] if "/models/" in one["Key"])
    other = tmp_path / "other.json"
    other.write_text('{"intercept": 1.0, "slope": 1.0}')
    model.aws("s3api", "put-object", "--bucket", bucket, "--key", key, "--body", str(other))
    ran = model.pipeline("-d", **settings)
    assert ran.returncode == 1 and "nobody has asked it" in ran.stderr, ran.stderr
    assert model.post(ERUPTION) == before
    model.aws("s3api", "delete-object", "--bucket", bucket, "--key", key)
    assert model.pipeline("-d", **settings).returncode == 1
    assert model.post(ERUPTION) == before


def test_an_app_that_would_not_look_outside_is_refused(new_model: NewModel, tmp_path: Path) -> None:
    model = new_model("inside model")
    model.deploy("-r", "-p", ALLOW_DIRTY="yes")
    file = new_line(model, 40.0, tmp_path / "new")
    ran = model.pipeline("-m", str(file), "-d", **OUTSIDE)
    assert ran.returncode == 1 and "from serving.model_file import model_file" in ran.stderr
    uri = {"MODEL_URI": "s3://bucket/key", "MODEL_URI_SHA256": "0" * 64}
    ran = model.pipeline("-p", **uri)
    assert ran.returncode == 1 and "does not take its model from MODEL_URI" in ran.stderr
    assert len(model.releases()) == 1
