"""The README's recipe for a model of LightGBM, in an image."""

import json
import re
import shutil
from collections.abc import Iterator

import numpy as np
import pytest

from tests.engines.lightgbm.models import of_objective
from tests.engines.tables import rows

from .conftest import DIRECTORY
from .images import ANSWER, build, files_of, remove, run_in

pytestmark = pytest.mark.docker
README = (DIRECTORY / "README.md").read_text()


def written(pattern: str) -> str:
    """What the README has once."""
    (found,) = re.findall(pattern, README, re.MULTILINE | re.DOTALL)
    text: str = found
    return text


@pytest.fixture(scope="module")
def image(base_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An image of the directory after what the README says."""
    folder = tmp_path_factory.mktemp("lightgbm")
    ignored = shutil.ignore_patterns("__pycache__", "model.ubj")
    copy = shutil.copytree(DIRECTORY, folder / "my model", ignore=ignored)
    of_objective("multiclass").save_model(copy / "app/model.txt")
    engine = written(r"^    (from engines\.lightgbm import .*?model\.txt\")$")
    (copy / "app/engine.py").write_text(engine.replace("\n    ", "\n") + "\n")
    requirements = copy / "app/requirements.txt"
    pin = written(r"put `(lightgbm==[\d.]+)`")
    requirements.write_text(pin + "\n")
    stages = (copy / "Dockerfile").read_text().rpartition("FROM ${BASE_IMAGE}\n")
    line = written(r"^    (RUN apt-get [^\n]*libgomp1[^\n]*)$")
    (copy / "Dockerfile").write_text("".join(stages[:2]) + line + "\n" + stages[2])
    name = build(copy, "Dockerfile", folder / "build", BASE_IMAGE=base_image)
    yield name
    remove(name)


def test_the_image_answers_as_lightgbm_s_package_predicts(image: str) -> None:
    table = rows(20, missing=False).astype(np.float64)
    body = json.dumps({"input_X": table.tolist()})
    lines = map(json.loads, run_in(image, "python", "-c", ANSWER, stdin=body).splitlines())
    (answer,) = (line for line in lines if "message" in line)
    native = of_objective("multiclass")
    assert answer["predictions"] == np.asarray(native.predict(table)).tolist()


def test_the_image_has_neither_numpy_nor_scipy(image: str) -> None:
    packages = {path.name for path in files_of(image) if path.parent.name == "site-packages"}
    assert "lightgbm" in packages
    assert not {"numpy", "scipy", "xgboost"} & packages
