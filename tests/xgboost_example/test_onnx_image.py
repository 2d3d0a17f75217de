import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import image_check
import numpy as np
import pytest
import stage
from example import read_example
from numpy.typing import NDArray
from settings import settings

from tests.model_directory import REPOSITORY

from .conftest import DIRECTORY
from .test_image import run, size_mb

pytestmark = pytest.mark.docker
DOCKERFILE = "Dockerfile.onnx"
MOST_MB_ABOVE_THE_BASE = 45
# Answers the bodies of its input, one a line, through the handler.
ANSWER = """
import json, sys, app
for line in sys.stdin:
    print(json.dumps(app.handler(json.loads(line), None)))
"""


def build(directory: Path, base: str, contexts: Path) -> str:
    """Builds the image; the answer is its name."""
    context = stage.stage(directory, DOCKERFILE, build=contexts)
    name = f"xgboost-example-test:{uuid.uuid4().hex[:12]}"
    options = ("-f", str(context / DOCKERFILE), "--build-arg", f"BASE_IMAGE={base}")
    run("docker", "build", "-q", "-t", name, *options, str(context))
    return name


@pytest.fixture(scope="module")
def image(base_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The image with ONNX Runtime, built from a context of its own."""
    name = build(DIRECTORY, base_image, tmp_path_factory.mktemp("build"))
    yield name
    run("docker", "image", "rm", name)


@pytest.fixture(scope="module")
def files(image: str) -> list[Path]:
    """What the image has in the virtual environment and the task's folder."""
    found = run("docker", "run", "--rm", "--entrypoint", "find", image, "/opt", "/var/task")
    return [*map(Path, found.split())]


@pytest.mark.parametrize("memory_mib", ["128", "3538"])
def test_the_image_answers_the_example_as_lambda_runs_it(image: str, memory_mib: str) -> None:
    rie = run(sys.executable, str(REPOSITORY / "tools/rie.py"))
    values = settings({}, {**os.environ, "MEMORY_SIZE": memory_mib})
    image_check.check_image(image, read_example(DIRECTORY / "example.json"), Path(rie), values)


def test_every_row_is_answered_as_xgboost_predicts_it_alone_and_among_others(
    image: str, table: NDArray[np.float64], xgboost_predictions: list[float]
) -> None:
    rows = table[:, :-1].tolist()
    bodies = [json.dumps({"input_X": input_x}) for input_x in (rows, *rows)]
    answered = subprocess.run(
        ["docker", "run", "--rm", "-i", "--entrypoint", "python", image, "-c", ANSWER],
        input="\n".join(bodies),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.splitlines()
    together, *alone = [answer for line in answered if "message" in (answer := json.loads(line))]
    assert together["predictions"] == pytest.approx(xgboost_predictions, rel=1e-4)
    assert [answer["prediction"] for answer in alone] == pytest.approx(xgboost_predictions, 1e-4)


def test_the_image_is_not_much_larger_than_its_base(image: str, base_image: str) -> None:
    assert size_mb(image) - size_mb(base_image) < MOST_MB_ABOVE_THE_BASE


def test_of_the_engines_the_image_has_onnx_runtime_s_library_alone(files: list[Path]) -> None:
    package = {path.name for path in files if "onnxruntime" in path.parent.parts}
    (library,) = package - {"capi", "LICENSE", "ThirdPartyNotices.txt"}
    assert library.startswith("libonnxruntime.so.")
    assert not [path for path in files if {"xgboost", "numpy", "onnx", "export"} & {*path.parts}]
    assert "model.onnx" in {path.name for path in files}
    assert "model.ubj" not in {path.name for path in files}


def test_every_module_has_its_bytecode(files: list[Path]) -> None:
    compiled = {(path.parent.parent, path.name.split(".")[0]) for path in files}
    sources = {(path.parent, path.stem) for path in files if path.suffix == ".py"}
    assert sources and sources <= compiled


def test_trees_that_are_answered_otherwise_end_the_build_with_the_first_difference(
    base_image: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(DIRECTORY, tmp_path / "a copy")
    engine = copy / "engines/onnx/booster.py"
    engine.write_text(engine.read_text().replace("values.tobytes()", "bytes(4 * len(values))"))
    with pytest.raises(subprocess.CalledProcessError):
        build(copy, base_image, tmp_path / "build")
    assert "build from Dockerfile instead" in capfd.readouterr().err
